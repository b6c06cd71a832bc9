from datetime import timedelta

import pytest
from django.utils import timezone

from registrations import emails, services
from registrations.models import Message, ReminderRun
from registrations.models.messages import MessageKind
from sessions.models import Reminder, Slot
from sessions.models.reminders import add_default_reminders
from tests.factories import in_days, make_programme
from tests.registrations.services.asking import (
    change_agenda,
    meanwhile,
    planned,
    profiles_of,
    register,
    slots_of,
)

pytestmark = pytest.mark.django_db

Outcome = ReminderRun.Outcome


@pytest.fixture
def cycle():
    cycle = make_programme()
    add_default_reminders(cycle)
    return cycle


def reminders_of(registration):
    return registration.messages.filter(kind=MessageKind.REMINDER).order_by("pk")


def remind(slot, now):
    """What becomes of the reminders of this slot; the other group's has its own."""
    return [run for run in services.queue_reminders(now=now) if run.slot_id == slot.pk]


def before(slot, **delta):
    return slot.starts_at - timedelta(**delta)


def test_nothing_is_due_before_its_time(cycle):
    registration = register(cycle)
    slot = slots_of(registration)[0]

    assert services.queue_reminders(now=before(slot, hours=48, minutes=1)) == []


def test_reminder_is_queued_once_to_those_who_have_a_seat(cycle):
    morning, afternoon = profiles_of(cycle)
    concerned = register(cycle, "a@nord.example.org", profile=morning)
    other = register(cycle, "b@mel.example.org", profile=afternoon)
    left = register(cycle, "c@nord.example.org", profile=morning)
    services.cancel(left, now=timezone.now())
    slot = slots_of(concerned)[0]

    [run] = services.queue_reminders(now=before(slot, hours=48))
    again = services.queue_reminders(now=before(slot, hours=47))

    assert (run.slot, run.outcome, run.n_queued) == (slot, Outcome.QUEUED, 1)
    assert again == []
    assert [reminders_of(each).count() for each in (concerned, other, left)] == [1, 0, 0]


def test_second_reminder_comes_nearer(cycle):
    registration = register(cycle)
    slot = slots_of(registration)[0]

    services.queue_reminders(now=before(slot, hours=48))
    services.queue_reminders(now=before(slot, hours=2))

    assert reminders_of(registration).count() == 2


def test_worker_away_for_days_sends_what_is_still_useful(cycle):
    registration = register(cycle)
    slot = slots_of(registration)[0]

    runs = remind(slot, before(slot, hours=1))

    assert [(run.reminder.hours_before, run.outcome) for run in runs] == [
        (2, Outcome.QUEUED),
        (48, Outcome.SUPERSEDED),
    ]
    assert reminders_of(registration).count() == 1


def test_worker_away_past_the_beginning_says_what_it_missed(cycle, caplog):
    registration = register(cycle)
    slot = slots_of(registration)[0]

    runs = remind(slot, slot.starts_at + timedelta(minutes=1))
    again = remind(slot, slot.starts_at + timedelta(minutes=2))

    assert {run.outcome for run in runs} == {Outcome.MISSED}
    assert again == []
    assert reminders_of(registration).count() == 0
    assert f"of slot {slot.pk} missed" in caplog.text


def test_moved_slot_moves_its_reminders(cycle):
    registration = register(cycle)
    slot = slots_of(registration)[0]
    services.queue_reminders(now=before(slot, hours=48))
    slot.starts_at += timedelta(days=3)
    slot.ends_at += timedelta(days=3)
    slot.save()

    early = remind(slot, before(slot, hours=49))
    remind(slot, before(slot, hours=48))

    assert early == []
    assert reminders_of(registration).count() == 2


def test_reminder_of_a_slot_that_moved_is_not_sent(cycle):
    registration = register(cycle)
    slot = slots_of(registration)[0]
    services.queue_reminders(now=before(slot, hours=48))
    slot.starts_at += timedelta(days=3)
    slot.ends_at += timedelta(days=3)
    slot.save()
    message = Message.objects.get(kind=MessageKind.REMINDER)

    assert emails.prepare(message, before(slot, hours=90)) is None


