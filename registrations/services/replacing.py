"""« Me faire remplacer »: a place is handed over, and no one else gets it meanwhile."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from registrations import outbox, tokens
from registrations.cleaning import email_key
from registrations.exceptions import ReplacementRefused
from registrations.models import Registration, Replacement, Seat
from registrations.models.messages import MessageKind
from registrations.services.core import (
    Verb,
    change_status,
    check_address_is_free,
    check_invitation,
    create,
    lock,
    renew_link,
    write_event,
)
from registrations.services.registering import Application
from registrations.states import Status
from registrations.throttling import FREE, Pace

# How long a colleague has to answer.
ANSWER_WITHIN = timedelta(days=7)
MOST_ASKED = 5
# How long the form may be sent again, by an impatient hand or a network that cut.
AGAIN_WITHIN = timedelta(minutes=10)


@transaction.atomic
def ask_replacement(
    registration: Registration,
    *,
    first_name: str,
    last_name: str,
    email: str,
    now: datetime,
    pace: Pace = FREE,
) -> Replacement:
    """Mails a colleague, who alone may take the place over; nothing else changes until they do.

    Asking again replaces the request before. Raises ReplacementRefused unless confirmed, and after
    MOST_ASKED in a day: the mails go to people who have asked for nothing.
    """
    registration = lock(registration)
    _check_may_ask(registration, now)
    registration.replacements.filter(answered_at=None).update(expires_at=now)
    nonce = tokens.draw_nonce()
    replacement = Replacement.objects.create(
        registration=registration,
        first_name=first_name,
        last_name=last_name,
        email=email,
        link_nonce=nonce,
        link_hash=tokens.fingerprint(tokens.derive(nonce)),
        created_at=now,
        expires_at=now + ANSWER_WITHIN,
    )
    outbox.queue(
        MessageKind.REPLACEMENT_ASKED,
        registration=registration,
        recipient=email,
        context={"replacement": replacement.pk},
        pace=pace,
    )
    return replacement


@transaction.atomic
def replace(replacement: Replacement, application: Application, *, now: datetime) -> Registration:
    """The colleague takes the place over, seat for seat; the link of the one replaced dies.

    Raises ReplacementRefused when it is too late or the profile is of another group,
    InvitationRefused for someone whom the invitation that gave the place is not for, AddressTaken
    when the colleague is registered already. The same form again returns the same registration.
    """
    replaced = lock(replacement.registration)
    replacement.refresh_from_db()
    if newcomer := answered_with(replacement, application.submission_key, now=now):
        return newcomer
    _check_may_replace(replaced, replacement, application, now)
    newcomer = create(
        replaced.cycle,
        application.profile,
        application.person,
        application.territories,
        Status.CONFIRMED,
        now=now,
        submission_key=application.submission_key,
        invitation=replaced.invitation,
        replaces=replaced,
    )
    Seat.objects.bulk_create(
        Seat(registration=newcomer, session=seat.session, slot=seat.slot)
        for seat in replaced.seats.in_order()
    )
    write_event(newcomer, Verb.REGISTERED, "", now=now, by=None)
    change_status(replaced, Status.CANCELLED, Verb.REPLACED, now=now, by=None)
    replacement.answered_at = now
    replacement.save(update_fields=["answered_at"])
    renew_link(replaced, now=now)
    outbox.queue(MessageKind.REPLACED, registration=replaced)
    outbox.queue(MessageKind.CONFIRMATION, registration=newcomer)
    return newcomer


def answered_with(
    replacement: Replacement, submission_key: uuid.UUID, *, now: datetime
) -> Registration | None:
    """Who took the place minutes ago by this very form, which only the browser that sent it has.

    None otherwise: the link stays in a mailbox that may be someone else's, and must lead nowhere.
    """
    answered_at = replacement.answered_at
    if answered_at is None or now >= min(answered_at + AGAIN_WITHIN, replacement.expires_at):
        return None
    newcomers = replacement.registration.replaced_by.active()
    return newcomers.filter(submission_key=submission_key).first()


def _check_may_ask(registration: Registration, now: datetime) -> None:
    if not registration.is_confirmed:
        raise ReplacementRefused
    today = registration.replacements.filter(created_at__gt=now - timedelta(days=1))
    if today.count() >= MOST_ASKED:
        raise ReplacementRefused("Vous avez déjà proposé votre place cinq fois aujourd’hui.")


def _check_may_replace(
    replaced: Registration, replacement: Replacement, application: Application, now: datetime
) -> None:
    if not replaced.is_confirmed or not replacement.is_open(now):
        raise ReplacementRefused
    if application.profile.group_id != replaced.profile.group_id:
        raise ReplacementRefused
    check_invitation(replaced.invitation, application.profile, application.territories)
    check_address_is_free(replaced.cycle_id, email_key(application.person["email"]))
