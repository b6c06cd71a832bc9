"""Places: what is taken in each slot, and who may have what is left.

Everything that decides on a place runs inside a transaction that holds the cycle's lock: what is
counted then stays true until the commit. One lock per cycle, so no order to respect and no
deadlock; it lasts a few statements.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from registrations.models import Registration, Seat
from registrations.models.seats import TAKEN
from sessions.models import AudienceGroup, Cycle, Slot
from sessions.models.agenda import SlotQuerySet


def lock_cycle(cycle_id: int) -> Cycle:
    """Makes every other decision on this cycle's places wait until the transaction ends.

    Returns the cycle as it is now, ``with_dates()``. PostgreSQL locks the row. SQLite has no row
    locks and needs none: the transaction, IMMEDIATE, already is the only writer. Raises
    TransactionManagementError outside a transaction.
    """
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("lock_cycle() needs a transaction")
    # no_key: rows that refer to the cycle may still be inserted meanwhile.
    locked = Cycle.objects.select_for_update(no_key=True, of=("self",))
    return locked.with_dates().get(pk=cycle_id)


@dataclass(frozen=True)
class Room:
    """A slot and what is taken of it, as counted at one moment."""

    slot: Slot
    n_taken: int

    @property
    def n_left(self) -> int | None:
        """Places left; None without limit; 0 when as many or more than the capacity are taken."""
        if self.slot.capacity is None:
            return None
        return max(self.slot.capacity - self.n_taken, 0)

    @property
    def is_full(self) -> bool:
        return self.n_left == 0


def counted(slots: SlotQuerySet) -> SlotQuerySet:
    """Adds ``n_taken`` to each slot: how many of its places are taken."""
    taken = Q(**{f"seats__{key}": value for key, value in TAKEN.children})
    return slots.annotate(n_taken=Count("seats", filter=taken, distinct=True))


def rooms(slots: SlotQuerySet) -> list[Room]:
    """The rooms of these slots, in time order, in one query."""
    in_order = counted(slots).select_related("session").order_by("starts_at", "pk")
    return [Room(slot, slot.n_taken) for slot in in_order]


def plan(group: AudienceGroup, now: datetime) -> list[Room]:
    """What registering in ``group`` gives: its kept slots that are not over at ``now``."""
    return rooms(Slot.objects.kept().filter(groups=group, ends_at__gt=now))


def all_free(planned: Iterable[Room], held: Iterable[Seat] = ()) -> bool:
    """Whether there is a place in each slot, not counting against the person what they hold."""
    mine = {seat.slot_id for seat in held}
    return all(room.slot.pk in mine or not room.is_full for room in planned)


def waiting(cycle_id: int):
    """The waiting list in order, with what promotion needs at hand."""
    return (
        Registration.objects.filter(cycle_id=cycle_id)
        .waiting_in_order()
        .with_offer()
        .prefetch_related("seats")
    )
