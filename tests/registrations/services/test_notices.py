"""Changes of an agenda that follow one another before any mail leaves, and those left unsaid."""

import json
from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from registrations import outbox, services
from registrations.models import Message
from registrations.models.messages import MessageKind
from registrations.services.notices import SUPERSEDED, UNSAID
from registrations.states import MessageState
from registrations.transport import Courier
from sessions.agenda_changes import cancelled
from sessions.models import Slot
from sessions.typography import day
from tests.calendars import read
from tests.factories import in_days, make_cycle, make_group, make_programme, make_session
from tests.registrations.services.asking import (
    change_agenda,
    planned,
    profiles_of,
    register,
    slots_of,
)
from tests.threads import at_once

pytestmark = pytest.mark.django_db

NB = "\u00a0"


@pytest.fixture
def registration():
    """Someone confirmed, who knows it."""
    registration = register(make_programme())
    arrive(registration)
    return registration


def arrive(registration):
    """All that waits for this person reaches their mailbox."""
    queued = registration.messages.filter(state=MessageState.QUEUED)
    queued.update(state=MessageState.SENT, sent_at=timezone.now())


def move(registration, slot, days=1, **options):
    later = timedelta(days=days)
    wanted = planned(slot, starts_at=slot.starts_at + later, ends_at=slot.ends_at + later)
    return change_agenda(registration.cycle, wanted, **options)


def told(registration):
    """The mails about the agenda that are still to leave, or have left."""
    mails = registration.messages.exclude(state=MessageState.DROPPED).order_by("pk")
    return list(mails.filter(kind=MessageKind.AGENDA_CHANGED))


def calendars_of(message):
    """What the calendars of a mail do: ``[(method, uid, sequence), …]``."""
    files = [read(part["file"].encode()) for part in message.calendars]
    return [(method, event.uid, event.sequence) for method, events in files for event in events]


def test_slot_moved_twice_before_the_mail_leaves_makes_one_mail(registration):
    slot = slots_of(registration)[0]
    first_day = slot.starts_at

    move(registration, slot, sentence="Une grève.")
    impact = move(registration, slot, sentence="Une autre grève.")

    [mail] = told(registration)
    assert impact.n_mails == 1
    assert f"Le {day(slot.starts_at)}, de 9h00 à 12h00\nCet horaire est nouveau." in mail.text_body
    assert f"Avant{NB}: le {day(first_day)}, de 9h00 à 12h00." in mail.text_body
    assert "Une grève.\n\nUne autre grève.\n" in mail.text_body
    seat = registration.seats.get(slot=slot)
    assert calendars_of(mail) == [("PUBLISH", seat.uid, 2)]


def test_mail_that_the_next_change_replaces_says_so(registration):
    slot = slots_of(registration)[0]

    move(registration, slot)
    move(registration, slot)

    mails = registration.messages.filter(kind=MessageKind.AGENDA_CHANGED).order_by("pk")
    assert list(mails.values_list("state", "last_answer")) == [
        (MessageState.DROPPED, SUPERSEDED),
        (MessageState.QUEUED, ""),
    ]


def test_changes_of_several_slots_before_the_mail_leaves_are_all_told(registration):
    moved, refitted, gone = slots_of(registration)

    move(registration, moved)
    change_agenda(registration.cycle, cancelled(gone, timezone.now()))
    change_agenda(
        registration.cycle, planned(refitted, mode="in_person", place="Salle 2", video_url="")
    )

    [mail] = told(registration)
    assert "Cet horaire est nouveau." in mail.text_body
    assert "Le lieu a changé." in mail.text_body
    assert day(gone.starts_at) in mail.text_body
    assert sorted(method for method, *_ in calendars_of(mail)) == ["CANCEL", "PUBLISH", "PUBLISH"]


def test_slot_moved_and_moved_back_before_the_mail_leaves_is_not_told(registration):
    slot = slots_of(registration)[0]

    move(registration, slot)
    impact = move(registration, slot, days=-1)

    assert (impact.n_mails, told(registration)) == (0, [])


def test_slot_moved_then_cancelled_is_cancelled_at_the_hour_that_was_known(registration):
    slot = slots_of(registration)[0]
    first_day = slot.starts_at

    move(registration, slot)
    change_agenda(registration.cycle, cancelled(slot, timezone.now()))

    [mail] = told(registration)
    assert day(first_day) in mail.text_body
    assert day(slot.starts_at) not in mail.text_body
    assert [method for method, *_ in calendars_of(mail)] == ["CANCEL"]


def test_slot_cancelled_then_replaced_is_told_as_moved(registration):
    old = slots_of(registration)[0]
    groups = list(old.groups.all())
    new = Slot(session=old.session, starts_at=in_days(60), ends_at=in_days(60, 12))

    change_agenda(registration.cycle, cancelled(old, timezone.now()))
    change_agenda(registration.cycle, planned(new, groups))

    [mail] = told(registration)
    assert "Nouvelle séance pour vous." not in mail.text_body
    assert f"Avant{NB}: le {day(old.starts_at)}, de 9h00 à 12h00." in mail.text_body
    assert [method for method, *_ in calendars_of(mail)] == ["PUBLISH"]


