from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from registrations import outbox, places
from registrations.exceptions import GroupFull, NoRoom, TransitionRefused
from registrations.models import Registration
from registrations.models.messages import MessageKind
from registrations.services.core import (
    EDITABLE,
    Actor,
    Verb,
    check_invitation,
    lock,
    write_event,
)
from registrations.services.seating import put, seat_in
from registrations.services.waiting import promote_waiting
from sessions.models import Cycle, Profile, Session, Slot, Territory


@dataclass(frozen=True)
class Move:
    """What becomes of one session for a person: from a slot, or none, to another, or none."""

    session: Session
    before: Slot | None
    after: Slot | None
    is_full: bool = False


@transaction.atomic
def edit(
    registration: Registration,
    *,
    profile: Profile,
    person: dict[str, Any],
    territories: Iterable[Territory],
    now: datetime,
    by: Actor = None,
) -> Registration:
    """Corrects what the person wrote; a profile of another group moves their seats there.

    ``person`` holds the fields of EDITABLE. A move that the person must know of is mailed, with
    their calendar. Raises TransitionRefused for a registration that is not active or a profile of
    another cycle, GroupFull when the other group has no place left, InvitationRefused for what the
    invitation that gave the place does not allow, unless staff do it; nothing is changed then.
    """
    registration = lock(registration)
    if not registration.is_active or profile.group.cycle_id != registration.cycle_id:
        raise TransitionRefused
    territories = list(territories)
    if by is None:
        check_invitation(registration.invitation, profile, territories, had=registration)
    changes_group = profile.group_id != registration.profile.group_id
    for name in EDITABLE:
        setattr(registration, name, person[name])
    registration.profile = profile
    registration.save(update_fields=[*EDITABLE, "profile"])
    registration.territories.set(territories)
    write_event(registration, Verb.EDITED, registration.status, now=now, by=by)
    if changes_group:
        _move_to_group(registration, now=now, by=by)
    return registration


def moves_to(registration: Registration, profile: Profile, now: datetime) -> list[Move]:
    """What changing to ``profile`` would do to the person's seats, to be said before it is done.

    Nothing within a group, even for someone whom staff placed in another's slot.
    """
    if profile.group_id == registration.profile.group_id:
        return []
    cycle = places.with_reservations(Cycle.objects.all()).get(pk=registration.cycle_id)
    seats = {seat.session_id: seat for seat in registration.own_seats}
    moves = []
    planned = places.plan(cycle, profile.group, now, registration.invitation)
    for room in planned:
        seat = seats.pop(room.slot.session_id, None)
        before = seat.slot if seat else None
        if before != room.slot:
            is_full = room.is_full_for(registration.invitation_id)
            moves.append(Move(room.slot.session, before, room.slot, is_full))
    moves += [
        Move(seat.session, seat.slot, None)
        for seat in seats.values()
        if seat.slot and not seat.slot.is_over(now)
    ]
    return moves


@transaction.atomic
def move_seat(
    registration: Registration,
    slot: Slot,
    *,
    now: datetime,
    by: Actor,
    over_capacity: bool = False,
) -> Registration:
    """Moves one person to another slot of the same session, whatever their group.

    Raises TransitionRefused when the slot is not one of their cycle still to come or they are not
    active, NoRoom unless ``over_capacity``: staff then knowingly put one more person than planned
    in the slot, which the journal and the slot keep. Moving to the slot they have changes nothing.
    """
    registration = lock(registration)
    seat = registration.seats.filter(session=slot.session_id).select_related("slot").first()
    # As it is under the lock: staff may have cancelled the slot since it was chosen.
    found = places.rooms(
        Slot.objects.kept().filter(pk=slot.pk, ends_at__gt=now),
        places.reservations(registration.cycle, now),
    )
    if seat is None or not registration.is_active or not found:
        raise TransitionRefused
    if seat.slot_id == slot.pk:
        return registration
    [room] = found
    if registration.holds_places and room.is_full_for(registration.invitation_id):
        if not over_capacity:
            raise NoRoom
        places.allow_one_more([room])
        write_event(registration, Verb.FORCED, registration.status, now=now, by=by)
    put(seat, room.slot)
    _tell_moved(registration, [], now=now, by=by)
    return registration


def _move_to_group(registration: Registration, *, now: datetime, by: Actor) -> None:
    """Gives the seats of the profile's group in place of those before."""
    planned = places.plan(registration.cycle, registration.group, now, registration.invitation)
    if registration.holds_places and not places.all_free(planned, registration.seats.all()):
        raise GroupFull
    released = seat_in(registration, planned, now=now)
    _tell_moved(registration, released, now=now, by=by)


def _tell_moved(
    registration: Registration, released: list[dict[str, Any]], *, now: datetime, by: Actor
) -> None:
    write_event(registration, Verb.MOVED, registration.status, now=now, by=by)
    if registration.is_confirmed:
        outbox.queue(
            MessageKind.SEATS_CHANGED, registration=registration, context={"released": released}
        )
    # The places left behind may suit someone who waits; or the new slots may suit this person.
    promote_waiting(registration.cycle_id, now=now)
