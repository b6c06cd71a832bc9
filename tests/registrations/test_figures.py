import pytest

from registrations.figures import figures_of, slots_with_figures
from registrations.states import Status
from sessions.models import Cycle
from tests.factories import make_programme, make_registration

pytestmark = pytest.mark.django_db


def register_each(cycle, statuses, group=0):
    profile = cycle.groups.all()[group].profiles.get()
    for number, status in enumerate(statuses):
        make_registration(
            cycle,
            f"{group}-{number}@nord.example.org",
            profile=profile,
            status=status,
            queued_at=cycle.created_at,
        )


def table(figures):
    return [
        ["", *figures.states],
        *([row.label, *row.counts] for row in (*figures.rows, figures.total)),
    ]


def test_figures_of_a_cycle_are_by_group_and_state():
    cycle = make_programme()
    register_each(cycle, [Status.CONFIRMED, Status.CONFIRMED, Status.CANCELLED])
    register_each(cycle, [Status.CONFIRMED, Status.WAITLISTED], group=1)

    figures = figures_of([cycle])[cycle.pk]

    assert table(figures) == [
        ["", "Confirmée", "Sur liste d’attente", "Annulée"],
        ["Délégués du préfet et professionnels de la DDCS", 2, 0, 1],
        ["Chefs de projet politique de la ville", 1, 1, 0],
        ["Ensemble", 3, 1, 1],
    ]


def test_figures_of_an_empty_cycle_tell_confirmed_and_waiting():
    cycle = make_programme()

    figures = figures_of([cycle])[cycle.pk]

    assert (figures.states, figures.total.counts) == (["Confirmée", "Sur liste d’attente"], [0, 0])


@pytest.mark.parametrize("n", [1, 3])
def test_figures_of_cycles_are_two_queries(django_assert_num_queries, n):
    for number in range(n):
        register_each(make_programme(f"cycle-{number}"), [Status.CONFIRMED] * (number + 1))
    cycles = list(Cycle.objects.prefetch_related("groups").order_by("slug"))

    with django_assert_num_queries(2):
        figures = figures_of(cycles)

    assert [figures[cycle.pk].total.counts[0] for cycle in cycles] == list(range(1, n + 1))


def test_slots_with_figures_count_who_has_a_place_and_who_waits():
    cycle = make_programme(capacity=2)
    register_each(cycle, [Status.CONFIRMED, Status.WAITLISTED, Status.CANCELLED])
    register_each(cycle, [Status.CONFIRMED], group=1)

    slots = slots_with_figures(cycle)

    assert [(slot.session.number, slot.n_taken, slot.n_waiting) for slot in slots] == [
        (1, 1, 1),
        (1, 1, 0),
        (2, 1, 1),
        (2, 1, 0),
        (3, 2, 1),
    ]


@pytest.mark.parametrize("n", [1, 3])
def test_slots_with_figures_are_two_queries(django_assert_num_queries, n):
    cycle = make_programme()
    register_each(cycle, [Status.CONFIRMED] * n)

    with django_assert_num_queries(2):
        groups = [list(slot.groups.all()) for slot in slots_with_figures(cycle)]

    assert [len(names) for names in groups] == [1, 1, 1, 1, 2]
