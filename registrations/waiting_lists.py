"""The waiting list of a cycle as the team reads it: who is next, and what each lacks."""

from dataclasses import dataclass
from datetime import datetime

from registrations import places
from registrations.models import Registration
from sessions.models import Cycle, Slot


@dataclass(frozen=True)
class Waiter:
    """Someone on the list."""

    registration: Registration
    # From 1, among those whom a free place may go to; None for the others: they hold an offer, or
    # let one lapse.
    rank: int | None
    # Their slots to come that have no place for them, in time order.
    full: list[Slot]


def waiting_list(cycle: Cycle, now: datetime) -> list[Waiter]:
    """Who waits for a place in ``cycle``, in order; as many queries whatever the length.

    Needs a cycle ``with_reservations()``.
    """
    rooms = places.rooms(
        Slot.objects.kept().filter(session__cycle=cycle, ends_at__gt=now),
        places.reservations(cycle, now),
    )
    waiters, rank = [], 0
    registrations = Registration.objects.filter(cycle=cycle).waiting_in_order().with_offer()
    for registration in registrations.prefetch_related("seats"):
        is_served = not (registration.offer_expires_at or registration.offer_lapsed_at)
        rank += is_served
        own = {seat.slot_id for seat in registration.seats.all()}
        full = [
            room.slot
            for room in rooms
            if room.slot.pk in own and room.is_full_for(registration.invitation_id)
        ]
        waiters.append(Waiter(registration, rank if is_served else None, full))
    return waiters
