"""What goes wrong with one registration, slot or cycle stops none of the others, and comes back."""

import logging
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError
from django.db.models.signals import pre_save
from django.utils import timezone

from registrations import outbox, services
from registrations.emails import Unsendable
from registrations.models import Message, Registration, RegistrationEvent, ReminderRun
from registrations.models.messages import MessageKind
from registrations.states import MessageState, Status
from sessions.models import Slot
from sessions.models.reminders import add_default_reminders
from tests.factories import make_account, make_programme
from tests.registrations.services.asking import (
    change_agenda,
    meanwhile,
    planned,
    profiles_of,
    register,
    slots_of,
)

pytestmark = pytest.mark.django_db

# What no field lets in, and no mail can be sent to.
IMPOSSIBLE = "camille.durand@[127.0.0.1]"


def make_impossible(registration: Registration) -> Registration:
    Registration.objects.filter(pk=registration.pk).update(email=IMPOSSIBLE)
    return registration


@contextmanager
def failing(registration: Registration, error: Exception):
    """Nothing can be written of this registration in the journal."""

    def fail(instance: RegistrationEvent, **kwargs) -> None:
        if instance.registration_id == registration.pk:
            raise error

    pre_save.connect(fail, sender=RegistrationEvent)
    try:
        yield
    finally:
        pre_save.disconnect(fail, sender=RegistrationEvent)


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]


def stop_of(error: Exception):
    def stop() -> None:
        raise error

    return stop


def test_reminder_that_cannot_be_built_stops_no_other_and_is_sent_again(courier, caplog):
    cycle = make_programme()
    add_default_reminders(cycle)
    lost, told = register(cycle, "a@nord.example.org"), register(cycle, "b@nord.example.org")
    Message.objects.all().delete()
    make_impossible(lost)
    slot = slots_of(told)[0]

    [run] = services.queue_reminders(now=slot.starts_at - timedelta(hours=47))
    while message := outbox.claim():
        outbox.deliver(message, courier)

    assert (run.outcome, run.n_queued) == (ReminderRun.Outcome.QUEUED, 2)
    states = dict(Message.objects.values_list("registration", "state"))
    assert states == {lost.pk: MessageState.FAILED, told.pk: MessageState.SENT}
    failed = lost.messages.get()
    assert failed.last_answer == "Courriel impossible à préparer (Unsendable)."
    assert said(caplog) == [
        f"a mail reminder to registration {lost.pk} cannot be built: Unsendable",
        f"message {failed.pk} cannot be built",
    ]

    Registration.objects.filter(pk=lost.pk).update(email="a@nord.example.org")
    outbox.resend(failed, by=make_account())
    outbox.deliver(outbox.claim(), courier)

    assert list(lost.messages.values_list("state", flat=True)) == [MessageState.SENT]


def test_slot_whose_reminders_fail_stops_no_other_and_comes_back(monkeypatch, caplog):
    cycle = make_programme()
    add_default_reminders(cycle)
    morning, afternoon = profiles_of(cycle)
    first = register(cycle, "a@nord.example.org", profile=morning)
    second = register(cycle, "b@mel.example.org", profile=afternoon)
    Message.objects.all().delete()
    slot = slots_of(first)[0]
    now = slot.starts_at - timedelta(hours=40)

    meanwhile(monkeypatch, stop_of(IntegrityError(f"({first.email}) already exists")))
    services.queue_reminders(now=now)

    assert list(Message.objects.values_list("registration", flat=True)) == [second.pk]
    assert said(caplog) == [f"reminders of slot {slot.pk} left for later: IntegrityError"]

    services.queue_reminders(now=now)

    assert sorted(Message.objects.values_list("registration", flat=True)) == [first.pk, second.pk]


def test_database_that_is_away_is_no_affair_of_one_slot(monkeypatch):
    cycle = make_programme()
    add_default_reminders(cycle)
    slot = slots_of(register(cycle))[0]

    meanwhile(monkeypatch, stop_of(OperationalError("the connection is closed")))
    with pytest.raises(OperationalError):
        services.queue_reminders(now=slot.starts_at - timedelta(hours=40))


