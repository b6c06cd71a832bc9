"""Days that are not like others: 23 and 25 hours long, the last of the year, 29 February."""

from datetime import timedelta

import pytest
import time_machine
from icalendar import Calendar

from registrations import services
from registrations.calendars import personal_calendar
from registrations.models import Registration
from registrations.models.messages import MessageKind
from sessions.models import Slot
from sessions.models.reminders import add_default_reminders
from tests.factories import make_cycle, make_group, make_session, make_slot, paris
from tests.registrations.services.asking import register

pytestmark = pytest.mark.django_db

NB = "\u00a0"
# Start and end in Paris; how long it really lasts; how it is told.
DAYS = {
    "23 hours long": (
        (paris(2026, 3, 29, 1, 30), paris(2026, 3, 29, 3, 30)),
        timedelta(hours=1),
        f"Le dimanche 29{NB}mars 2026, de 1h30 à 3h30",
    ),
    "25 hours long": (
        (paris(2026, 10, 25, 1, 30), paris(2026, 10, 25, 3, 30)),
        timedelta(hours=3),
        f"Le dimanche 25{NB}octobre 2026, de 1h30 à 3h30",
    ),
    "the day after the clocks went forward": (
        (paris(2026, 3, 30, 9), paris(2026, 3, 30, 12)),
        timedelta(hours=3),
        f"Le lundi 30{NB}mars 2026, de 9h00 à 12h00",
    ),
    "the day after the clocks went back": (
        (paris(2026, 10, 26, 9), paris(2026, 10, 26, 12)),
        timedelta(hours=3),
        f"Le lundi 26{NB}octobre 2026, de 9h00 à 12h00",
    ),
    "from one year to the next": (
        (paris(2027, 12, 31, 22), paris(2028, 1, 1, 1)),
        timedelta(hours=3),
        f"Le vendredi 31{NB}décembre 2027, de 22h00 à 1h00",
    ),
    "at midnight, the day before in UTC": (
        (paris(2027, 1, 1, 0), paris(2027, 1, 1, 2)),
        timedelta(hours=2),
        f"Le vendredi 1er{NB}janvier 2027, de 0h00 à 2h00",
    ),
    "of a leap year": (
        (paris(2028, 2, 29, 9), paris(2028, 2, 29, 12)),
        timedelta(hours=3),
        f"Le mardi 29{NB}février 2028, de 9h00 à 12h00",
    ),
}


@pytest.fixture(params=DAYS.values(), ids=DAYS)
def case(request):
    """A person registered in a cycle with one slot that day, a month before; the slot as told."""
    (starts_at, ends_at), lasts, told = request.param
    with time_machine.travel(starts_at - timedelta(days=30)):
        cycle = make_cycle()
        add_default_reminders(cycle)
        make_slot(make_session(cycle), make_group(cycle), starts_at=starts_at, ends_at=ends_at)
        registration = register(cycle)
    slot = Slot.objects.get()
    assert slot.ends_at - slot.starts_at == lasts
    return Registration.objects.get(pk=registration.pk), slot, told


def test_mail_and_pages_tell_the_same_day_and_hours(case, client):
    registration, slot, told = case
    with time_machine.travel(slot.starts_at - timedelta(days=20)):
        mail = registration.messages.get().text_body
        page = client.get(f"/inscriptions/{registration.token}/").content.decode()

    assert [line for line in mail.splitlines() if line.startswith("Le ")] == [told]
    day, _, hours = told.removeprefix("Le ").partition(", de ")
    start, _, end = hours.partition(" à ")
    assert day in page
    assert f">{start}</time> à <time" in page
    assert f">{end}</time>" in page


def test_calendar_holds_the_instants_themselves(case):
    registration, slot, _ = case

    [event] = Calendar.from_ical(personal_calendar(registration)).walk("VEVENT")

    assert (event["DTSTART"].dt, event["DTEND"].dt) == (slot.starts_at, slot.ends_at)
    assert event["DTSTART"].params["TZID"] == "Europe/Paris"


def test_each_reminder_leaves_once_at_its_hour(case):
    registration, slot, told = case
    n_queued = []
    for hours in (48, 2):
        due_at = slot.starts_at - timedelta(hours=hours)
        for moment in (due_at - timedelta(minutes=1), due_at, due_at + timedelta(hours=1)):
            with time_machine.travel(moment, tick=False):
                n_queued.append(sum(run.n_queued for run in services.queue_reminders(now=moment)))

    assert n_queued == [0, 1, 0] * 2
    reminders = registration.messages.filter(kind=MessageKind.REMINDER)
    assert [told in message.text_body for message in reminders] == [True, True]
