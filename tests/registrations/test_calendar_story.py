"""One person's calendar through all that may happen, as each mail tells it."""

from collections import defaultdict
from datetime import timedelta

import pytest
from django.utils import timezone

from registrations import services
from registrations.models import Message
from registrations.states import MessageState
from sessions.agenda_changes import PlannedSlot, cancelled, save_agenda
from tests.calendars import read
from tests.factories import make_programme
from tests.registrations.services.asking import register, slots_of

pytestmark = pytest.mark.django_db


def change(cycle, slot, **fields):
    """Staff save a slot of the agenda with these fields; cancelled when there are none."""
    groups = frozenset(slot.groups.values_list("pk", flat=True))
    for name, value in fields.items():
        setattr(slot, name, value)
    wanted = PlannedSlot(slot, groups) if fields else cancelled(slot, timezone.now())
    changes = save_agenda(cycle, [wanted])
    services.announce(cycle, changes, now=timezone.now(), by=None)
    deliver()


def deliver():
    """All that waits reaches its mailbox: a mail that did not leave is taken over by the next."""
    Message.objects.update(state=MessageState.SENT, sent_at=timezone.now())


def told(registration):
    """What the mails told of each event, in order: ``{uid: [(method, sequence), …]}``.

    ``read`` holds each file to two parsers that know nothing of each other.
    """
    events = defaultdict(list)
    for message in registration.messages.order_by("pk"):
        for part in message.calendars:
            method, read_events = read(part["file"].encode())
            assert method == part["method"]
            for event in read_events:
                events[event.uid].append((method, event.sequence))
    return dict(events)


def test_calendar_follows_from_the_confirmation_to_the_cancellation():
    cycle = make_programme()
    registration = register(cycle)
    first, second, _third = slots_of(registration)
    start, end = first.starts_at, first.ends_at
    later = timedelta(days=1)
    deliver()

    change(cycle, first, starts_at=start + later, ends_at=end + later)
    change(cycle, first, starts_at=start, ends_at=end)
    change(cycle, second)
    services.cancel(registration, now=timezone.now())

    seats = registration.seats.order_by("session__number")
    story = told(registration)
    assert [story[seat.uid] for seat in seats] == [
        [("PUBLISH", 0), ("PUBLISH", 1), ("PUBLISH", 2), ("CANCEL", 3)],
        [("PUBLISH", 0), ("CANCEL", 1)],
        [("PUBLISH", 0), ("CANCEL", 1)],
    ]
    assert len(story) == 3
