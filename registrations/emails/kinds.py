"""Each kind of mail, as a function: whether there is still something to say, and with what.

A function returns None when what it would tell is not so any more. Otherwise its draft fills
``templates/emails/<kind>_subject.txt``, ``<kind>.txt`` and ``<kind>.html``. Whatever may have
changed since the mail was queued is read here, at each attempt.
"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse

from registrations.cleaning import email_key
from registrations.emails import changes
from registrations.emails.drafts import (
    Draft,
    draft_of,
    lines_ahead,
    registration_of,
    released_ahead,
)
from registrations.emails.marks import mark
from registrations.links import absolute, password_page, personal_page, replacement_page
from registrations.models import Message, Registration, Replacement
from registrations.models.messages import MessageKind
from registrations.retention import policy
from registrations.states import Status
from sessions.models import Cycle


def confirmation(message: Message, now: datetime) -> Draft | None:
    """« Votre inscription est confirmée »: the slots, the links, the calendar."""
    registration = registration_of(message)
    if not registration.is_confirmed:
        return None
    lines = changes.with_late_reminders(registration, lines_ahead(registration, now))
    return draft_of(registration, lines, now=now, is_published=True)


def promoted(message: Message, now: datetime) -> Draft | None:
    """A place came free for someone who waited: what a confirmation tells, and that."""
    return confirmation(message, now)


def waitlisted(message: Message, now: datetime) -> Draft | None:
    return _in_state(message, now, Status.WAITLISTED)


def pending(message: Message, now: datetime) -> Draft | None:
    """The request is to be validated by hand."""
    return _in_state(message, now, Status.PENDING)


def refused(message: Message, now: datetime) -> Draft | None:
    """Context: ``reason``, staff's own, plain text."""
    registration = registration_of(message)
    if registration.status != Status.REFUSED:
        return None
    return draft_of(registration, now=now, reason=message.context["reason"])


def offered(message: Message, now: datetime) -> Draft | None:
    """A place is held for someone who waited, who has until a deadline to accept it."""
    registration = registration_of(message)
    if registration.offer_expires_at is None or registration.offer_expires_at <= now:
        return None
    return draft_of(registration, lines_ahead(registration, now), now=now)


def offer_lapsed(message: Message, now: datetime) -> Draft | None:
    registration = registration_of(message)
    if registration.status != Status.WAITLISTED or registration.offer_lapsed_at is None:
        return None
    return draft_of(registration, now=now)


def already_registered(message: Message, now: datetime) -> Draft | None:
    """Someone filled in the form again with this address; nothing changed."""
    registration = registration_of(message)
    if not registration.is_active:
        return None
    lines = changes.with_late_reminders(registration, lines_ahead(registration, now))
    return draft_of(registration, lines, now=now)


def cancelled(message: Message, now: datetime) -> Draft | None:
    """Context, where staff cancelled the whole cycle: ``cycle_cancelled``, ``sentence``."""
    registration = registration_of(message)
    came_back = registration.status != Status.CANCELLED
    # Someone who came back only to wait still has in their calendar what they had before.
    if came_back and (registration.is_confirmed or not registration.confirmed_at):
        return None
    return draft_of(
        registration,
        now=now,
        # Calendars know nothing of someone who was never confirmed.
        released=released_ahead(registration, now) if registration.confirmed_at else (),
        cycle_cancelled=message.context.get("cycle_cancelled", False),
        sentence=message.context.get("sentence", ""),
    )


def replaced(message: Message, now: datetime) -> Draft | None:
    """A colleague took the place over; one who was erased since is not named."""
    registration = registration_of(message)
    newcomer = registration.replaced_by.first()
    if newcomer is None and registration.status != Status.CANCELLED:
        return None
    released = released_ahead(registration, now)
    return draft_of(registration, now=now, released=released, newcomer=newcomer)


