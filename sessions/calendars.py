"""iCalendar files (RFC 5545): how a slot becomes an event, and the public calendar of a group.

They hold no personal data: people share their calendars. Hours are those of Europe/Paris, with the
rules of that zone in the file, without which Outlook is an hour off.
"""

import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parseaddr
from enum import StrEnum
from functools import cache

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Component, Event, vCalAddress

from sessions.models import AudienceGroup, Cycle, Session, Slot
from sessions.typography import in_paris

PRODUCT = "-//IREV//Cycles de qualification//FR"
REFRESH = timedelta(hours=6)

# The rules in force since 1996. Not those that icalendar draws from tzdata: they list dates in
# place of a rule, which old Outlooks do not read, and put the change of March at 3:00.
PARIS_RULES = """\
BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""


class Method(StrEnum):
    """What a file does to a calendar (RFC 5546): adds or moves events, or removes one."""

    PUBLISH = "PUBLISH"
    CANCEL = "CANCEL"


def group_calendar(cycle: Cycle, group: AudienceGroup) -> bytes:
    """The public calendar of a group, without links: a file, or a feed that calendars follow."""
    now = timezone.now()
    events = [
        slot_event(
            cycle,
            slot,
            uid=f"groupe-{group.pk}-{slot.session_id}@irev.fr",
            sequence=0,
            now=now,
            with_link=False,
        )
        for slot in Slot.objects.kept().filter(groups=group).in_order()
    ]
    return calendar(events, name=f"{cycle.title} – {group.name}")


def slot_event(
    cycle: Cycle, slot: Slot, *, uid: str, sequence: int, now: datetime, with_link: bool
) -> Event:
    """The event of a slot of ``cycle``. ``with_link``: for people who may join."""
    event = _event(cycle, slot.session, slot.starts_at, slot.ends_at, uid, sequence, now)
    event.add("status", "CONFIRMED")
    link = slot.video_url if slot.is_video and with_link else ""
    if link:
        event.add("location", _clean(link))
        event.add("url", _clean(link))
    elif slot.is_video:
        event.add("location", "En visioconférence")
    elif slot.place:
        event.add("location", _clean(slot.place))
    event.add("description", _clean("\n".join(_description(cycle, slot, link, with_link))))
    return event


def cancelled_event(
    cycle: Cycle,
    session: Session,
    starts_at: datetime,
    ends_at: datetime,
    *,
    uid: str,
    sequence: int,
    now: datetime,
) -> Event:
    """The event that takes away the one of the same UID, if ``sequence`` is higher."""
    event = _event(cycle, session, starts_at, ends_at, uid, sequence, now)
    event.add("status", "CANCELLED")
    return event


def calendar(events: Iterable[Event], method: Method = Method.PUBLISH, name: str = "") -> bytes:
    """The file, in UTF-8. With ``name``, one to subscribe to: never in a mail, since Outlook would
    then open a second calendar instead of filling the person's own."""
    file = Calendar()
    file.add("prodid", PRODUCT)
    file.add("version", "2.0")
    file.add("method", method)
    if name:
        # On one line: the library escapes no other in a property that it does not know.
        file.add("x-wr-calname", _clean(" ".join(name.split())))
        file.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        file.add("x-published-ttl", "PT6H")
    file.add_component(_paris())
    for event in events:
        file.add_component(event)
    return file.to_ical()


@cache
def _paris() -> Component:
    return Component.from_ical(PARIS_RULES)


def _event(
    cycle: Cycle,
    session: Session,
    starts_at: datetime,
    ends_at: datetime,
    uid: str,
    sequence: int,
    now: datetime,
) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", now)
    event.add("last-modified", now)
    event.add("dtstart", in_paris(starts_at))
    event.add("dtend", in_paris(ends_at))
    event.add("summary", _clean(f"Session {session.number}\u00a0: {session.title} (IREV)"))
    event.add("organizer", _organizer(cycle))
    return event


def _organizer(cycle: Cycle) -> vCalAddress:
    """The cycle's contact: the same for an event and for what cancels it."""
    organizer = vCalAddress(f"mailto:{cycle.contact_email or parseaddr(settings.EMAIL_FROM)[1]}")
    organizer.params["CN"] = _clean(cycle.contact_name or "IREV")
    return organizer


def _description(cycle: Cycle, slot: Slot, link: str, with_link: bool) -> Iterable[str]:
    yield cycle.full_title
    if link:
        yield f"Lien de connexion\u00a0: {link}"
    elif slot.is_video and with_link:
        yield "Le lien de connexion sera envoyé par courriel."
    elif slot.is_video:
        yield "Le lien de connexion est envoyé aux personnes inscrites."
    elif slot.place:
        yield f"Lieu\u00a0: {slot.place}"
    contact = (cycle.contact_name, cycle.contact_phone, cycle.contact_email)
    if any(contact):
        yield f"Contact\u00a0: {', '.join(filter(None, contact))}"


def _clean(text: str) -> str:
    """``text`` without what calendars cannot hold; the library would keep a NUL or a bell."""
    text = text.replace("\r\n", "\n")
    return "".join(
        character
        for character in text
        if character == "\n" or unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"}
    )
