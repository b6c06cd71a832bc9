from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil.tz import tzical

from sessions.calendars import (
    PARIS_RULES,
    Method,
    calendar,
    cancelled_event,
    group_calendar,
    slot_event,
)
from sessions.models import Slot
from sessions.states import Mode
from tests.calendars import read
from tests.factories import make_cycle, make_group, make_programme, make_session, make_slot, paris

pytestmark = pytest.mark.django_db

NOW = paris(2027, 1, 4)


def make_event(slot, **fields):
    return slot_event(
        slot.session.cycle,
        slot,
        **{"uid": "a@irev.fr", "sequence": 3, "now": NOW, "with_link": True, **fields},
    )


def make_single_slot(starts_at=None, cycle=None, **fields):
    cycle = cycle or make_cycle()
    return make_slot(make_session(cycle), make_group(cycle), starts_at=starts_at, **fields)


@pytest.mark.parametrize(
    ("starts_at", "in_utc"),
    [
        (paris(2027, 1, 12, 9), datetime(2027, 1, 12, 8, tzinfo=UTC)),
        # The days when the hour changes, at 2:00 and 3:00 in the night.
        (paris(2027, 3, 28, 9, 30), datetime(2027, 3, 28, 7, 30, tzinfo=UTC)),
        (paris(2027, 3, 28, 1), datetime(2027, 3, 28, 0, tzinfo=UTC)),
        (paris(2027, 10, 31, 9), datetime(2027, 10, 31, 8, tzinfo=UTC)),
        (paris(2027, 7, 6, 13, 30), datetime(2027, 7, 6, 11, 30, tzinfo=UTC)),
        # Over the turn of the year, and a day that is not in every year.
        (paris(2027, 12, 31, 22), datetime(2027, 12, 31, 21, tzinfo=UTC)),
        (paris(2028, 2, 29, 9), datetime(2028, 2, 29, 8, tzinfo=UTC)),
    ],
)
def test_slot_event_is_at_the_right_instant(starts_at, in_utc):
    slot = make_single_slot(starts_at)

    method, (event,) = read(calendar([make_event(slot)]))

    assert (method, event.uid, event.sequence, event.status) == (
        "PUBLISH",
        "a@irev.fr",
        3,
        "CONFIRMED",
    )
    assert event.starts_at == in_utc
    assert event.ends_at - event.starts_at == timedelta(hours=3)
    assert event.summary == "Session 1\u00a0: Contenu 1 (IREV)"


def test_rules_of_paris_are_those_of_the_database_of_time_zones(tmp_path):
    file = tmp_path / "paris.ics"
    file.write_text(PARIS_RULES.replace("\n", "\r\n"))
    written, known = tzical(str(file)).get("Europe/Paris"), ZoneInfo("Europe/Paris")
    start = datetime(2021, 1, 1, 0, 30, tzinfo=UTC)

    wrong = [
        instant
        for instant in (start + timedelta(hours=hour) for hour in range(24 * 365 * 12))
        if instant.astimezone(written).utcoffset() != instant.astimezone(known).utcoffset()
    ]

    assert wrong == []


def test_slot_event_holds_the_link_for_those_who_may_join():
    url = "https://teams.microsoft.com/l/meetup-join/" + "a,b;c/" * 40
    slot = make_single_slot(video_url=url)

    _, (event,) = read(calendar([make_event(slot)]))

    assert event.location == url
    assert f"Lien de connexion\u00a0: {url}\n" in event.description


def test_slot_event_without_link_says_that_it_will_come():
    slot = make_single_slot(video_url="")

    _, (event,) = read(calendar([make_event(slot)]))

    assert event.location == "En visioconférence"
    assert "Le lien de connexion sera envoyé par courriel." in event.description


def test_slot_event_in_person_tells_the_place():
    slot = make_single_slot(
        mode=Mode.IN_PERSON, video_url="", place="IREV, 23 avenue Le Corbusier\u00a0; Lille"
    )

    _, (event,) = read(calendar([make_event(slot)]))

    assert event.location == "IREV, 23 avenue Le Corbusier\u00a0; Lille"


