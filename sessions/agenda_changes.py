"""Saving the agenda of a cycle as one unit, and telling what moved.

Whoever must be told of a change (the people registered) is not known here: ``save_agenda`` returns
what changed, inside the caller's transaction if it has one, and the caller tells them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Self

from django.db import transaction

from sessions.models import Cycle, Slot, SlotGroup


class Change(Enum):
    """What may happen to a slot: one of the first three, or several of the others at once."""

    CREATED = auto()
    REMOVED = auto()
    CANCELLED = auto()
    MOVED = auto()  # its start or its end
    LINK_ADDED = auto()
    LINK_CHANGED = auto()
    LINK_REMOVED = auto()
    MODE_CHANGED = auto()
    PLACE_CHANGED = auto()
    GROUPS_CHANGED = auto()
    CAPACITY_CHANGED = auto()


@dataclass(frozen=True)
class SlotState:
    """All that staff may change in a slot, at one moment."""

    starts_at: datetime
    ends_at: datetime
    groups: frozenset[int]
    capacity: int | None
    mode: str
    video_url: str
    place: str
    cancelled_at: datetime | None = None

    FIELDS = ("starts_at", "ends_at", "capacity", "mode", "video_url", "place", "cancelled_at")

    @classmethod
    def of(cls, slot: Slot, groups: Iterable[int]) -> Self:
        return cls(
            groups=frozenset(groups), **{name: getattr(slot, name) for name in SlotState.FIELDS}
        )


@dataclass(frozen=True)
class PlannedSlot:
    """A slot as it is wanted: its fields hold the new values, saved or not, for these groups."""

    slot: Slot
    groups: frozenset[int]

    @property
    def state(self) -> SlotState:
        return SlotState.of(self.slot, self.groups)


def cancelled(slot: Slot, now: datetime) -> PlannedSlot:
    """``slot``, that will not take place: it leaves its groups free for another one."""
    slot.cancelled_at = now
    return PlannedSlot(slot, frozenset())


@dataclass(frozen=True)
class SlotChange:
    """A slot before and after; ``before`` is None for a new one, ``after`` for one removed."""

    slot: Slot
    before: SlotState | None
    after: SlotState | None

    @property
    def kinds(self) -> frozenset[Change]:
        if self.before is None:
            return frozenset({Change.CREATED})
        if self.after is None:
            return frozenset({Change.REMOVED})
        before, after = self.before, self.after
        if after.cancelled_at is not None:
            return frozenset({Change.CANCELLED})
        differs = {
            Change.MOVED: (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at),
            Change.LINK_ADDED: not before.video_url and bool(after.video_url),
            Change.LINK_CHANGED: "" != before.video_url != after.video_url != "",
            Change.LINK_REMOVED: bool(before.video_url) and not after.video_url,
            Change.MODE_CHANGED: before.mode != after.mode,
            Change.PLACE_CHANGED: before.place != after.place,
            Change.GROUPS_CHANGED: before.groups != after.groups,
            Change.CAPACITY_CHANGED: before.capacity != after.capacity,
        }
        return frozenset(kind for kind, is_so in differs.items() if is_so)


@dataclass(frozen=True)
class AgendaChanges:
    """The slots that change, those removed first; falsy when nothing does."""

    changes: tuple[SlotChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)

    def slots(self, *kinds: Change) -> list[Slot]:
        """The slots to which one of these things happens."""
        return [change.slot for change in self.changes if change.kinds & set(kinds)]


def agenda_states(cycle: Cycle) -> dict[int, SlotState]:
    """The state of each kept slot of the cycle, by identifier; two queries."""
    slots = Slot.objects.of_cycle(cycle).kept().prefetch_related("slot_groups")
    return {
        slot.pk: SlotState.of(slot, (row.group_id for row in slot.slot_groups.all()))
        for slot in slots
    }


def compare(
    before: Mapping[int, SlotState], planned: Sequence[PlannedSlot], removed: Sequence[Slot]
) -> AgendaChanges:
    """What saving ``planned`` and removing ``removed`` would change of ``before``. No query.

    A slot that someone removed or cancelled meanwhile is not in ``before`` and is left alone.
    """
    changes = [SlotChange(slot, before[slot.pk], None) for slot in removed if slot.pk in before]
    for wanted in planned:
        is_new = wanted.slot.pk is None
        known = before.get(wanted.slot.pk)
        if is_new or known not in (None, wanted.state):
            changes.append(SlotChange(wanted.slot, known, wanted.state))
    return AgendaChanges(tuple(changes))


def lock_agenda(cycle: Cycle) -> None:
    """Makes whoever else saves this agenda wait until the transaction ends."""
    # no_key: rows that refer to the cycle may still be inserted meanwhile.
    Cycle.objects.select_for_update(no_key=True).values("pk").get(pk=cycle.pk)


@transaction.atomic
def save_agenda(
    cycle: Cycle, planned: Sequence[PlannedSlot], removed: Sequence[Slot] = ()
) -> AgendaChanges:
    """Saves the slots of a cycle together, and returns what changed; the others stay as they are.

    The new slots of the result are saved ones. Holds the cycle's row until the transaction ends,
    like whatever decides on its places. Raises ProtectedError when someone is registered for a
    slot to remove, IntegrityError when a group would have two slots in a
    session: forms check both before.
    """
    lock_agenda(cycle)
    changes = compare(agenda_states(cycle), planned, removed)
    changed = [change for change in changes.changes if change.after is not None]
    Slot.objects.filter(pk__in=[slot.pk for slot in changes.slots(Change.REMOVED)]).delete()
    # Two slots of a session may exchange their groups: all leave before any enters.
    leaving = changes.slots(Change.GROUPS_CHANGED, Change.CANCELLED)
    SlotGroup.objects.filter(slot__in=leaving).delete()
    for change in changed:
        change.slot.save(update_fields=SlotState.FIELDS if change.before else None)
    SlotGroup.objects.bulk_create(
        SlotGroup(slot=change.slot, session_id=change.slot.session_id, group_id=group_pk)
        for change in changed
        if change.kinds & {Change.CREATED, Change.GROUPS_CHANGED}
        for group_pk in sorted(change.after.groups if change.after else ())
    )
    return changes
