import uuid

import pytest
from django.utils import timezone

from registrations import services
from registrations.exceptions import RegistrationClosed
from registrations.models import Message, Registration, RegistrationEvent
from registrations.models.messages import MessageKind
from registrations.states import Status
from sessions.models import Slot
from tests.factories import (
    in_days,
    make_account,
    make_application,
    make_cycle,
    make_group,
    make_programme,
    make_registrations,
    make_session,
    make_slot,
    make_territory,
)
from tests.registrations.services.asking import (
    kinds_sent,
    profiles_of,
    register,
    slots_of,
    verbs,
)

pytestmark = pytest.mark.django_db

Verb = RegistrationEvent.Verb


def test_register_gives_the_seats_of_the_group():
    cycle = make_programme()
    territory = make_territory()
    _, afternoon = profiles_of(cycle)
    application = make_application(afternoon, territories=[territory])

    registration = services.register(cycle, application, now=timezone.now())

    assert registration.status == Status.CONFIRMED
    assert slots_of(registration) == list(afternoon.group.slots.order_by("starts_at"))
    assert list(registration.territories.all()) == [territory]
    assert kinds_sent(registration) == [MessageKind.CONFIRMATION]
    assert verbs(registration) == [Verb.REGISTERED]


def test_register_puts_on_the_waiting_list_when_one_slot_is_full():
    cycle = make_programme()
    morning, afternoon = profiles_of(cycle)
    common = Slot.objects.filter(groups=morning.group).filter(groups=afternoon.group).get()
    common.capacity = 1
    common.save()
    register(cycle, "premiere@nord.example.org", profile=morning)

    second = register(cycle, "seconde@mel.example.org", profile=afternoon)

    assert second.status == Status.WAITLISTED
    assert second.queued_at == second.created_at
    assert kinds_sent(second) == [MessageKind.WAITLISTED]


@pytest.mark.parametrize(
    "window",
    [
        {"registration_opens_at": in_days(1)},
        {"registration_closes_at": in_days(-1)},
        {"publication": "draft"},
        {"publication": "archived"},
    ],
)
def test_register_is_refused_outside_the_window(window):
    cycle = make_programme()
    for name, value in window.items():
        setattr(cycle, name, value)
    cycle.save()

    with pytest.raises(RegistrationClosed):
        register(cycle)

    assert Registration.objects.count() == 0
    assert Message.objects.count() == 0


def test_register_gives_no_seat_in_a_slot_that_is_over():
    cycle = make_cycle(registration_closes_at=in_days(5))
    group = make_group(cycle)
    make_slot(make_session(cycle), group, starts_at=in_days(-7))
    ahead = make_slot(make_session(cycle), group, starts_at=in_days(7))

    registration = register(cycle)

    assert slots_of(registration) == [ahead]


def test_register_twice_with_the_same_form_changes_nothing():
    cycle = make_programme()
    key = uuid.uuid4()
    first = register(cycle, key=key)

    second = register(cycle, key=key)

    assert second == first
    assert Registration.objects.count() == 1
    assert kinds_sent(first) == [MessageKind.CONFIRMATION]
    assert verbs(first) == [Verb.REGISTERED]


def test_register_with_a_known_address_only_mails_that_address():
    cycle = make_programme()
    first = register(cycle)
    key = uuid.uuid4()

    again = register(cycle, "ALIX.Martin@nord.example.org", key=key, first_name="Autre")
    register(cycle, "alix.martin@nord.example.org", key=key, first_name="Autre")

    assert again == first
    first.refresh_from_db()
    assert first.first_name == "Alix"
    assert kinds_sent(first) == [MessageKind.CONFIRMATION, MessageKind.ALREADY_REGISTERED]
    assert verbs(first) == [Verb.REGISTERED, Verb.ASKED_AGAIN]


def test_register_again_after_cancelling_makes_a_new_registration():
    cycle = make_programme()
    first = register(cycle)
    services.cancel(first, now=timezone.now())

    second = register(cycle)

    assert second != first
    assert second.status == Status.CONFIRMED


def test_register_leaves_the_link_out_of_the_database():
    registration = register(make_programme())

    stored = Registration.objects.filter(pk=registration.pk).values().get()
    mails = Message.objects.filter(registration=registration).values().get()

    assert len(registration.token) == 43
    assert registration.token not in str(stored)
    assert registration.token not in str(mails)
    assert list(Registration.objects.by_token(registration.token)) == [registration]


@pytest.mark.parametrize("n_registered", [0, 1, 1_000])
def test_register_costs_the_same_whatever_is_registered(n_registered, django_assert_num_queries):
    cycle = make_programme(capacity=2_000)
    profile = profiles_of(cycle)[0]
    make_registrations(cycle, n_registered)
    application = make_application(profile)

    with django_assert_num_queries(11):
        services.register(cycle, application, now=timezone.now())


def test_register_is_refused_to_staff_once_the_cycle_is_cancelled():
    cycle = make_programme()
    services.cancel_cycle(cycle, now=timezone.now(), by=None)
    application = make_application(profiles_of(cycle)[0])

    with pytest.raises(RegistrationClosed):
        services.register(cycle, application, now=timezone.now(), by=make_account())
