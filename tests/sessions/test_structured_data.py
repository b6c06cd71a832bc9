import json

import pytest

from sessions.agenda import agenda_of
from sessions.models import Slot
from sessions.programme import load_programme
from sessions.structured_data import structured_data
from sessions.templatetags.web import json_ld
from tests.factories import in_days, make_programme
from tests.shapes import make_in_person

pytestmark = pytest.mark.django_db

PAGE = "http://testserver/cycles/lutte-contre-les-discriminations-2021/"


def graph_of(cycle, summary="Résumé.") -> list[dict]:
    return structured_data(cycle, agenda_of(cycle), summary)["@graph"]


def test_programme_of_2021_is_a_course_and_five_events():
    cycle, _ = load_programme()

    course, *events = graph_of(cycle)

    assert (course["@type"], course["url"], course["description"]) == ("Course", PAGE, "Résumé.")
    assert [event["@type"] for event in events] == ["Event"] * 5
    assert events[0] | {"organizer": None, "@id": None} == {
        "@type": "Event",
        "@id": None,
        "name": "Session 1\xa0: Discriminations\xa0: concepts clés et notions connexes",
        "startDate": "2021-04-06T09:00:00+02:00",
        "endDate": "2021-04-06T12:00:00+02:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "location": {"@type": "VirtualLocation", "url": PAGE},
        "organizer": None,
        "url": PAGE,
    }


def test_each_group_follows_its_own_events():
    cycle, _ = load_programme()

    course, *events = graph_of(cycle)

    ids = [event["@id"] for event in events]
    assert [
        (
            each["courseMode"],
            each["courseWorkload"],
            each["startDate"],
            [part["@id"] for part in each["subEvent"]],
        )
        for each in course["hasCourseInstance"]
    ] == [
        ("Online", "PT9H", "2021-04-06T09:00:00+02:00", [ids[0], ids[2], ids[4]]),
        ("Online", "PT9H", "2021-04-06T13:30:00+02:00", [ids[1], ids[3], ids[4]]),
    ]


def test_slot_in_person_has_a_place():
    cycle = make_in_person()
    slot = Slot.objects.get(mode="in_person")

    course, _online, there = graph_of(cycle)

    assert course["hasCourseInstance"][0]["courseMode"] == "Blended"
    assert there["location"] == {"@type": "Place", "name": slot.place, "address": slot.place}


def test_cancelled_slot_is_an_event_that_was_cancelled():
    cycle = make_programme()
    slot = Slot.objects.earliest("starts_at")
    Slot.objects.filter(pk=slot.pk).update(cancelled_at=in_days(0))

    course, first, *others = graph_of(cycle)

    assert first["eventStatus"] == "https://schema.org/EventCancelled"
    assert {event["eventStatus"] for event in others} == {"https://schema.org/EventScheduled"}
    assert first["@id"] not in str(course)


def test_data_cannot_end_the_tag_that_holds_them():
    data = {"name": "</script><script>alert(1)</script> <!-- & \u2028 « é »"}

    text = json_ld(data)

    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == data