def replacement_asked(message: Message, now: datetime) -> Draft | None:
    """To the colleague, with a link of their own. Context: ``replacement``."""
    registration = registration_of(message)
    # One that is over is deleted before the mail that asked is.
    replacement = Replacement.objects.filter(pk=message.context["replacement"]).first()
    if replacement is None or not registration.is_confirmed or not replacement.is_open(now):
        return None
    context = {
        "registration": registration,
        "replacement": replacement,
        "cycle": registration.cycle,
        "cycle_page": absolute(registration.cycle.get_absolute_url()),
        "link": mark(replacement),
        "lines": lines_ahead(registration, now),
        # The links of the slots are for whoever has the place.
        "is_confirmed": False,
    }
    links = {mark(replacement): replacement_page(replacement)}
    return Draft(context, links, registration.cycle)


def find_link(message: Message, now: datetime) -> Draft | None:
    """« Retrouver mon inscription »: all the registrations of the address that are alive."""
    registrations = list(
        Registration.objects.active()
        .filter(email_key=email_key(message.recipient))
        .with_offer()
        .order_by("-created_at", "-pk")
    )
    if not registrations:
        return None
    items = [{"registration": each, "link": mark(each)} for each in registrations]
    links = {mark(each): personal_page(each) for each in registrations}
    return Draft({"items": items}, links, registrations[0].cycle)


def erased(message: Message, now: datetime) -> Draft | None:
    """To someone of whom nothing is left. Context: ``cycle``; ``cancelled``, files of calendars."""
    cycle = Cycle.objects.get(pk=message.context["cycle"])
    cancelled = message.context["cancelled"]
    context = {
        "cycle": cycle,
        "cycle_page": absolute(cycle.get_absolute_url()),
        "has_calendar": bool(cancelled),
        "backups": policy().kept_outside("backups"),
    }
    return Draft(context, {}, cycle, cancelled=cancelled)


def account_link(message: Message, now: datetime) -> Draft | None:
    """To whoever an account was opened for. Context: ``account``."""
    account = User.objects.filter(pk=message.context["account"], is_active=True).first()
    if account is None:
        return None
    context = {"account": account, "link": mark(account)}
    return Draft(context, {mark(account): password_page(account)})


def large_export(message: Message, now: datetime) -> Draft | None:
    """To who watches over the site. Context: ``account``, ``cycle``, ``n`` people in a day."""
    cycle = Cycle.objects.get(pk=message.context["cycle"])
    account = message.context["account"]
    context = {
        "account": account,
        "account_page": absolute(reverse("admin:auth_user_change", args=[account])),
        "cycle_title": cycle.title,
        "n": message.context["n"],
        "most": settings.EXPORT_ALERT,
    }
    return Draft(context, {}, cycle)


BUILDERS: dict[str, Callable[[Message, datetime], Draft | None]] = {
    MessageKind.CONFIRMATION: confirmation,
    MessageKind.WAITLISTED: waitlisted,
    MessageKind.PENDING: pending,
    MessageKind.REFUSED: refused,
    MessageKind.PROMOTED: promoted,
    MessageKind.OFFERED: offered,
    MessageKind.OFFER_LAPSED: offer_lapsed,
    MessageKind.REPLACEMENT_ASKED: replacement_asked,
    MessageKind.REPLACED: replaced,
    MessageKind.ALREADY_REGISTERED: already_registered,
    MessageKind.SEATS_CHANGED: changes.seats_changed,
    MessageKind.LINK_ADDED: changes.link_added,
    MessageKind.AGENDA_CHANGED: changes.agenda_changed,
    MessageKind.REMINDER: changes.reminder,
    MessageKind.CANCELLED: cancelled,
    MessageKind.FIND_LINK: find_link,
    MessageKind.ERASED: erased,
    MessageKind.ACCOUNT_LINK: account_link,
    MessageKind.LARGE_EXPORT: large_export,
}


def _in_state(message: Message, now: datetime, status: Status) -> Draft | None:
    registration = registration_of(message)
    if registration.status != status:
        return None
    # As for a confirmation, though there is nothing to add: an address that is known already must
    # not cost one query more than one that now waits.
    lines = changes.with_late_reminders(registration, lines_ahead(registration, now))
    return draft_of(registration, lines, now=now)
