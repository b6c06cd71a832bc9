"""What every service does: lock, change the state, write the journal."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F, Q

from registrations import places, tokens
from registrations.cleaning import email_key
from registrations.exceptions import AddressTaken, InvitationRefused, TransitionRefused
from registrations.models import Invitation, Registration, RegistrationEvent, Replacement
from registrations.states import TRANSITIONS, Status
from sessions.models import Cycle, Profile, Territory

Actor = User | None
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


def lock(registration: Registration) -> Registration:
    """The registration as it is now, under its cycle's lock until the transaction ends.

    Raises TransitionRefused when the person was erased meanwhile.
    """
    cycle = places.lock_cycle(registration.cycle_id)
    locked = (
        Registration.objects.select_for_update(of=("self",), no_key=True)
        .with_offer()
        .filter(pk=registration.pk)
        .first()
    )
    if locked is None:
        raise TransitionRefused
    locked.cycle = cycle
    return locked


def create(
    cycle: Cycle,
    profile: Profile,
    person: dict[str, Any],
    territories: Iterable[Territory],
    status: Status,
    *,
    now: datetime,
    submission_key: uuid.UUID | None = None,
    **fields: Any,
) -> Registration:
    """Writes a registration with its territories; seats, journal and mail are the caller's."""
    nonce = tokens.draw_nonce()
    registration = Registration(
        cycle=cycle,
        profile=profile,
        status=status,
        **{name: person[name] for name in (*EDITABLE, "email")},
        email_key=email_key(person["email"]),
        link_nonce=nonce,
        link_hash=tokens.fingerprint(tokens.derive(nonce)),
        submission_key=submission_key or uuid.uuid4(),
        created_at=now,
        queued_at=now if status == Status.WAITLISTED else None,
        confirmed_at=now if status == Status.CONFIRMED else None,
        **fields,
    )
    # The relations come from the form's own choices; what is unique was read under the lock, and
    # the database has the last word on both.
    registration.full_clean(
        exclude={"cycle", "profile", "invitation", "replaces"},
        validate_unique=False,
        validate_constraints=False,
    )
    registration.save(force_insert=True)
    through = Registration.territories.through
    through.objects.bulk_create(
        through(registration=registration, territory=territory) for territory in territories
    )
    return registration


def change_status(
    registration: Registration, to: Status, verb: str, *, now: datetime, by: Actor
) -> None:
    """Moves to another state and writes the journal. Raises TransitionRefused."""
    before = registration.status
    if to not in TRANSITIONS[Status(before)]:
        raise TransitionRefused
    registration.status = to
    if registration.confirmed_at and Status.CONFIRMED in (before, to):
        # The cancellation is newer than what was sent, and what comes back newer than it.
        renew_events(registration, now)
    if to == Status.CONFIRMED:
        registration.confirmed_at = now
    if to == Status.WAITLISTED:
        registration.queued_at = now
    registration.cancelled_at = now if to == Status.CANCELLED else None
    # An offer is for those who wait, and each time they join the list is a new one.
    registration.offer_expires_at = registration.offer_lapsed_at = None
    registration.save(
        update_fields=[
            "status",
            "confirmed_at",
            "queued_at",
            "cancelled_at",
            "offer_expires_at",
            "offer_lapsed_at",
        ]
    )
    write_event(registration, verb, before, now=now, by=by)


def write_event(
    registration: Registration, verb: str, before: str, *, now: datetime, by: Actor
) -> None:
    RegistrationEvent.objects.create(
        registration=registration,
        verb=verb,
        from_status=before,
        to_status=registration.status,
        at=now,
        by=by,
        by_staff=by is not None,
    )


def renew_events(registration: Registration, now: datetime) -> None:
    """Raises the SEQUENCE of the person's events ahead: calendars follow only what is newer."""
    registration.seats.filter(slot__ends_at__gt=now).update(sequence=F("sequence") + 1)


def renew_link(registration: Registration, *, now: datetime) -> None:
    """Draws another personal link; the one before opens nothing any more.

    Nor do the requests for a replacement that were written through it, or that gave it.
    """
    registration.renew_link()
    registration.save(update_fields=["link_nonce", "link_hash"])
    Replacement.objects.filter(
        Q(registration=registration, answered_at=None)
        | Q(registration=registration.replaces_id, answered_at__isnull=False),
        expires_at__gt=now,
    ).update(expires_at=now)


def check_invitation(
    invitation: Invitation | None,
    profile: Profile,
    territories: Iterable[Territory],
    *,
    had: Registration | None = None,
) -> None:
    """Raises InvitationRefused for a place that it keeps for others.

    Who ``had`` it already, before staff changed whom it is for, keeps the profile or the
    territories that they had.
    """
    if invitation is None or not invitation.binds:
        return
    keeps_profile = had is not None and had.profile_id == profile.pk
    if not keeps_profile and not invitation.admits_profile(profile):
        raise InvitationRefused
    if not invitation.admits_territories(territories) and (
        had is None or invitation.admits_territories(had.territories.all())
    ):
        raise InvitationRefused


def check_address_is_free(cycle_id: int, key: str, *, but: Registration | None = None) -> None:
    """Raises AddressTaken when someone active in the cycle has it, by its key; not ``but`` them."""
    taken = Registration.objects.active().filter(cycle=cycle_id, email_key=key)
    if but is not None:
        taken = taken.exclude(pk=but.pk)
    if taken.exists():
        raise AddressTaken
