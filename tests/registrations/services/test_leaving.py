import pytest
from django.utils import timezone

from registrations import emails, services
from registrations.exceptions import AddressTaken, RegistrationClosed, TransitionRefused
from registrations.models import Message, Registration
from registrations.models.messages import MessageKind
from registrations.services import announce
from registrations.states import MessageState, Status
from sessions.agenda_changes import cancelled, save_agenda
from sessions.models import Slot
from tests.factories import (
    in_days,
    make_programme,
)
from tests.registrations.services.asking import (
    kinds_sent,
    meanwhile,
    register,
    sequences_of,
)

pytestmark = pytest.mark.django_db


def test_cancel_while_the_person_is_erased_is_refused(monkeypatch):
    registration = register(make_programme())
    meanwhile(monkeypatch, Registration.objects.filter(pk=registration.pk).delete)

    with pytest.raises(TransitionRefused):
        services.cancel(registration, now=timezone.now())


def test_cancel_twice_mails_once():
    registration = register(make_programme())

    services.cancel(registration, now=timezone.now())
    services.cancel(registration, now=timezone.now())

    assert kinds_sent(registration) == [MessageKind.CONFIRMATION, MessageKind.CANCELLED]


def test_restore_gives_the_seats_back_with_a_higher_sequence():
    registration = register(make_programme())
    services.cancel(registration, now=timezone.now())

    services.restore(registration, now=timezone.now())

    registration.refresh_from_db()
    assert registration.status == Status.CONFIRMED
    assert registration.cancelled_at is None
    assert list(registration.seats.values_list("sequence", flat=True)) == [2, 2, 2]
    assert kinds_sent(registration)[-1] == MessageKind.CONFIRMATION


def test_restore_waits_when_the_place_was_taken():
    cycle = make_programme(capacity=1)
    registration = register(cycle)
    services.cancel(registration, now=timezone.now())
    register(cycle, "autre@nord.example.org")

    services.restore(registration, now=timezone.now())

    registration.refresh_from_db()
    assert registration.status == Status.WAITLISTED


def test_restore_is_refused_once_the_person_registered_anew():
    cycle = make_programme()
    registration = register(cycle)
    services.cancel(registration, now=timezone.now())
    register(cycle)

    with pytest.raises(AddressTaken):
        services.restore(registration, now=timezone.now())


def test_restore_is_refused_once_the_cycle_is_over():
    cycle = make_programme()
    registration = register(cycle)
    services.cancel(registration, now=timezone.now())

    with pytest.raises(RegistrationClosed):
        services.restore(registration, now=in_days(365))


def test_restore_is_refused_once_the_cycle_is_cancelled():
    cycle = make_programme()
    registration = register(cycle)
    services.cancel_cycle(cycle, now=timezone.now(), by=None)

    with pytest.raises(RegistrationClosed):
        services.restore(registration, now=timezone.now())


def test_restore_that_waits_still_takes_the_slots_out_of_the_calendar():
    cycle = make_programme(capacity=1)
    registration = register(cycle)
    waiting = register(cycle, "autre@nord.example.org")

    services.cancel(registration, now=timezone.now())
    services.restore(registration, now=timezone.now())

    left = registration.messages.get(kind=MessageKind.CANCELLED)
    assert n_cancelled(left) == 3
    assert sequences_of(registration) == [1, 1, 1]

    services.cancel(waiting, now=timezone.now())

    assert kinds_sent(registration)[-1] == MessageKind.PROMOTED
    assert n_cancelled(left) is None
    assert sequences_of(registration) == [2, 2, 2]


def test_cancel_takes_out_of_the_calendar_what_no_mail_had_said_was_lost():
    cycle = make_programme()
    registration = register(cycle)
    third = Slot.objects.get(session__number=3)
    announce(
        cycle,
        save_agenda(cycle, [cancelled(third, timezone.now())]),
        now=timezone.now(),
        by=None,
    )
    services.cancel(registration, now=timezone.now())

    lost, left = registration.messages.order_by("pk")[1:]
    assert (n_cancelled(lost), n_cancelled(left)) == (None, 3)

    lost.state = MessageState.SENT
    lost.sent_at = timezone.now()
    lost.save()

    assert n_cancelled(left) == 2


def n_cancelled(message: Message) -> int | None:
    """How many events the mail would take away if it left now; None if it would not leave."""
    draft = emails.prepare(Message.objects.get(pk=message.pk), timezone.now())
    return None if draft is None else len(draft.cancelled)
