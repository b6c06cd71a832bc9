"""The figures that stay: none is small, told or found by taking the others away."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.models import PastFigure
from registrations.services.counting import OTHERS, Person, figures_that_stay
from registrations.states import Status

By = PastFigure.By
SMALLEST = 5
SEVERAL = PastFigure.SEVERAL_STATES

people = st.lists(
    st.builds(
        Person,
        # As in life, most have a place.
        status=st.sampled_from([Status.CONFIRMED] * 6 + list(Status)).map(str),
        group=st.sampled_from(["État", "Villes", "Associations", OTHERS]),
        kind=st.sampled_from(["Préfecture", "Commune", "EPCI"]),
        territories=st.lists(
            st.sampled_from(["Lille", "Roubaix", "Amiens", "Laon"]), max_size=2, unique=True
        ).map(tuple),
    ),
    max_size=60,
)


def those(n, status=Status.CONFIRMED, group="État", kind="EPCI", territories=("Lille",)):
    return [Person(status, group, kind, territories)] * n


def told(people, by):
    kept = figures_that_stay(people, SMALLEST)
    return {(label, status): n for (what, label, status), n in kept.items() if what == by}


def is_small(n):
    return 0 < n < SMALLEST


@given(people)
def test_no_figure_is_small_nor_found_by_a_subtraction(people):
    kept = figures_that_stay(people, SMALLEST)

    assert [n for n in kept.values() if n < SMALLEST] == []
    assert (kept == {}) == (len(people) < SMALLEST)
    # Those of several territories are told in each: of these, the next test.
    for by in (By.GROUP, By.ORGANISATION_KIND) if kept else ():
        assert not is_small(len(people) - sum(n for (what, *_), n in kept.items() if what == by))


@given(people)
def test_state_that_is_told_is_told_whole_and_what_is_not_told_is_not_small(people):
    real = Counter(person.status for person in people)
    by_group, by_kind, by_territory = (
        Counter() for _ in (By.GROUP, By.ORGANISATION_KIND, By.TERRITORY)
    )
    for counter, by in (
        (by_group, By.GROUP),
        (by_kind, By.ORGANISATION_KIND),
        (by_territory, By.TERRITORY),
    ):
        for (_, status), n in told(people, by).items():
            counter[status] += n

    assert {status: n for status, n in by_group.items() if status != SEVERAL} == {
        status: real[status] for status in by_group if status != SEVERAL
    }
    if len(people) >= SMALLEST:
        assert sum(by_group.values()) == len(people)
    # The tables tell of the same people: comparing them adds nothing.
    assert by_kind == {status: by_group[status] for status in by_kind}
    assert by_territory.keys() == by_kind.keys()
    assert [s for s, n in by_territory.items() if is_small(by_group[s] - n)] == []


@given(people)
def test_names_that_are_told_hide_nobody_alone(people):
    for by in By:
        for _, status in told(people, by):
            whole = sum(n for (_, other), n in told(people, By.GROUP).items() if other == status)
            named = sum(
                n
                for (label, other), n in told(people, by).items()
                if other == status and label != OTHERS
            )
            assert not is_small(whole - named)


def test_few_in_a_state_are_told_with_the_smallest_other_state():
    cycle = [*those(20), *those(6, Status.WAITLISTED), *those(1, Status.REFUSED)]

    assert told(cycle, By.GROUP) == {("État", Status.CONFIRMED): 20, ("État", SEVERAL): 7}
    assert told(cycle, By.ORGANISATION_KIND) == {("EPCI", Status.CONFIRMED): 20}


def test_few_without_a_place_are_told_with_those_who_had_one():
    cycle = [*those(8), *those(6, group="Villes"), *those(1, Status.REFUSED)]

    assert told(cycle, By.GROUP) == {("État", SEVERAL): 9, ("Villes", SEVERAL): 6}
    # Or the number of those who had a place would give the last one away.
    assert told(cycle, By.ORGANISATION_KIND) == {("EPCI", SEVERAL): 15}


def test_few_in_a_group_hide_among_the_smallest_other_group():
    cycle = [*those(9), *those(6, group="Villes"), *those(2, group="Associations")]

    assert told(cycle, By.GROUP) == {
        ("État", Status.CONFIRMED): 9,
        (OTHERS, Status.CONFIRMED): 8,
    }


def test_person_of_two_small_territories_is_one_among_the_others():
    cycle = [*those(9), *those(4, territories=("Laon", "Amiens"))]

    # Eight times named, four people: Lille joins them.
    assert told(cycle, By.TERRITORY) == {(OTHERS, Status.CONFIRMED): 13}


def test_person_without_a_territory_is_among_the_others():
    assert told([*those(9), *those(2, territories=())], By.TERRITORY) == {
        (OTHERS, Status.CONFIRMED): 11
    }


@pytest.mark.parametrize(("n", "kept"), [(4, {}), (5, {("État", Status.CONFIRMED): 5})])
def test_nothing_is_kept_of_fewer_people_than_the_smallest_figure(n, kept):
    assert told(those(n), By.GROUP) == kept
