"""What a kind of mail hands to its templates, and what goes with the mail."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrations.calendars import Released, cancellations, cancelled_in, publication
from registrations.emails.marks import mark
from registrations.links import absolute, personal_page
from registrations.models import Message, Registration, Seat
from registrations.models.messages import MessageKind
from registrations.states import MessageState
from sessions.models import Cycle


@dataclass(frozen=True)
class Draft:
    """What the templates of a kind print, and what goes with the mail."""

    context: dict[str, Any]
    # The secret addresses that the mail carries, by their marks.
    links: Mapping[str, str]
    # Whose contact gets the answers; without one, they go to the site's own address.
    cycle: Cycle | None = None
    # Files of calendars: one that publishes, or "", and those that cancel.
    published: str = ""
    cancelled: Sequence[str] = ()


@dataclass(frozen=True)
class Line:
    """A slot as a mail tells it, with what there is to say of it besides."""

    seat: Seat
    notes: Sequence[str] = ()


def draft_of(
    registration: Registration,
    lines: Sequence[Line] = (),
    *,
    now: datetime,
    is_published: bool = False,
    released: Sequence[Released] = (),
    **context: Any,
) -> Draft:
    """The draft of a mail to someone registered, about these slots and those that went away.

    ``is_published``: their calendar gets the former, and loses what no mail took out of it. The
    latter are always taken out of it.
    """
    published = ""
    if is_published and lines:
        published = publication(registration, [line.seat for line in lines], now=now)
    untold = untold_ahead(registration, now) if is_published else ()
    gone = {each.seat.pk: each for each in (*untold, *released)}
    cycle = registration.cycle
    return Draft(
        {
            "registration": registration,
            "cycle": cycle,
            "cycle_page": absolute(cycle.get_absolute_url()),
            "link": mark(registration),
            "is_confirmed": registration.is_confirmed,
            "lines": lines,
            "released": released,
            "has_calendar": bool(published),
            **context,
        },
        {mark(registration): personal_page(registration)},
        cycle,
        published,
        cancellations(registration, gone.values(), now=now),
    )


def registration_of(message: Message) -> Registration:
    """Raises ValueError for a message that has none; every kind but FIND_LINK needs one."""
    if message.registration is None:
        raise ValueError(f"a message of kind {message.kind} needs a registration")
    return message.registration


def lines_ahead(registration: Registration, now: datetime) -> list[Line]:
    """The slots that are not over: those that a mail may still be useful for."""
    return [Line(seat) for seat in registration.own_seats if seat.is_ahead(now)]


def released_ahead(registration: Registration, now: datetime) -> list[Released]:
    """The slots to come, of someone who leaves them all; with those of ``untold_ahead``."""
    held = [
        Released(seat, seat.slot.starts_at, seat.slot.ends_at)
        for seat in registration.own_seats
        if seat.slot and seat.is_ahead(now)
    ]
    untold = untold_ahead(registration, now)
    return sorted([*held, *untold], key=lambda each: each.starts_at)


def untold_ahead(registration: Registration, now: datetime) -> list[Released]:
    """The slots to come that the person lost, and that their calendar still shows.

    The mail that was to say so has not left, and maybe never will. No query unless the person lost
    a slot; two at most.
    """
    if not registration.lost_seats or not registration.confirmed_at:
        return []
    unsent = registration.messages.exclude(state=MessageState.SENT).filter(
        kind__in=(MessageKind.SEATS_CHANGED, MessageKind.AGENDA_CHANGED)
    )
    contexts = unsent.order_by("pk").values_list("context", flat=True)
    gone = [each for context in contexts for each in context.get("released", ())]
    ahead = [each for each in released_in(registration, gone) if each.ends_at > now]
    if not ahead:
        return []
    sent = registration.messages.filter(state=MessageState.SENT).order_by("pk")
    files = [part["file"] for parts in sent.values_list("calendars", flat=True) for part in parts]
    told = cancelled_in(files)
    return [each for each in ahead if (each.seat.uid, each.seat.sequence) not in told]


def released_in(registration: Registration, gone: Iterable[Mapping[str, Any]]) -> list[Released]:
    """From the context of a message: ``{"seat": pk, "starts_at": ISO, "ends_at": ISO}``.

    A seat that has a slot again meanwhile is not lost any more.
    """
    gone_by_seat = {each["seat"]: each for each in gone}
    released = [
        Released(
            seat,
            datetime.fromisoformat(gone_by_seat[seat.pk]["starts_at"]),
            datetime.fromisoformat(gone_by_seat[seat.pk]["ends_at"]),
        )
        for seat in registration.lost_seats
        if seat.pk in gone_by_seat
    ]
    return sorted(released, key=lambda each: (each.starts_at, each.seat.pk))
