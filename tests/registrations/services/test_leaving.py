import pytest
from django.utils import timezone

from registrations import services
from registrations.exceptions import AddressTaken, RegistrationClosed
from registrations.models.messages import MessageKind
from registrations.states import Status
from tests.factories import (
    in_days,
    make_programme,
)
from tests.registrations.services.asking import (
    kinds_sent,
    register,
)

pytestmark = pytest.mark.django_db


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
