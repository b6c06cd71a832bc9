"""What a reminder says, and when it says nothing."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from registrations.models.messages import MessageKind
from sessions.typography import day
from tests.factories import in_days
from tests.mails import NB, calendars_of, reminder_of, seats_of, send, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("days", "when"), [(0, "aujourd’hui à 14h30"), (1, "demain à 9h00"), (2, "le {day} à 9h00")]
)
@time_machine.travel(in_days(0, 12), tick=False)
def test_reminder_says_when_with_the_link(registration, days, when):
    slot = seats_of(registration)[0].slot
    slot.starts_at = in_days(days, *((14, 30) if days == 0 else (9,)))
    slot.ends_at = slot.starts_at + timedelta(hours=3)
    slot.save()
    when = when.format(day=day(slot.starts_at))

    mail = send(registration, MessageKind.REMINDER, reminder_of(slot, "Venez à l’heure."))

    assert mail["Subject"].strip().startswith(f"Rappel – {when}{NB}: Initier")
    assert f"a lieu {when}.\n\nVenez à l’heure.\n" in text_of(mail)
    assert slot.video_url in text_of(mail)
    assert calendars_of(mail) == []


def test_reminder_says_nothing_once_begun_or_left(registration):
    begun, left = (seat.slot for seat in seats_of(registration)[:2])
    begun.starts_at = timezone.now() - timedelta(minutes=1)
    begun.save()
    registration.seats.filter(slot=left).update(slot=None)

    for slot in (begun, left):
        assert send(registration, MessageKind.REMINDER, reminder_of(slot)) is None
