"""The calendar of one person: the feed of their space, and what goes with their mails.

The personal link is never in it: people share their calendars. The address of a videoconference is,
for those who are confirmed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from icalendar import Calendar, Event

from registrations.models import Registration, Seat
from registrations.states import Status
from sessions.calendars import Method, calendar, cancelled_event, slot_event


@dataclass(frozen=True)
class Released:
    """A seat that went away, and when its slot was."""

    seat: Seat
    starts_at: datetime
    ends_at: datetime


def personal_calendar(registration: Registration) -> bytes:
    """All the person's slots, as a file or a feed; none unless they are confirmed."""
    seats: Iterable[Seat] = ()
    if registration.status == Status.CONFIRMED:
        seats = registration.own_seats
    events = _events(registration, seats, timezone.now())
    return calendar(events, name=f"IREV – {registration.cycle.title}")


def publication(registration: Registration, seats: Iterable[Seat], *, now: datetime) -> str:
    """The part of a mail that adds these seats, or moves them where they now are.

    Needs seats with slot and session at hand.
    """
    return calendar(_events(registration, seats, now)).decode()


def cancellations(
    registration: Registration, released: Iterable[Released], *, now: datetime
) -> list[str]:
    """The parts of a mail that take these seats away: one for each, as RFC 5546 wants."""
    return [
        calendar(
            [
                cancelled_event(
                    registration.cycle,
                    gone.seat.session,
                    gone.starts_at,
                    gone.ends_at,
                    uid=gone.seat.uid,
                    sequence=gone.seat.sequence,
                    now=now,
                )
            ],
            Method.CANCEL,
        ).decode()
        for gone in released
    ]


def cancelled_in(files: Iterable[str]) -> set[tuple[str, int]]:
    """The UID and SEQUENCE of each event that these parts of mails take away."""
    events = [
        event
        for each in map(Calendar.from_ical, files)
        if each["METHOD"] == Method.CANCEL
        for event in each.events
    ]
    return {(str(event.uid), event.sequence) for event in events}


def _events(registration: Registration, seats: Iterable[Seat], now: datetime) -> list[Event]:
    return [
        slot_event(
            registration.cycle,
            seat.slot,
            uid=seat.uid,
            sequence=seat.sequence,
            now=now,
            with_link=True,
        )
        for seat in seats
        if seat.slot is not None
    ]
