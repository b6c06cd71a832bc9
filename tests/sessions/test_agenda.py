"""The agenda as a table, whatever the shape of the cycle."""

import pytest
from django.utils import timezone

from sessions.agenda import Agenda, Cell, agenda_of
from sessions.models import Cycle, Slot
from tests.factories import (
    in_days,
    make_cycle,
    make_group,
    make_programme,
    make_session,
    make_slot,
)
from tests.shapes import (
    SHAPES,
    make_by_territory,
    make_groups,
    make_in_person,
    make_one_group,
    make_three_groups,
    make_two_apart,
    make_with_phases,
)

pytestmark = pytest.mark.django_db


def drawn(agenda: Agenda) -> list[str]:
    """The table, a line per group: A, B… for slots in time order, A2 for a cell over two rows,
    - without a slot, nothing where the cell above reaches down."""
    letters = {slot.pk: chr(ord("A") + index) for index, slot in enumerate(agenda.slots)}

    def draw(cell: Cell) -> str:
        if cell.slot is None:
            return "-"
        if cell.is_covered:
            return ""
        return letters[cell.slot.pk] + (str(cell.rowspan) if cell.rowspan > 1 else "")

    return ["|".join(draw(cell) for cell in row.cells) for row in agenda.rows]


@pytest.mark.parametrize(
    ("make", "table"),
    [
        (make_programme, ["A|C|E2", "B|D|"]),
        (make_one_group, ["A|B"]),
        (make_three_groups, ["A|D2|F3", "B||", "C|E|"]),
        (make_two_apart, ["A3|B", "|-", "|B"]),
        (make_in_person, ["A|B"]),
        (make_by_territory, ["A|E|I|M", "B|F|J|N", "C|G|K|O", "D|H|L|P"]),
        (make_with_phases, ["A|B|C|D"]),
        (make_cycle, []),
    ],
)
def test_agenda_is_drawn_as_the_programme_prints_it(make, table):
    assert drawn(agenda_of(make())) == table


def test_agenda_slot_of_two_neighbours_below_is_one_cell():
    cycle = make_cycle()
    groups = make_groups(cycle, "Un", "Deux", "Trois")
    session = make_session(cycle)
    make_slot(session, groups[0], starts_at=in_days(30))
    make_slot(session, groups[2], groups[1], starts_at=in_days(31))

    assert drawn(agenda_of(cycle)) == ["A", "B2", ""]


def test_agenda_cells_without_slot_are_not_merged():
    cycle = make_cycle()
    make_groups(cycle, "Un", "Deux")
    make_session(cycle)

    agenda = agenda_of(cycle)

    assert [[(cell.slot, cell.rowspan) for cell in row.cells] for row in agenda.rows] == [
        [(None, 1)],
        [(None, 1)],
    ]


def test_agenda_rows_follow_the_positions_of_groups():
    cycle = make_cycle()
    late, early = make_groups(cycle, "Tard", "Tôt")
    late.position, early.position = 2, 1
    late.save()
    early.save()

    assert [row.group for row in agenda_of(cycle).rows] == [early, late]


def test_agenda_columns_follow_the_numbers_of_sessions():
    cycle = make_cycle()
    third, first = make_session(cycle, 3), make_session(cycle, 1)

    columns = agenda_of(cycle).columns

    assert [(column.session, column.ordinal) for column in columns] == [(first, 1), (third, 2)]


def test_agenda_own_slots_are_in_time_order_whatever_the_numbers():
    cycle = make_cycle()
    group = make_group(cycle)
    later = make_slot(make_session(cycle, 1), group, starts_at=in_days(40))
    sooner = make_slot(make_session(cycle, 2), group, starts_at=in_days(30))

    agenda = agenda_of(cycle)

    assert agenda.rows[0].slots == [sooner, later]
    assert agenda.slots == [sooner, later]
    assert agenda.slots_by_group == {group.pk: [sooner, later]}
    assert agenda.starts == [in_days(30), in_days(40)]


def test_agenda_common_slot_is_listed_once_and_is_each_groups_own():
    cycle = make_cycle()
    groups = make_groups(cycle, "Un", "Deux")
    common = make_slot(make_session(cycle), *groups)

    agenda = agenda_of(cycle)

    assert agenda.slots == [common]
    assert agenda.slots_by_group == {group.pk: [common] for group in groups}


def test_agenda_leaves_cancelled_slots_out():
    cycle = make_cycle()
    group = make_group(cycle)
    make_slot(make_session(cycle), group, cancelled_at=timezone.now())
    kept = make_slot(make_session(cycle), group)

    agenda = agenda_of(cycle)

    assert drawn(agenda) == ["-|A"]
    assert agenda.slots == [kept]


def test_agenda_of_two_cycles_do_not_mix():
    one, other = make_programme("un"), make_programme("autre")

    agendas = [agenda_of(one), agenda_of(other)]

    assert [{slot.session.cycle_id for slot in agenda.slots} for agenda in agendas] == [
        {one.pk},
        {other.pk},
    ]
    assert [drawn(agenda) for agenda in agendas] == [["A|C|E2", "B|D|"]] * 2


def test_agenda_phases_span_their_neighbouring_sessions():
    cycle = make_with_phases()

    assert [(phase and phase.label, n) for phase, n in agenda_of(cycle).phases] == [
        (None, 1),
        ("Ouvrir", 2),
        ("Approfondir", 1),
    ]


def test_agenda_without_phases_has_none():
    assert agenda_of(make_programme()).phases == []


def test_agenda_says_each_mode_once():
    assert agenda_of(make_in_person()).modes == ["En visioconférence", "En présentiel"]
    assert agenda_of(make_by_territory()).modes == ["En présentiel"]


def test_agenda_may_be_asked_of_some_slots_and_groups():
    cycle = make_three_groups()

    agenda = agenda_of(
        cycle, Slot.objects.filter(session__number__gt=1), cycle.groups.exclude(name="État")
    )

    assert [row.group.name for row in agenda.rows] == ["Intercommunalités", "Associations"]
    assert drawn(agenda) == ["-|A|C2", "-|B|"]


@pytest.mark.parametrize("make", SHAPES)
def test_agenda_takes_four_queries_whatever_the_shape(make, django_assert_num_queries):
    cycle = Cycle.objects.get(pk=make().pk)

    with django_assert_num_queries(4):
        agenda = agenda_of(cycle)
        read = [(slot.session.title, len(slot.groups.all())) for slot in agenda.slots]
        phases = [phase and phase.label for phase, _ in agenda.phases]

    assert len(read) == Slot.objects.of_cycle(cycle).count()
    assert len(phases) <= len(agenda.columns)


def test_cancelled_slots_are_kept_apart():
    cycle = make_programme()
    slot = Slot.objects.earliest("starts_at")
    Slot.objects.filter(pk=slot.pk).update(cancelled_at=in_days(0))

    agenda = agenda_of(cycle)

    assert agenda.cancelled == [slot]
    assert drawn(agenda) == ["-|B|D2", "A|C|"]
