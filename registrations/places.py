"""Places: what is taken in each slot, what is kept for invitations, who may have what is left.

Everything that decides on a place runs inside a transaction that holds the cycle's lock: what is
counted then stays true until the commit. One lock per cycle, so no order to respect and no
deadlock; it lasts a few statements.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet

from registrations.models import Invitation, Registration, Seat
from registrations.models.seats import taken
from sessions.models import AudienceGroup, Cycle, Slot
from sessions.models.agenda import SlotQuerySet
from sessions.models.cycles import CycleQuerySet


@dataclass(frozen=True)
class Reservation:
    """Places that an invitation keeps, and that nobody used yet."""

    invitation_pk: int
    # None: in the slots of every group.
    group_pk: int | None
    n_left: int


@dataclass
class Room:
    """A slot, what is taken of it and kept in it, as counted at one moment."""

    slot: Slot
    n_taken: int
    kept: dict[int, int] = field(default_factory=dict)
    # The invitation of whoever asks: what it keeps is for them.
    invitation_pk: int | None = None

    @property
    def is_full(self) -> bool:
        """No place for whoever asks."""
        return self.is_full_for(self.invitation_pk)

    def is_full_for(self, invitation_pk: int | None) -> bool:
        """No place for someone with this invitation, or without any."""
        return self.n_left_for(invitation_pk) == 0

    def n_left_for(self, invitation_pk: int | None) -> int | None:
        """The places left for someone with this invitation, or without any; None: no limit."""
        if self.slot.capacity is None:
            return None
        for_others = sum(n for pk, n in self.kept.items() if pk != invitation_pk)
        return max(self.slot.capacity - self.n_taken - for_others, 0)

    def take(self, invitation_pk: int | None) -> None:
        """Counts one place more, out of what the invitation keeps if it still keeps some."""
        self.n_taken += 1
        if invitation_pk is not None and self.kept.get(invitation_pk):
            self.kept[invitation_pk] -= 1


def lock_cycle(cycle_id: int) -> Cycle:
    """Makes every other decision on this cycle's places wait until the transaction ends.

    Returns the cycle as it is now, ``with_dates()`` and ``with_reservations()``. PostgreSQL locks
    the row. SQLite has no row locks and needs none: the transaction, IMMEDIATE, already is the
    only writer. Raises TransactionManagementError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("lock_cycle() needs a transaction")
    # no_key: rows that refer to the cycle may still be inserted meanwhile.
    locked = Cycle.objects.select_for_update(no_key=True, of=("self",))
    return with_reservations(locked.with_dates()).get(pk=cycle_id)


def with_reservations(cycles: CycleQuerySet) -> CycleQuerySet:
    """Adds ``has_reservations``: whether an open invitation keeps places in the cycle."""
    keeping = Invitation.objects.keeping_places().filter(cycle=OuterRef("pk"))
    return cycles.annotate(has_reservations=Exists(keeping))


def reservations(cycle: Cycle, now: datetime) -> list[Reservation]:
    """What invitations still keep at ``now``. One query; none for a cycle without reservations.

    Needs a cycle ``with_reservations()``.
    """
    if not cycle.has_reservations:
        return []
    return reservations_by_cycle(now, [cycle.pk]).get(cycle.pk, [])


def reservations_by_cycle(
    now: datetime, cycle_pks: Iterable[int] | None = None
) -> dict[int, list[Reservation]]:
    """What invitations still keep at ``now`` in these cycles, by default in all; one query."""
    invitations = Invitation.objects.keeping_places().open_at(now).select_related("profile")
    if cycle_pks is not None:
        invitations = invitations.filter(cycle__in=cycle_pks)
    by_cycle: dict[int, list[Reservation]] = {}
    for invitation in invitations.counted().order_by("pk"):
        reservation = Reservation(
            invitation.pk,
            invitation.profile.group_id if invitation.profile else None,
            invitation.n_left,
        )
        by_cycle.setdefault(invitation.cycle_id, []).append(reservation)
    return by_cycle


def counted(slots: SlotQuerySet) -> SlotQuerySet:
    """Adds ``n_taken`` to each slot: how many of its places are taken."""
    counted_seats = Count("seats", filter=taken("seats__registration__"), distinct=True)
    return slots.annotate(n_taken=counted_seats)


def room_of(slot: Slot, reserved: Iterable[Reservation], invitation_pk: int | None = None) -> Room:
    """The room of a ``counted()`` slot; asks its groups only when something is reserved."""
    kept = {
        reservation.invitation_pk: reservation.n_left
        for reservation in reserved
        if reservation.group_pk is None
        or reservation.group_pk in {group.pk for group in slot.groups.all()}
    }
    return Room(slot, slot.n_taken, kept, invitation_pk)


def rooms(
    slots: SlotQuerySet, reserved: Iterable[Reservation] = (), invitation_pk: int | None = None
) -> list[Room]:
    """The rooms of these slots, in time order; one query, two when something is reserved."""
    in_order = counted(slots).select_related("session").order_by("starts_at", "pk")
    if reserved:
        in_order = in_order.prefetch_related("groups")
    return [room_of(slot, reserved, invitation_pk) for slot in in_order]


def plan(
    cycle: Cycle, group: AudienceGroup, now: datetime, invitation: Invitation | None = None
) -> list[Room]:
    """What registering in ``group`` gives: its kept slots that are not over at ``now``.

    Needs a cycle ``with_reservations()``.
    """
    slots = Slot.objects.kept().filter(groups=group, ends_at__gt=now)
    return rooms(slots, reservations(cycle, now), invitation.pk if invitation else None)


def held(registration: Registration, now: datetime) -> list[Room]:
    """The kept slots, not over at ``now``, that the person has a seat in, wherever staff put them.

    Needs a registration under its cycle's lock.
    """
    # By identifier: a filter over the seats would count no other seat than the person's.
    slots = Slot.objects.kept().filter(pk__in=registration.seats.values("slot"), ends_at__gt=now)
    return rooms(slots, reservations(registration.cycle, now), registration.invitation_id)


def all_free(planned: Iterable[Room], held: Iterable[Seat] = ()) -> bool:
    """Whether there is a place in each slot, not counting against the person what they hold."""
    mine = {seat.slot_id for seat in held}
    return all(room.slot.pk in mine or not room.is_full for room in planned)


def waiting(cycle_id: int) -> QuerySet[Registration]:
    """Those whom a free place may be given to, in order, with what promotion needs at hand."""
    return (
        Registration.objects.filter(cycle_id=cycle_id, offer_expires_at=None, offer_lapsed_at=None)
        .waiting_in_order()
        .with_offer()
        .prefetch_related("seats")
    )


def allow_one_more(full: Iterable[Room]) -> None:
    """Keeps in each slot that staff knowingly put one more person in it than it has places."""
    for room in full:
        _allow(room.slot, room.n_taken + 1)


def accept_overbooking(slots: SlotQuerySet) -> list[Room]:
    """After capacities changed: nobody is thrown out of a slot that now has fewer places.

    Returns the rooms where more places are taken than there are. Needs the cycle's lock.
    """
    counted_rooms = rooms(slots.filter(capacity__isnull=False))
    for room in counted_rooms:
        _allow(room.slot, room.n_taken)
    return [room for room in counted_rooms if room.slot.n_over_allowed]


def _allow(slot: Slot, n_taken: int) -> None:
    n_over = max(n_taken - (slot.capacity or n_taken), 0)
    if n_over != slot.n_over_allowed:
        slot.n_over_allowed = n_over
        slot.save(update_fields=["n_over_allowed"])
