"""Each kind of mail, as a function: whether there is still something to say, and with what.

A function returns None when what it would tell is not so any more. Otherwise its draft fills
``templates/emails/<kind>_subject.txt``, ``<kind>.txt`` and ``<kind>.html``. Whatever may have
changed since the mail was queued is read here, at each attempt.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from registrations.calendars import Released, cancellations, publication
from registrations.cleaning import email_key
from registrations.emails.marks import mark
from registrations.links import absolute
from registrations.models import Message, Registration, Seat
from registrations.models.messages import MessageKind
from registrations.states import Status
from sessions.models import Cycle


@dataclass(frozen=True)
class Draft:
    """What the templates of a kind print, and what goes with the mail."""

    context: dict[str, Any]
    # Those whose personal links the mail carries.
    registrations: Sequence[Registration]
    # Whose contact gets the answers.
    cycle: Cycle
    published: str = ""
    cancelled: Sequence[str] = field(default_factory=list)


def confirmation(message: Message, now: datetime) -> Draft | None:
    """« Votre inscription est confirmée »: the slots, the links, the calendar."""
    return _of_confirmed(message, now)


def promoted(message: Message, now: datetime) -> Draft | None:
    """A place came free for someone who waited."""
    return _of_confirmed(message, now)


def waitlisted(message: Message, now: datetime) -> Draft | None:
    registration = _registration(message)
    if registration.status != Status.WAITLISTED:
        return None
    return _draft(registration, _seats_ahead(registration, now))


def already_registered(message: Message, now: datetime) -> Draft | None:
    """Someone filled in the form again with this address; nothing changed."""
    registration = _registration(message)
    if not registration.is_active:
        return None
    return _draft(registration, _seats_ahead(registration, now))


def seats_changed(message: Message, now: datetime) -> Draft | None:
    """Another group, other slots. Context: ``released``, see ``services``."""
    registration = _registration(message)
    if registration.status != Status.CONFIRMED:
        return None
    seats = _seats_ahead(registration, now)
    released = _released(registration, message.context.get("released", []))
    return _draft(
        registration,
        seats,
        released=released,
        published=publication(registration, seats, now=now) if seats else "",
        cancelled=cancellations(registration, released, now=now),
    )


def link_added(message: Message, now: datetime) -> Draft | None:
    """The links of the slots in the context are now known."""
    registration = _registration(message)
    slot_pks = set(message.context["slots"])
    seats = [
        seat
        for seat in _seats_ahead(registration, now)
        if seat.slot and seat.slot.pk in slot_pks and seat.slot.is_video and seat.slot.video_url
    ]
    if registration.status != Status.CONFIRMED or not seats:
        return None
    return _draft(registration, seats, published=publication(registration, seats, now=now))


def cancelled(message: Message, now: datetime) -> Draft | None:
    registration = _registration(message)
    if registration.status != Status.CANCELLED:
        return None
    released = []
    # Calendars know nothing of someone who was never confirmed.
    if registration.confirmed_at is not None:
        released = [
            Released(seat, seat.slot.starts_at, seat.slot.ends_at)
            for seat in _seats_ahead(registration, now)
            if seat.slot
        ]
    return _draft(
        registration,
        [],
        released=released,
        cancelled=cancellations(registration, released, now=now),
    )


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
    return Draft({"items": items}, registrations, registrations[0].cycle)


BUILDERS: dict[str, Callable[[Message, datetime], Draft | None]] = {
    MessageKind.CONFIRMATION: confirmation,
    MessageKind.WAITLISTED: waitlisted,
    MessageKind.PROMOTED: promoted,
    MessageKind.ALREADY_REGISTERED: already_registered,
    MessageKind.SEATS_CHANGED: seats_changed,
    MessageKind.LINK_ADDED: link_added,
    MessageKind.CANCELLED: cancelled,
    MessageKind.FIND_LINK: find_link,
}


def _of_confirmed(message: Message, now: datetime) -> Draft | None:
    registration = _registration(message)
    if registration.status != Status.CONFIRMED:
        return None
    seats = _seats_ahead(registration, now)
    return _draft(
        registration,
        seats,
        published=publication(registration, seats, now=now) if seats else "",
    )


def _draft(
    registration: Registration,
    seats: Sequence[Seat],
    *,
    released: Sequence[Released] = (),
    published: str = "",
    cancelled: Sequence[str] = (),
) -> Draft:
    cycle = registration.cycle
    context = {
        "registration": registration,
        "cycle": cycle,
        "cycle_page": absolute(cycle.get_absolute_url()),
        "link": mark(registration),
        "seats": seats,
        "is_confirmed": registration.status == Status.CONFIRMED,
        "released": released,
        "lacks_link": any(seat.slot.lacks_link for seat in seats if seat.slot),
        "has_calendar": bool(published),
    }
    return Draft(context, [registration], cycle, published, cancelled)


def _registration(message: Message) -> Registration:
    """Raises ValueError for a message that has none; every kind but FIND_LINK needs one."""
    if message.registration is None:
        raise ValueError(f"a message of kind {message.kind} needs a registration")
    return message.registration


def _seats_ahead(registration: Registration, now: datetime) -> list[Seat]:
    """Seats whose slot is not over: what a mail may still be useful for."""
    return [seat for seat in registration.own_seats if seat.slot and not seat.slot.is_over(now)]


def _released(registration: Registration, gone: Sequence[dict[str, Any]]) -> list[Released]:
    """From the context of a message; a seat that has a slot again is not lost any more."""
    seats = registration.seats.filter(slot=None).select_related("session")
    by_pk = seats.in_bulk([each["seat"] for each in gone])
    return [
        Released(
            by_pk[each["seat"]],
            datetime.fromisoformat(each["starts_at"]),
            datetime.fromisoformat(each["ends_at"]),
        )
        for each in gone
        if each["seat"] in by_pk
    ]
