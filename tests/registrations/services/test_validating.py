import pytest
from django.utils import timezone

from registrations import services
from registrations.exceptions import TransitionRefused
from registrations.models import RegistrationEvent
from registrations.models.messages import MessageKind
from registrations.states import Status
from sessions.models import Slot
from tests.factories import make_account, make_application, make_programme
from tests.registrations.services.asking import (
    kinds_sent,
    profiles_of,
    register,
    slots_of,
    verbs,
)

pytestmark = pytest.mark.django_db

Verb = RegistrationEvent.Verb


def make_validated_cycle(**fields):
    cycle = make_programme(**fields)
    cycle.requires_validation = True
    cycle.save()
    return cycle


def test_request_waits_for_validation_and_takes_no_place():
    cycle = make_validated_cycle(capacity=1)

    first = register(cycle, "a@nord.example.org")
    second = register(cycle, "b@nord.example.org")

    assert (first.status, second.status) == (Status.PENDING, Status.PENDING)
    assert kinds_sent(first) == [MessageKind.PENDING]


def test_accepted_request_is_confirmed_or_waits():
    cycle = make_validated_cycle(capacity=1)
    first = register(cycle, "a@nord.example.org")
    second = register(cycle, "b@nord.example.org")
    staff = make_account()

    for registration in (first, second, first):
        services.accept(registration, now=timezone.now(), by=staff)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (Status.CONFIRMED, Status.WAITLISTED)
    assert kinds_sent(first) == [MessageKind.PENDING, MessageKind.CONFIRMATION]
    assert kinds_sent(second) == [MessageKind.PENDING, MessageKind.WAITLISTED]
    assert first.events.get(verb=Verb.ACCEPTED).by == staff


def test_refused_request_is_mailed_its_reason():
    registration = register(make_validated_cycle())

    services.refuse(registration, "Ce cycle est réservé.", now=timezone.now(), by=make_account())

    registration.refresh_from_db()
    assert registration.status == Status.REFUSED
    assert kinds_sent(registration) == [MessageKind.PENDING, MessageKind.REFUSED]
    assert "Ce cycle est réservé." in registration.messages.get(kind="refused").text_body
    assert verbs(registration) == [Verb.REGISTERED, Verb.REFUSED]


def test_request_that_staff_moved_is_accepted_where_it_was_moved():
    cycle = make_validated_cycle(capacity=1)
    morning, afternoon = profiles_of(cycle)
    Slot.objects.filter(session__number=3).update(capacity=2)
    moved, other = (
        register(cycle, "a@nord.example.org", morning),
        register(cycle, "b@nord.example.org", afternoon),
    )
    staff, now = make_account(), timezone.now()
    services.accept(other, now=now, by=staff)
    services.move_seat(moved, slots_of(other)[0], now=now, by=staff)

    services.accept(moved, now=now, by=staff)

    moved.refresh_from_db()
    assert moved.status == Status.WAITLISTED


def test_refusing_someone_who_was_offered_a_place_serves_the_next():
    cycle = make_programme(first_day=1, capacity=1)
    first, offered, following = (register(cycle, f"{n}@nord.example.org") for n in "abc")
    services.cancel(first, now=timezone.now())
    offered.refresh_from_db()
    assert offered.offer_expires_at is not None

    services.refuse(offered, "Hors public.", now=timezone.now(), by=make_account())

    following.refresh_from_db()
    assert following.offer_expires_at is not None


def test_confirmed_registration_is_not_refused():
    registration = register(make_programme())

    with pytest.raises(TransitionRefused):
        services.refuse(registration, "", now=timezone.now(), by=make_account())


def make_verified_cycle(**fields):
    cycle = make_programme(**fields)
    cycle.verifies_addresses = True
    cycle.save()
    return cycle


def test_address_that_is_not_verified_takes_no_place():
    cycle = make_verified_cycle(capacity=1)
    first = register(cycle, "a@nord.example.org")
    second = register(cycle, "b@nord.example.org")

    for registration in (second, second, first):
        services.verify_address(registration, now=timezone.now())
        registration.refresh_from_db()

    assert (first.status, second.status) == (Status.WAITLISTED, Status.CONFIRMED)
    assert kinds_sent(second) == [MessageKind.PENDING, MessageKind.CONFIRMATION]
    assert verbs(second) == [Verb.REGISTERED, Verb.ACCEPTED]


def test_address_is_still_verified_once_the_attack_is_over():
    cycle = make_verified_cycle()
    registration = register(cycle)
    cycle.verifies_addresses = False
    cycle.save()

    registration = services.verify_address(registration, now=timezone.now())

    assert registration.status == Status.CONFIRMED


def test_address_that_is_verified_waits_for_the_team_where_it_decides():
    cycle = make_validated_cycle()
    cycle.verifies_addresses = True
    cycle.save()
    registration = register(cycle)

    with pytest.raises(TransitionRefused):
        services.verify_address(registration, now=timezone.now())


def test_person_whom_the_team_registers_has_nothing_to_verify():
    cycle = make_verified_cycle()
    application = make_application(profiles_of(cycle)[0])

    registration = services.register(cycle, application, now=timezone.now(), by=make_account())

    assert registration.status == Status.CONFIRMED