@pytest.mark.parametrize("what", ["cancelled", "rule removed", "seat moved"])
def test_rule_is_asked_again_when_the_mail_leaves(cycle, what):
    morning, afternoon = profiles_of(cycle)
    registration = register(cycle, profile=morning)
    slot = slots_of(registration)[0]
    services.queue_reminders(now=before(slot, hours=48))
    if what == "cancelled":
        services.cancel(registration, now=timezone.now())
    elif what == "rule removed":
        Reminder.objects.all().delete()
    else:
        late = afternoon.group.slots.get(session=slot.session)
        services.move_seat(registration, late, now=timezone.now(), by=None)
    message = Message.objects.with_offer().get(kind=MessageKind.REMINDER)

    assert emails.prepare(message, before(slot, hours=47)) is None


def test_late_registration_gets_the_words_of_the_reminder_at_once(cycle):
    cycle.reminders.filter(hours_before=48).update(text="Pensez à votre casque.")
    slot = cycle.groups.first().slots.order_by("starts_at").first()
    late = register(cycle, now=before(slot, hours=24))

    services.queue_reminders(now=before(slot, hours=23))

    assert reminders_of(late).count() == 0
    assert "Pensez à votre casque." in late.messages.get(kind="confirmation").text_body


def test_early_registration_is_not_told_the_reminder_twice(cycle):
    cycle.reminders.update(text="Pensez à votre casque.")
    registration = register(cycle)

    assert "casque" not in registration.messages.get(kind="confirmation").text_body


@pytest.mark.parametrize(("number", "n_reminders"), [(1, 0), (3, 1)])
def test_change_told_since_is_a_reminder_of_that_slot_alone(cycle, number, n_reminders):
    registration = register(cycle)
    reminded, changed = slots_of(registration)[0], slots_of(registration)[number - 1]
    change_agenda(cycle, planned(changed, place="Lille"))
    due_at = before(reminded, hours=48)
    registration.messages.update(created_at=due_at + timedelta(minutes=1))

    remind(reminded, due_at + timedelta(minutes=2))

    assert reminders_of(registration).count() == n_reminders


def test_slot_that_staff_remove_meanwhile_is_not_reminded_of(cycle, monkeypatch):
    slot = cycle.groups.order_by("pk")[0].slots.order_by("starts_at")[0]
    meanwhile(monkeypatch, lambda: Slot.objects.filter(pk=slot.pk).delete())

    assert remind(slot, before(slot, hours=48)) == []


def test_change_that_was_undone_before_it_was_told_is_no_reminder(cycle):
    registration = register(cycle)
    slot = slots_of(registration)[0]
    change_agenda(cycle, planned(slot, place="Lille"))
    change_agenda(cycle, planned(slot, place=""))
    due_at = before(slot, hours=48)
    registration.messages.update(created_at=due_at + timedelta(minutes=1))

    remind(slot, due_at + timedelta(minutes=2))

    assert reminders_of(registration).count() == 1


def test_past_of_a_duplicated_cycle_is_left_alone():
    cycle = make_programme(first_day=-60)
    add_default_reminders(cycle)

    assert services.queue_reminders(now=in_days(0)) == []


def test_draft_cycle_reminds_nobody(cycle):
    registration = register(cycle)
    cycle.publication = "draft"
    cycle.save()

    assert services.queue_reminders(now=before(slots_of(registration)[0], hours=48)) == []


@pytest.mark.parametrize("n_people", [1, 5])
def test_looking_for_reminders_costs_the_same(cycle, n_people, django_assert_num_queries):
    for number in range(n_people):
        register(cycle, f"p{number}@nord.example.org")
    slot = cycle.groups.first().slots.order_by("starts_at").first()
    services.queue_reminders(now=before(slot, hours=48))

    with django_assert_num_queries(3):
        services.queue_reminders(now=before(slot, hours=47))
