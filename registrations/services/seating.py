"""Which seats a person has: those of the agenda, as it is when they are given."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from registrations import places
from registrations.models import Registration, Seat
from registrations.services.core import check_address_is_free
from sessions.models import Slot


def seat_again(registration: Registration, *, now: datetime) -> list[places.Room]:
    """Gives the seats of their group to someone who was off the lists: nothing followed for them.

    Returns their rooms. Raises AddressTaken when the person registered anew meanwhile.
    """
    check_address_is_free(registration.cycle_id, registration.email_key, but=registration)
    planned = places.plan(registration.cycle, registration.group, now, registration.invitation)
    seat_in(registration, planned, now=now)
    return planned


def seat_in(
    registration: Registration, planned: Iterable[places.Room], *, now: datetime
) -> list[dict[str, Any]]:
    """Sets the person's seats to ``planned``; those of slots that are over stay as they were.

    Returns what went away, as the mail and its calendar need it:
    ``{"seat": pk, "starts_at": ISO, "ends_at": ISO}``.
    """
    seats = {seat.session_id: seat for seat in registration.seats.select_related("slot")}
    for room in planned:
        seat = seats.pop(room.slot.session_id, None)
        if seat is None:
            Seat.objects.create(
                registration=registration, session=room.slot.session, slot=room.slot
            )
        elif seat.slot_id != room.slot.pk:
            put(seat, room.slot)
    released = []
    for seat in seats.values():
        if seat.slot is None or seat.slot.is_over(now):
            continue
        released.append(
            {
                "seat": seat.pk,
                "starts_at": seat.slot.starts_at.isoformat(),
                "ends_at": seat.slot.ends_at.isoformat(),
            }
        )
        put(seat, None)
    return released


def put(seat: Seat, slot: Slot | None) -> None:
    """Writes that the seat is in ``slot``, maybe changed, or in none; calendars will follow."""
    seat.slot = slot
    seat.sequence += 1
    seat.save(update_fields=["slot", "sequence"])
