import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from registrations import outbox, places
from registrations.cleaning import email_key, rate_key
from registrations.exceptions import InvitationRefused, MailboxFull, RegistrationClosed
from registrations.models import Invitation, Message, Registration, Seat
from registrations.models.messages import MessageKind
from registrations.services.core import Actor, Verb, create, write_event
from registrations.states import ACTIVE, Status
from registrations.throttling import FREE, Pace
from sessions.models import Cycle, Profile, Territory
from sessions.states import ENDED, Window

# Active ones of a cycle: one for a person, some more for a service whose people share a mailbox.
MOST_IN_A_MAILBOX = 5

FIRST_MAIL = {
    Status.CONFIRMED: MessageKind.CONFIRMATION,
    Status.WAITLISTED: MessageKind.WAITLISTED,
    Status.PENDING: MessageKind.PENDING,
}


def standing_mail(registration: Registration) -> MessageKind:
    """The mail that says where someone active stands."""
    if registration.offer_expires_at is not None:
        return MessageKind.OFFERED
    return FIRST_MAIL[Status(registration.status)]


@dataclass(frozen=True)
class Application:
    """A registration form, cleaned. ``person`` holds the fields of EDITABLE and ``email``."""

    profile: Profile
    person: dict[str, Any]
    territories: tuple[Territory, ...]
    submission_key: uuid.UUID
    invitation: Invitation | None = None


@transaction.atomic
def register(
    cycle: Cycle,
    application: Application,
    *,
    now: datetime,
    by: Actor = None,
    pace: Pace = FREE,
) -> Registration:
    """Registers someone, or puts them on the waiting list, and queues the mail that says so.

    Staff do it until the cycle is over, whenever registration closes, without invitation and for
    as many people as share a mailbox: that is what people telephone for.

    The same form sent again changes nothing and returns what it made the first time. An address
    that is registered already is told so, at that address only: the registration is returned as it
    was, and the caller must not let the visitor know which of the two happened.
    The mail leaves at the ``pace`` of the mailbox, where strangers ask for it.
    Raises RegistrationClosed, InvitationRefused; MailboxFull, whether or not the address is
    registered.
    """
    cycle = places.lock_cycle(cycle.pk)
    _check_open(cycle, now, by)
    _check_invitation(cycle, application, now, by)
    known = _find_known(cycle, application)
    if by is None and not _is_sent_again(application, known):
        _check_mailbox(cycle, application.person["email"])
    # Asked for in both cases: an address that is known must not answer faster than another.
    planned = places.plan(cycle, application.profile.group, now, application.invitation)
    if known is not None:
        _ask_again(known, application, now=now, by=by, pace=pace)
        return known

    registration = create(
        cycle,
        application.profile,
        application.person,
        application.territories,
        # Whoever the team registers was spoken to.
        Status.PENDING if cycle.verifies_addresses and by is None else first_status(cycle, planned),
        now=now,
        submission_key=application.submission_key,
        invitation=application.invitation,
    )
    registration.every_seat = Seat.objects.bulk_create(
        Seat(registration=registration, session=room.slot.session, slot=room.slot)
        for room in planned
    )
    write_event(registration, Verb.REGISTERED, "", now=now, by=by)
    first_mail = FIRST_MAIL[Status(registration.status)]
    # A registration and its mail exist together: a stranger who spent the mailbox's share delays
    # this one, and cannot suppress it.
    outbox.queue(first_mail, registration=registration, pace=pace.in_the_end)
    return registration


def first_status(cycle: Cycle, planned: list[places.Room]) -> Status:
    """What someone who asks for these slots becomes."""
    if cycle.requires_validation:
        return Status.PENDING
    return Status.CONFIRMED if places.all_free(planned) else Status.WAITLISTED


def _check_open(cycle: Cycle, now: datetime, by: Actor) -> None:
    window = cycle.window(now)
    if not cycle.is_published or window in ENDED or (window != Window.OPEN and by is None):
        raise RegistrationClosed


def _check_invitation(cycle: Cycle, application: Application, now: datetime, by: Actor) -> None:
    invitation = application.invitation
    if invitation is None:
        if cycle.is_private and by is None:
            raise RegistrationClosed
        return
    # As it is under the lock: staff may have closed it while the form was filled in.
    invitation = Invitation.objects.get(pk=invitation.pk)
    if not invitation.is_open(now) or invitation.cycle_id != cycle.pk:
        raise InvitationRefused
    if not invitation.admits_profile(application.profile):
        raise InvitationRefused
    if not invitation.admits_territories(application.territories):
        raise InvitationRefused


def _find_known(cycle: Cycle, application: Application) -> Registration | None:
    """What this very form made before, or what the address is registered as."""
    same_form = Q(submission_key=application.submission_key)
    same_address = Q(
        cycle=cycle, email_key=email_key(application.person["email"]), status__in=ACTIVE
    )
    return Registration.objects.filter(same_form | same_address).with_offer().first()


def _is_sent_again(application: Application, known: Registration | None) -> bool:
    return known is not None and known.submission_key == application.submission_key


def _check_mailbox(cycle: Cycle, address: str) -> None:
    """Raises MailboxFull for one more variant of the same mailbox: they all begin alike."""
    alike = Registration.objects.active().filter(
        cycle=cycle, email_key__startswith=email_key(address)[0]
    )
    mailboxes = [rate_key(key) for key in alike.values_list("email_key", flat=True)]
    if mailboxes.count(rate_key(address)) >= MOST_IN_A_MAILBOX:
        raise MailboxFull


def _ask_again(
    known: Registration, application: Application, *, now: datetime, by: Actor, pace: Pace
) -> None:
    if _is_sent_again(application, known):
        return
    dedup_key = f"asked-again:{application.submission_key}"
    if Message.objects.filter(dedup_key=dedup_key).exists():
        return
    # Nothing needs them: a new registration writes its territories, and how many statements the
    # database is asked must not tell a known address from another.
    list(known.territories.all())
    write_event(known, Verb.ASKED_AGAIN, known.status, now=now, by=by)
    outbox.queue(MessageKind.ALREADY_REGISTERED, registration=known, dedup_key=dedup_key, pace=pace)