def test_new_slot_cancelled_before_its_mail_leaves_is_not_told():
    cycle = make_cycle()
    group = make_group(cycle)
    Slot.objects.create(
        session=make_session(cycle), starts_at=in_days(20), ends_at=in_days(20, 12)
    ).assign_groups([group])
    registration = register(cycle)
    arrive(registration)
    new = Slot(session=make_session(cycle), starts_at=in_days(50), ends_at=in_days(50, 12))

    change_agenda(cycle, planned(new, [group]))
    change_agenda(cycle, cancelled(new, timezone.now()))

    assert told(registration) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"state": MessageState.SENT, "sent_at": timezone.now() + timedelta(minutes=1)},
        {"n_in_doubt": 1},
    ],
    ids=["sent", "in doubt"],
)
def test_change_that_may_be_known_is_told_by_a_mail_of_its_own(registration, fields):
    slot = slots_of(registration)[0]
    move(registration, slot)
    registration.messages.filter(kind=MessageKind.AGENDA_CHANGED).update(**fields)

    move(registration, slot, days=-1)

    first, second = told(registration)
    assert second.pk > first.pk
    assert "Cet horaire est nouveau." in second.text_body


def test_change_that_another_mail_has_told_since_is_not_taken_back(registration):
    slot = slots_of(registration)[0]
    move(registration, slot)
    services.send_link_again(registration)
    confirmation = registration.messages.filter(kind=MessageKind.CONFIRMATION).order_by("-pk")[0]
    in_a_moment = timezone.now() + timedelta(minutes=1)
    Message.objects.filter(pk=confirmation.pk).update(state=MessageState.SENT, sent_at=in_a_moment)

    move(registration, slot, days=-1)

    assert len(told(registration)) == 2


def test_waiting_mail_of_someone_whom_the_next_change_leaves_alone_stays(registration):
    morning, afternoon = profiles_of(registration.cycle)
    move(registration, morning.group.slots.get(session__number=1))

    move(registration, afternoon.group.slots.get(session__number=1))

    assert [mail.state for mail in told(registration)] == [MessageState.QUEUED]


def test_mail_to_someone_who_waits_keeps_no_link():
    cycle = make_programme(capacity=1)
    holder, waiting = (register(cycle, f"{name}@nord.example.org") for name in "ab")
    slot = slots_of(waiting)[0]
    link = slot.video_url

    move(waiting, slot)

    contexts = [json.dumps(told(each)[0].context) for each in (holder, waiting)]
    assert [link in context for context in contexts] == [True, False]


# Left unsaid


def test_slot_cancelled_in_silence_leaves_the_calendar_with_the_next_mail(registration):
    gone, kept, _ = slots_of(registration)
    seat = registration.seats.get(slot=gone)

    impact = change_agenda(registration.cycle, cancelled(gone, timezone.now()), notify=False)
    move(registration, kept)

    [mail] = told(registration)
    assert impact.n_mails == 0
    assert ("CANCEL", seat.uid, 1) in calendars_of(mail)
    assert day(gone.starts_at) not in mail.text_body


def test_slot_cancelled_in_silence_leaves_the_calendar_once(registration):
    gone, kept, other = slots_of(registration)
    change_agenda(registration.cycle, cancelled(gone, timezone.now()), notify=False)
    move(registration, kept)
    arrive(registration)

    move(registration, other)

    first, second = told(registration)
    assert [method for method, *_ in calendars_of(first)] == ["PUBLISH", "CANCEL"]
    assert [method for method, *_ in calendars_of(second)] == ["PUBLISH"]


def test_slot_cancelled_in_silence_leaves_the_calendar_of_who_cancels(registration):
    gone = slots_of(registration)[0]
    seat = registration.seats.get(slot=gone)
    change_agenda(registration.cycle, cancelled(gone, timezone.now()), notify=False)

    services.cancel(registration, now=timezone.now())

    mail = registration.messages.get(kind=MessageKind.CANCELLED)
    assert ("CANCEL", seat.uid, 1) in calendars_of(mail)


def test_slot_cancelled_in_silence_is_kept_in_the_log(registration):
    gone = slots_of(registration)[0]

    change_agenda(registration.cycle, cancelled(gone, timezone.now()), notify=False)

    mail = registration.messages.get(kind=MessageKind.AGENDA_CHANGED)
    assert (mail.state, mail.last_answer) == (MessageState.DROPPED, UNSAID)


# While workers send


def send_all():
    courier = Courier()
    while message := outbox.claim():
        outbox.deliver(message, courier)
    courier.close()


@pytest.mark.django_db(transaction=True)
def test_changes_saved_while_workers_send_leave_the_calendars_true(letterbox):
    cycle = make_programme()
    people = [register(cycle, f"p{number}@nord.example.org") for number in range(5)]
    slot = slots_of(people[0])[0]
    last_day = slot.starts_at + timedelta(days=3)

    def save():
        for _ in range(3):
            with transaction.atomic():
                move(people[0], Slot.objects.get(pk=slot.pk))

    assert at_once(save, send_all, send_all, send_all) == [None] * 4
    send_all()

    known = defaultdict(dict)
    for message in Message.objects.filter(registration__cycle=cycle, state=MessageState.SENT):
        for part in message.calendars:
            for event in read(part["file"].encode())[1]:
                known[event.uid][event.sequence] = event.starts_at
    seats = slot.seats.order_by("pk")
    assert [known[seat.uid][max(known[seat.uid])] for seat in seats] == [last_day] * 5
