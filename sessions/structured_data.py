"""A cycle in the vocabulary of schema.org, for search engines: a Course, its groups, its dates."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from sessions.agenda import Agenda, Row
from sessions.models import Cycle, Slot
from sessions.states import Mode
from sessions.typography import in_paris

ORGANISER = {
    "@type": "Organization",
    "name": "Institut régional de la ville (IREV)",
    "url": "https://irev.fr/",
}


def structured_data(cycle: Cycle, agenda: Agenda, summary: str) -> dict[str, Any]:
    """The graph of a public cycle. It holds no link to a videoconference, only to its page."""
    page = settings.SITE_URL + cycle.get_absolute_url()
    course = {
        "@type": "Course",
        "@id": page,
        "url": page,
        "name": cycle.title,
        "description": summary,
        "inLanguage": "fr",
        "provider": ORGANISER,
        "hasCourseInstance": [_instance(row, page) for row in agenda.rows if row.slots],
    }
    slots = sorted([*agenda.slots, *agenda.cancelled], key=lambda slot: (slot.starts_at, slot.pk))
    return {
        "@context": "https://schema.org",
        "@graph": [course, *(_event(slot, page) for slot in slots)],
    }


def _instance(row: Row, page: str) -> dict[str, Any]:
    """What one group follows."""
    modes = {slot.mode for slot in row.slots}
    return {
        "@type": "CourseInstance",
        "name": row.group.name,
        "audience": {"@type": "Audience", "audienceType": row.group.name},
        "courseMode": "Blended" if len(modes) > 1 else _course_mode(modes.pop()),
        "courseWorkload": _iso_duration(sum((slot.duration for slot in row.slots), timedelta())),
        "startDate": _iso(row.slots[0].starts_at),
        "endDate": _iso(row.slots[-1].ends_at),
        "subEvent": [{"@id": _event_id(slot, page)} for slot in row.slots],
    }


def _event(slot: Slot, page: str) -> dict[str, Any]:
    status = "EventCancelled" if slot.cancelled_at else "EventScheduled"
    attendance = "Online" if slot.is_video else "Offline"
    return {
        "@type": "Event",
        "@id": _event_id(slot, page),
        "name": f"Session {slot.session.number}\u00a0: {slot.session.title}",
        "startDate": _iso(slot.starts_at),
        "endDate": _iso(slot.ends_at),
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": f"https://schema.org/{attendance}EventAttendanceMode",
        "location": _location(slot, page),
        "organizer": ORGANISER,
        "url": page,
    }


def _location(slot: Slot, page: str) -> dict[str, str]:
    if slot.is_video:
        return {"@type": "VirtualLocation", "url": page}
    place = slot.place or "Hauts-de-France"
    return {"@type": "Place", "name": place, "address": place}


def _course_mode(mode: str) -> str:
    return "Online" if mode == Mode.VIDEO else "Onsite"


def _event_id(slot: Slot, page: str) -> str:
    return f"{page}#seance-{slot.pk}"


def _iso(instant: datetime) -> str:
    return in_paris(instant).isoformat()


def _iso_duration(length: timedelta) -> str:
    """« PT9H », « PT4H30M »."""
    hours, minutes = divmod(length // timedelta(minutes=1), 60)
    return f"PT{hours}H" + (f"{minutes}M" if minutes else "")