def test_place_goes_to_the_first_though_their_mail_cannot_be_built(caplog):
    cycle = make_programme(capacity=1)
    holder = register(cycle, "a@nord.example.org")
    first = make_impossible(register(cycle, "b@nord.example.org"))

    services.cancel(holder, now=timezone.now())

    holder.refresh_from_db()
    first.refresh_from_db()
    assert (holder.status, first.status) == (Status.CANCELLED, Status.CONFIRMED)
    queued = first.messages.get(kind=MessageKind.PROMOTED)
    assert (queued.state, queued.recipient) == (MessageState.QUEUED, IMPOSSIBLE)
    assert said(caplog) == [
        f"a mail promoted to registration {first.pk} cannot be built: Unsendable"
    ]


def test_promotion_that_fails_lets_pass_the_next_and_comes_back(caplog):
    cycle = make_programme(capacity=1)
    holder = register(cycle, "a@nord.example.org")
    first, second = register(cycle, "b@nord.example.org"), register(cycle, "c@nord.example.org")

    with failing(first, ValueError(first.email)):
        services.cancel(holder, now=timezone.now())

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (Status.WAITLISTED, Status.CONFIRMED)
    assert said(caplog) == [f"place for registration {first.pk} left for later: ValueError"]

    Slot.objects.update(capacity=2)
    assert services.serve_waiting_lists(now=timezone.now()) == 1

    first.refresh_from_db()
    assert first.status == Status.CONFIRMED


def test_offer_that_cannot_be_ended_keeps_no_other(caplog):
    cycle = make_programme(capacity=1)
    register(cycle, "a@nord.example.org")
    people = [register(cycle, f"{letter}@nord.example.org") for letter in "bc"]
    an_hour_ago = timezone.now() - timedelta(hours=1)
    Registration.objects.waiting_in_order().update(offer_expires_at=an_hour_ago)

    with failing(people[0], ValueError()):
        n_lapsed = services.lapse_offers(now=timezone.now())

    assert n_lapsed == 1
    assert said(caplog) == [f"offer to registration {people[0].pk} left for later: ValueError"]
    assert services.lapse_offers(now=timezone.now()) == 1


@pytest.mark.parametrize("serve", [services.serve_waiting_lists, services.lapse_offers])
def test_cycle_whose_waiting_list_fails_stops_no_other(monkeypatch, caplog, serve):
    cycles = [make_programme(slug, capacity=1) for slug in ("un", "deux")]
    for cycle in cycles:
        register(cycle, "a@nord.example.org")
        register(cycle, "b@nord.example.org")
    now = timezone.now()
    if serve is services.serve_waiting_lists:
        Slot.objects.update(capacity=2)
    else:
        Registration.objects.waiting_in_order().update(offer_expires_at=now - timedelta(hours=1))

    meanwhile(monkeypatch, stop_of(KeyError("b@nord.example.org")))

    assert serve(now=now) == 1
    assert said(caplog) == [f"waiting list of cycle {cycles[0].pk} left for later: KeyError"]
    assert serve(now=now) == 1


def test_agenda_is_told_to_the_others_though_one_mail_cannot_be_built(caplog):
    cycle = make_programme()
    lost, told = register(cycle, "a@nord.example.org"), register(cycle, "b@nord.example.org")
    make_impossible(lost)
    slot = slots_of(told)[0]

    impact = change_agenda(cycle, planned(slot, place="À Lille", mode="in_person"))

    changed = Message.objects.filter(kind=MessageKind.AGENDA_CHANGED)
    assert impact.n_mails == 2
    assert dict(changed.values_list("registration", "state")) == {
        lost.pk: MessageState.QUEUED,
        told.pk: MessageState.QUEUED,
    }
    assert said(caplog) == [
        f"a mail agenda_changed to registration {lost.pk} cannot be built: Unsendable"
    ]


def test_cycle_is_cancelled_though_one_mail_cannot_be_built():
    cycle = make_programme()
    lost, told = register(cycle, "a@nord.example.org"), register(cycle, "b@nord.example.org")
    make_impossible(lost)

    impact = services.cancel_cycle(cycle, now=timezone.now(), by=None)

    assert impact.n_mails == 2
    assert {each.status for each in Registration.objects.all()} == {Status.CANCELLED}
    queued = Message.objects.filter(kind=MessageKind.CANCELLED).order_by("registration")
    assert list(queued.values_list("registration", flat=True)) == [lost.pk, told.pk]


def test_what_a_person_asks_for_themselves_still_says_that_it_failed():
    registration = make_impossible(register(make_programme()))

    with pytest.raises(Unsendable):
        services.cancel(registration, now=timezone.now())

    registration.refresh_from_db()
    assert registration.status == Status.CONFIRMED
