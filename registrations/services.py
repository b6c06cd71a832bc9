"""What happens to a registration: one function for each verb.

Each is one transaction: it takes the cycle's lock, asks whether the rules allow the change, writes
it, its journal entry and its mail. ``now`` comes in once. ``by`` is the member of staff who acts,
None for the person themselves. Refusals are ``registrations.exceptions``.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Q

from registrations import outbox, places, tokens
from registrations.cleaning import email_key
from registrations.exceptions import AddressTaken, GroupFull, RegistrationClosed, TransitionRefused
from registrations.models import Message, Registration, RegistrationEvent, Seat
from registrations.models.messages import MessageKind
from registrations.states import ACTIVE, TRANSITIONS, Status
from sessions.models import Cycle, Profile, Slot, Territory
from sessions.states import Window

Actor = AbstractBaseUser | None
Verb = RegistrationEvent.Verb

# What people write of themselves, and may correct by themselves afterwards.
EDITABLE = (
    "first_name",
    "last_name",
    "phone",
    "organisation",
    "organisation_kind",
    "job_title",
    "expectations",
    "access_needs",
)


@dataclass(frozen=True)
class Application:
    """A registration form, cleaned. ``person`` holds the fields of EDITABLE and ``email``."""

    profile: Profile
    person: dict[str, Any]
    territories: tuple[Territory, ...]
    submission_key: uuid.UUID


@transaction.atomic
def register(cycle: Cycle, application: Application, *, now: datetime) -> Registration:
    """Registers someone, or puts them on the waiting list, and queues the mail that says so.

    The same form sent again changes nothing and returns what it made the first time. An address
    that is registered already is told so, at that address only: the registration is returned as it
    was, and the caller must not let the visitor know which of the two happened.
    Raises RegistrationClosed.
    """
    cycle = places.lock_cycle(cycle.pk)
    if not cycle.is_published or cycle.window(now) != Window.OPEN:
        raise RegistrationClosed
    key = email_key(application.person["email"])
    known = (
        Registration.objects.filter(
            Q(submission_key=application.submission_key)
            | Q(cycle=cycle, email_key=key, status__in=ACTIVE)
        )
        .with_offer()
        .first()
    )
    # Asked for in both cases: an address that is known must not answer faster than another.
    planned = places.plan(application.profile.group, now)
    if known is not None:
        _ask_again(known, application.submission_key, now=now)
        return known

    status = Status.CONFIRMED if places.all_free(planned) else Status.WAITLISTED
    registration = _create(cycle, application, key, status, now=now)
    registration.own_seats = Seat.objects.bulk_create(
        Seat(registration=registration, session=room.slot.session, slot=room.slot)
        for room in planned
    )
    _write_event(registration, Verb.REGISTERED, "", now=now, by=None)
    outbox.queue(
        MessageKind.CONFIRMATION if status == Status.CONFIRMED else MessageKind.WAITLISTED,
        registration=registration,
    )
    return registration


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
    another cycle, GroupFull when the other group has no place left; nothing is changed then.
    """
    registration = _lock(registration)
    if not registration.is_active or profile.group.cycle_id != registration.cycle_id:
        raise TransitionRefused
    moves = profile.group_id != registration.profile.group_id
    for name in EDITABLE:
        setattr(registration, name, person[name])
    registration.profile = profile
    registration.save(update_fields=[*EDITABLE, "profile"])
    registration.territories.set(territories)
    _write_event(registration, Verb.EDITED, registration.status, now=now, by=by)
    if moves:
        _move_to_group(registration, now=now, by=by)
    return registration


@transaction.atomic
def cancel(registration: Registration, *, now: datetime, by: Actor = None) -> Registration:
    """Gives the person's places back, to the first who wait for them.

    Cancelling what is cancelled changes nothing. Raises TransitionRefused.
    """
    registration = _lock(registration)
    if registration.status == Status.CANCELLED:
        return registration
    before = registration.status
    _change_status(registration, Status.CANCELLED, Verb.CANCELLED, now=now, by=by)
    if before == Status.CONFIRMED:
        _upcoming(registration, now).update(sequence=F("sequence") + 1)
    outbox.queue(MessageKind.CANCELLED, registration=registration)
    if before == Status.CONFIRMED:
        promote_waiting(registration.cycle_id, now=now)
    return registration