def test_event_has_the_contact_as_organiser():
    cycle = make_cycle(contact_name='Camille "Cam" Durand, IREV; Lille')
    slot = make_single_slot(cycle=cycle)

    parsed = icalendar.Calendar.from_ical(calendar([make_event(slot)]))

    organizer = parsed.walk("VEVENT")[0]["ORGANIZER"]
    assert str(organizer) == "mailto:contact@irev.example"
    assert organizer.params["CN"] == 'Camille "Cam" Durand, IREV; Lille'


def test_event_has_the_sender_as_organiser_when_there_is_no_contact():
    cycle = make_cycle(contact_name="", contact_email="", contact_phone="")
    slot = make_single_slot(cycle=cycle)

    file = calendar([make_event(slot)])

    assert b"ORGANIZER;CN=IREV:mailto:inscriptions@irev.example\r\n" in file
    assert b"Contact" not in file


@pytest.mark.parametrize("poison", ["\x00", "\x07", "\x1b", "\x7f", "\u2028", "\x85"])
def test_event_drops_what_no_calendar_can_hold(poison):
    slot = make_single_slot(mode=Mode.IN_PERSON)
    # Set here only: some databases would not store them, others do.
    slot.place = f"Lille{poison} 1"
    slot.session.title = f"Contenu{poison} 1"
    slot.session.cycle.title = f"Cycle{poison} A"
    slot.session.cycle.contact_name = f"Camille{poison} D"

    _, (event,) = read(calendar([make_event(slot)]))

    assert event.summary == "Session 1\u00a0: Contenu 1 (IREV)"
    assert event.location == "Lille 1"


def test_event_cannot_be_broken_out_of():
    cycle = make_cycle(title="X\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nATTENDEE:mailto:a@b.example")
    slot = make_single_slot(cycle=cycle)

    _, events = read(calendar([make_event(slot)]))

    assert len(events) == 1


def test_cancelled_event_takes_the_other_away():
    slot = make_single_slot(paris(2027, 3, 28))

    event = cancelled_event(
        slot.session.cycle,
        slot.session,
        slot.starts_at,
        slot.ends_at,
        uid="a@irev.fr",
        sequence=4,
        now=NOW,
    )
    method, (read_event,) = read(calendar([event], Method.CANCEL))

    assert (method, read_event.uid, read_event.sequence, read_event.status) == (
        "CANCEL",
        "a@irev.fr",
        4,
        "CANCELLED",
    )
    assert read_event.starts_at == slot.starts_at


def test_calendar_to_subscribe_to_has_a_name_and_a_pace():
    file = calendar([], name="IREV – Cycle")

    assert "X-WR-CALNAME:IREV – Cycle\r\n".encode() in file
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in file
    assert read(file) == ("PUBLISH", [])


def test_calendar_of_a_mail_has_no_name():
    assert b"X-WR-CALNAME" not in calendar([])


def test_group_calendar_has_its_slots_without_links(django_assert_num_queries):
    cycle = make_programme()
    afternoon = cycle.groups.last()

    with django_assert_num_queries(2):
        file = group_calendar(cycle, afternoon)

    _, events = read(file)
    slots = list(Slot.objects.filter(groups=afternoon).order_by("starts_at"))
    assert [event.starts_at for event in events] == [slot.starts_at for slot in slots]
    assert {event.location for event in events} == {"En visioconférence"}
    assert b"visio.numerique" not in file.replace(b"\r\n ", b"")


def test_group_calendar_keeps_its_uids_and_those_of_groups_differ():
    cycle = make_programme()
    morning, afternoon = cycle.groups.all()
    uids = [event.uid for event in read(group_calendar(cycle, morning))[1]]
    for slot in morning.slots.all():
        slot.starts_at += timedelta(days=1)
        slot.ends_at += timedelta(days=1)
        slot.save()

    assert [event.uid for event in read(group_calendar(cycle, morning))[1]] == uids
    assert not set(uids) & {event.uid for event in read(group_calendar(cycle, afternoon))[1]}


def test_group_calendar_leaves_cancelled_slots_out():
    cycle = make_programme()
    morning = cycle.groups.first()
    morning.slots.filter(session__number=2).update(cancelled_at=NOW)

    _, events = read(group_calendar(cycle, morning))

    assert [event.summary for event in events] == [
        "Session 1\u00a0: Contenu 1 (IREV)",
        "Session 3\u00a0: Contenu 3 (IREV)",
    ]
