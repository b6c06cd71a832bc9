"""The agenda as the programme prints it: rows are groups, columns are sessions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from sessions.models import AudienceGroup, Cycle, Phase, Session, Slot
from sessions.models.agenda import SlotQuerySet


@dataclass
class Column:
    session: Session
    # Rank among the columns, from 1: « 1re demi-journée ».
    ordinal: int

    @property
    def phase(self) -> Phase | None:
        return self.session.phase


@dataclass
class Cell:
    slot: Slot | None
    # Rows that the cell spans; 0 when the cell above already covers this one.
    rowspan: int = 1

    @property
    def is_covered(self) -> bool:
        return self.rowspan == 0


@dataclass
class Row:
    group: AudienceGroup
    cells: list[Cell] = field(default_factory=list)

    @property
    def slots(self) -> list[Slot]:
        """The group's own slots, in time order."""
        slots = [cell.slot for cell in self.cells if cell.slot is not None]
        return sorted(slots, key=lambda slot: (slot.starts_at, slot.pk))


@dataclass
class Agenda:
    columns: list[Column]
    rows: list[Row]
    # Slots that will not take place, nor did; in time order, in no cell.
    cancelled: list[Slot] = field(default_factory=list)

    @property
    def phases(self) -> list[tuple[Phase | None, int]]:
        """Neighbouring columns of one phase, as (phase, how many); empty without any phase."""
        if not any(column.phase for column in self.columns):
            return []
        return [
            (phase, len(list(columns)))
            for phase, columns in groupby(self.columns, key=lambda column: column.phase)
        ]

    @property
    def slots(self) -> list[Slot]:
        """Every slot once, in time order."""
        slots = {slot.pk: slot for row in self.rows for slot in row.slots}
        return sorted(slots.values(), key=lambda slot: (slot.starts_at, slot.pk))

    @property
    def starts(self) -> list[datetime]:
        """When the slots start, in time order."""
        return [slot.starts_at for slot in self.slots]

    @property
    def modes(self) -> list[str]:
        """How people attend, in words, each said once: « En visioconférence »."""
        return list(dict.fromkeys(slot.get_mode_display() for slot in self.slots))

    @property
    def slots_by_group(self) -> dict[int, list[Slot]]:
        """Each group's slots in time order, by the group's identifier."""
        return {row.group.pk: row.slots for row in self.rows}


def agenda_of(
    cycle: Cycle,
    slots: SlotQuerySet | None = None,
    groups: Iterable[AudienceGroup] | None = None,
) -> Agenda:
    """The agenda of ``cycle``, in four queries whatever its size. Cancelled slots are kept apart.

    ``slots`` and ``groups`` stand in for the querysets asked by default, for a caller that wants
    more of them (how many places are taken, the profiles). A slot for several groups is one cell
    that spans their rows when they are neighbours, and is repeated when they are not.
    """
    training_sessions = list(cycle.training_sessions.select_related("phase"))
    groups = list(cycle.groups.all() if groups is None else groups)
    slots = Slot.objects.all() if slots is None else slots
    slot_of = {}
    cancelled = []
    for slot in slots.of_cycle(cycle).in_order():
        if slot.cancelled_at:
            cancelled.append(slot)
            continue
        for group in slot.groups.all():
            slot_of[slot.session_id, group.pk] = slot

    columns = [Column(session, number) for number, session in enumerate(training_sessions, start=1)]
    rows = [
        Row(group, [Cell(slot_of.get((column.session.pk, group.pk))) for column in columns])
        for group in groups
    ]
    for index in range(len(columns)):
        _merge_neighbours([row.cells[index] for row in rows])
    return Agenda(columns, rows, cancelled)


def _merge_neighbours(cells: list[Cell]) -> None:
    """Lets the first of neighbouring cells with the same slot span the others."""
    for _slot, group in groupby(cells, key=lambda cell: cell.slot and cell.slot.pk):
        first, *others = group
        if first.slot is None:
            continue
        first.rowspan = 1 + len(others)
        for cell in others:
            cell.rowspan = 0