@transaction.atomic
def restore(registration: Registration, *, now: datetime, by: Actor = None) -> Registration:
    """Brings a cancelled registration back: confirmed if there is room, else last on the list.

    Restoring what is active changes nothing. Raises TransitionRefused for another state,
    RegistrationClosed once the cycle is over, AddressTaken when the person registered anew.
    """
    registration = _lock(registration)
    if registration.is_active:
        return registration
    if registration.status != Status.CANCELLED:
        raise TransitionRefused
    if registration.cycle.window(now) == Window.PAST:
        raise RegistrationClosed
    others = Registration.objects.active().exclude(pk=registration.pk)
    if others.filter(cycle_id=registration.cycle_id, email_key=registration.email_key).exists():
        raise AddressTaken
    planned = places.plan(registration.group, now)
    status = Status.CONFIRMED if places.all_free(planned) else Status.WAITLISTED
    _seat(registration, planned, now=now)
    # A higher SEQUENCE than the cancellation's, or calendars would keep the events struck out.
    _upcoming(registration, now).update(sequence=F("sequence") + 1)
    _change_status(registration, status, Verb.RESTORED, now=now, by=by)
    outbox.queue(
        MessageKind.CONFIRMATION if status == Status.CONFIRMED else MessageKind.WAITLISTED,
        registration=registration,
    )
    return registration


def promote_waiting(cycle_id: int, *, now: datetime) -> list[Registration]:
    """Gives free places to those who wait, in the order in which they joined the list.

    Whoever still lacks a place in one of their slots keeps their rank and lets the next pass.
    Call it inside the transaction that freed the places, which holds the cycle's lock.
    """
    waiting = list(places.waiting(cycle_id))
    if not waiting:
        return []
    left = {
        room.slot.pk: room.n_left
        for room in places.rooms(
            Slot.objects.kept().filter(session__cycle_id=cycle_id, ends_at__gt=now)
        )
    }
    promoted = []
    for registration in waiting:
        wanted = [seat.slot_id for seat in registration.seats.all() if seat.slot_id in left]
        if not wanted or any(left[slot_pk] == 0 for slot_pk in wanted):
            continue
        for slot_pk in wanted:
            left_here = left[slot_pk]
            left[slot_pk] = None if left_here is None else left_here - 1
        _change_status(registration, Status.CONFIRMED, Verb.PROMOTED, now=now, by=None)
        outbox.queue(MessageKind.PROMOTED, registration=registration)
        promoted.append(registration)
    return promoted


@transaction.atomic
def announce_links(slots: Iterable[Slot]) -> int:
    """Queues one mail to each confirmed person who waited for the links of these slots.

    Returns how many.
    """
    slot_pks = sorted(slot.pk for slot in slots)
    concerned = (
        Registration.objects.confirmed().filter(seats__slot__in=slot_pks).distinct().with_offer()
    )
    for registration in concerned:
        outbox.queue(MessageKind.LINK_ADDED, registration=registration, context={"slots": slot_pks})
    return len(concerned)


@transaction.atomic
def send_link_again(registration: Registration) -> None:
    """Queues the confirmation again, as things stand now, at the request of staff."""
    registration = _lock(registration)
    kinds = {
        Status.CONFIRMED: MessageKind.CONFIRMATION,
        Status.WAITLISTED: MessageKind.WAITLISTED,
    }
    if registration.status not in kinds:
        raise TransitionRefused("Seule une inscription active a un lien à envoyer.")
    outbox.queue(kinds[Status(registration.status)], registration=registration)


def find_links(address: str) -> None:
    """Queues the mail of « Retrouver mon inscription » to ``address``, known or not.

    Whether it is known is looked up when the mail is about to leave, so that nothing here, not
    even the time it takes, depends on it.
    """
    with transaction.atomic():
        outbox.queue(MessageKind.FIND_LINK, recipient=address)


