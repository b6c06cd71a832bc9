"""Reads calendars with two parsers that know nothing of each other, and holds them to the rules."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

import icalendar
import vobject

from sessions.typography import PARIS


@dataclass(frozen=True)
class ReadEvent:
    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    description: str
    status: str


def read(file: bytes) -> tuple[str, list[ReadEvent]]:
    """The method and the events of a file that both parsers read alike, in time order.

    Fails when the file breaks a rule of RFC 5545 that a client may count on.
    """
    _check_bytes(file)
    calendar = icalendar.Calendar.from_ical(file)
    other = vobject.readOne(file.decode())
    events = sorted(map(_event, calendar.walk("VEVENT")), key=lambda event: event.starts_at)
    others = sorted(
        (
            (event.uid.value, event.dtstart.value, event.dtend.value, int(event.sequence.value))
            for event in getattr(other, "vevent_list", [])
        ),
        key=lambda event: event[1],
    )
    assert others == [(e.uid, e.starts_at, e.ends_at, e.sequence) for e in events]
    assert other.method.value == calendar["METHOD"]
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Paris"]
    return str(calendar["METHOD"]), events


def _event(component: icalendar.Event) -> ReadEvent:
    assert component["ORGANIZER"].startswith("mailto:")
    assert "ATTENDEE" not in component
    assert {"DTSTAMP", "LAST-MODIFIED"} <= component.keys()
    assert component["DTSTART"].params["TZID"] == "Europe/Paris"
    return ReadEvent(
        uid=str(component["UID"]),
        sequence=int(component["SEQUENCE"]),
        starts_at=component.decoded("DTSTART").astimezone(PARIS),
        ends_at=component.decoded("DTEND").astimezone(PARIS),
        summary=str(component["SUMMARY"]),
        location=str(component.get("LOCATION", "")),
        description=str(component.get("DESCRIPTION", "")),
        status=str(component["STATUS"]),
    )


def _check_bytes(file: bytes) -> None:
    lines = file.split(b"\r\n")
    assert lines.pop() == b""
    assert [line for line in lines if len(line) > 75] == []
    assert [c for c in file.replace(b"\r\n", b"").decode() if unicodedata.category(c) == "Cc"] == []
