from types import SimpleNamespace

import pytest

from sessions.agenda import Agenda, agenda_of
from sessions.models import Cycle
from sessions.pages import choice_of, summary_of
from sessions.publication import audience_of
from tests.factories import make_cycle, make_programme, paris
from tests.shapes import make_in_person, make_one_group, make_two_apart

pytestmark = pytest.mark.django_db


def agenda_with_profiles(cycle: Cycle) -> Agenda:
    return agenda_of(cycle, groups=audience_of(cycle))


def test_choice_shows_the_dates_of_the_profile(django_assert_num_queries):
    agenda = agenda_with_profiles(make_programme())
    first, second = (row.group.profiles.all()[0] for row in agenda.rows)

    with django_assert_num_queries(0):
        choice = choice_of(agenda, str(second.pk))

    assert choice.profiles == [first, second]
    assert choice.chosen == second
    assert choice.slots == agenda.rows[1].slots
    assert len(choice.slots) == 3


@pytest.mark.parametrize("asked", ["", "0", "-1", "abc", " 1", "9" * 500, "\0", "é"])
def test_choice_ignores_what_is_no_profile(asked):
    choice = choice_of(agenda_with_profiles(make_programme()), asked)

    assert (choice.chosen, choice.slots) == (None, [])


def test_choice_ignores_the_profile_of_another_cycle():
    other = make_programme("autre").groups.first().profiles.get()

    choice = choice_of(agenda_with_profiles(make_programme()), str(other.pk))

    assert choice.chosen is None


@pytest.mark.parametrize(
    ("make", "is_offered"),
    [(make_one_group, False), (make_in_person, False), (make_cycle, False), (make_two_apart, True)],
)
def test_choice_is_offered_where_it_makes_a_difference(make, is_offered):
    choice = choice_of(agenda_with_profiles(make()), "")

    assert (choice is not None) is is_offered


def test_summary_says_what_and_when():
    slot = SimpleNamespace(get_mode_display=lambda: "En visioconférence")
    agenda = SimpleNamespace(
        starts=[paris(2021, 4, 6), paris(2021, 4, 13)], modes=[slot.get_mode_display()]
    )

    summary = summary_of(Cycle(subtitle="Des clés pour agir."), agenda)

    assert summary == (
        "Des clés pour agir. 6 et 13\xa0avril 2021, en visioconférence. "
        "Cycle de qualification de l’IREV."
    )


def test_summary_of_a_bare_cycle_is_a_sentence():
    assert summary_of(Cycle(), Agenda([], [])) == "Cycle de qualification de l’IREV."