def _lock(registration: Registration) -> Registration:
    """The registration as it is now, under its cycle's lock until the transaction ends."""
    cycle = places.lock_cycle(registration.cycle_id)
    locked = (
        Registration.objects.select_for_update(of=("self",), no_key=True)
        .with_offer()
        .get(pk=registration.pk)
    )
    locked.cycle = cycle
    return locked


def _ask_again(known: Registration, submission_key: uuid.UUID, *, now: datetime) -> None:
    if known.submission_key == submission_key:
        return
    dedup_key = f"asked-again:{submission_key}"
    if Message.objects.filter(dedup_key=dedup_key).exists():
        return
    # Nothing needs them: a new registration writes its territories, and how many statements the
    # database is asked must not tell a known address from another.
    list(known.territories.all())
    _write_event(known, Verb.ASKED_AGAIN, known.status, now=now, by=None)
    outbox.queue(MessageKind.ALREADY_REGISTERED, registration=known, dedup_key=dedup_key)


def _create(
    cycle: Cycle, application: Application, key: str, status: Status, *, now: datetime
) -> Registration:
    nonce = tokens.draw_nonce()
    registration = Registration(
        cycle=cycle,
        profile=application.profile,
        status=status,
        **{name: application.person[name] for name in (*EDITABLE, "email")},
        email_key=key,
        link_nonce=nonce,
        link_hash=tokens.fingerprint(tokens.derive(nonce)),
        submission_key=application.submission_key,
        created_at=now,
        queued_at=now if status == Status.WAITLISTED else None,
        confirmed_at=now if status == Status.CONFIRMED else None,
    )
    # The relations come from the form's own choices; what is unique was read under the lock, and
    # the database has the last word on both.
    registration.full_clean(
        exclude={"cycle", "profile"}, validate_unique=False, validate_constraints=False
    )
    registration.save(force_insert=True)
    through = Registration.territories.through
    through.objects.bulk_create(
        through(registration=registration, territory=territory)
        for territory in application.territories
    )
    return registration


def _change_status(
    registration: Registration, to: Status, verb: str, *, now: datetime, by: Actor
) -> None:
    before = registration.status
    if to not in TRANSITIONS[Status(before)]:
        raise TransitionRefused
    registration.status = to
    if to == Status.CONFIRMED:
        registration.confirmed_at = now
    if to == Status.WAITLISTED:
        registration.queued_at = now
    registration.cancelled_at = now if to == Status.CANCELLED else None
    registration.save(update_fields=["status", "confirmed_at", "queued_at", "cancelled_at"])
    _write_event(registration, verb, before, now=now, by=by)


def _move_to_group(registration: Registration, *, now: datetime, by: Actor) -> None:
    """Gives the seats of the profile's group in place of those before."""
    planned = places.plan(registration.group, now)
    confirmed = registration.status == Status.CONFIRMED
    if confirmed and not places.all_free(planned, registration.seats.all()):
        raise GroupFull
    released = _seat(registration, planned, now=now)
    _write_event(registration, Verb.MOVED, registration.status, now=now, by=by)
    if confirmed:
        outbox.queue(
            MessageKind.SEATS_CHANGED, registration=registration, context={"released": released}
        )
    # The places left behind may suit someone who waits; or the new group may suit this person.
    promote_waiting(registration.cycle_id, now=now)


def _seat(
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
            seat.slot = room.slot
            seat.sequence += 1
            seat.save(update_fields=["slot", "sequence"])
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
        seat.slot = None
        seat.sequence += 1
        seat.save(update_fields=["slot", "sequence"])
    return released


def _upcoming(registration: Registration, now: datetime):
    """The person's seats that calendars still show ahead."""
    return registration.seats.filter(slot__ends_at__gt=now)


def _write_event(
    registration: Registration, verb: str, before: str, *, now: datetime, by: Actor
) -> None:
    RegistrationEvent.objects.create(
        registration=registration,
        verb=verb,
        from_status=before,
        to_status=registration.status,
        at=now,
        by=by,
    )
