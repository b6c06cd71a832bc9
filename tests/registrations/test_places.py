"""Places under fire: threads on connections of their own, on either engine."""

import uuid
from collections import Counter
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from registrations import places, services
from registrations.invariants import problems
from registrations.models import Message, Registration, RegistrationEvent, Seat
from registrations.models.messages import MessageKind
from registrations.services.core import create
from registrations.services.registering import first_status
from registrations.states import Status
from sessions.models import Slot
from tests.factories import in_days, make_account, make_application, make_programme
from tests.registrations.services.asking import profiles_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

N_PLACES = 8
N_PEOPLE = 24

Verb = RegistrationEvent.Verb


def found():
    return problems(timezone.now())


def register(cycle, number, profile=None, **fields):
    profile = profile or profiles_of(cycle)[0]
    application = make_application(profile, f"personne-{number}@nord.example.org", **fields)
    return services.register(cycle, application, now=timezone.now())


def statuses():
    return Counter(Registration.objects.values_list("status", flat=True))


def kinds():
    return Counter(Message.objects.values_list("kind", flat=True))


def names_of(registrations):
    return sorted(registrations.values_list("email", flat=True))


@pytest.fixture
def cycle():
    return make_programme(capacity=N_PLACES)


# The last places


def test_last_places_go_to_as_many_people(cycle):
    answers = at_once(*(partial(register, cycle, number) for number in range(N_PEOPLE)))

    assert Counter(type(answer) for answer in answers) == {Registration: N_PEOPLE}
    assert statuses() == {Status.CONFIRMED: N_PLACES, Status.WAITLISTED: N_PEOPLE - N_PLACES}
    assert kinds() == {
        MessageKind.CONFIRMATION: N_PLACES,
        MessageKind.WAITLISTED: N_PEOPLE - N_PLACES,
    }
    assert found() == []


def test_last_place_of_a_slot_that_two_groups_share_is_given_once(cycle):
    Slot.objects.filter(session__number=3).update(capacity=1)
    morning, afternoon = profiles_of(cycle)

    at_once(
        *(partial(register, cycle, number, (morning, afternoon)[number % 2]) for number in range(8))
    )

    assert statuses() == {Status.CONFIRMED: 1, Status.WAITLISTED: 7}
    assert found() == []


def count_then_insert(cycle, number, profile, everybody_counted):
    """``register()`` as one writes it at first: the same statements, without the lock."""
    cycle = places.with_reservations(type(cycle).objects.all()).get(pk=cycle.pk)
    application = make_application(profile, f"personne-{number}@nord.example.org")
    planned = places.plan(cycle, profile.group, timezone.now())
    if everybody_counted:
        everybody_counted.wait()
    registration = create(
        cycle,
        profile,
        application.person,
        application.territories,
        first_status(cycle, planned),
        now=timezone.now(),
    )
    Seat.objects.bulk_create(
        Seat(registration=registration, session=room.slot.session, slot=room.slot)
        for room in planned
    )


def race_without_lock(cycle, *, in_a_transaction, everybody_counted):
    """The race of ``test_last_places_go_to_as_many_people``, lost on purpose."""
    profile = profiles_of(cycle)[0]

    def enter(number):
        if in_a_transaction:
            with transaction.atomic():
                count_then_insert(cycle, number, profile, everybody_counted)
        else:
            count_then_insert(cycle, number, profile, everybody_counted)

    return at_once(*(partial(enter, number) for number in range(N_PEOPLE)))


def test_counting_then_inserting_oversells(cycle):
    """The witness: where nothing makes the others wait, the tests above must fail."""
    answers = race_without_lock(cycle, in_a_transaction=False, everybody_counted=Barrier(N_PEOPLE))

    assert answers == [None] * N_PEOPLE
    assert statuses() == {Status.CONFIRMED: N_PEOPLE}
    assert [sentence for sentence in found() if "places prises pour" in sentence] == [
        f"Séance {slot.pk}\u00a0: {N_PEOPLE} places prises pour {N_PLACES}, et 0 de plus que "
        "l’équipe a permises."
        for slot in Slot.objects.filter(seats__isnull=False).distinct().order_by("pk")
    ]


def test_counting_then_inserting_in_a_transaction_oversells_but_on_sqlite(cycle):
    """The same inside a transaction, which PostgreSQL does not make wait; SQLite does.

    Its transactions are IMMEDIATE and so one at a time: there, this race is blind to a lock that
    would be missing, and nobody can have counted before another has inserted.
    """
    is_sqlite = connection.vendor == "sqlite"

    answers = race_without_lock(
        cycle,
        in_a_transaction=True,
        everybody_counted=None if is_sqlite else Barrier(N_PEOPLE),
    )

    assert answers == [None] * N_PEOPLE
    if is_sqlite:
        assert statuses() == {Status.CONFIRMED: N_PLACES, Status.WAITLISTED: N_PEOPLE - N_PLACES}
    else:
        assert statuses() == {Status.CONFIRMED: N_PEOPLE}


# Places that come free


def test_places_freed_in_a_rush_go_to_those_who_waited(cycle):
    confirmed = [register(cycle, number) for number in range(N_PLACES)]
    waiting = [register(cycle, N_PLACES + number) for number in range(4)]

    at_once(
        *(partial(services.cancel, each, now=timezone.now()) for each in confirmed[:6]),
        *(partial(register, cycle, 100 + number) for number in range(6)),
    )

    assert statuses() == {
        Status.CONFIRMED: N_PLACES,
        Status.CANCELLED: 6,
        Status.WAITLISTED: 4,
    }
    # Nobody who came during the rush passed those who waited before it.
    served = Registration.objects.filter(events__verb=Verb.PROMOTED)
    assert set(names_of(served)) >= {each.email for each in waiting}
    assert found() == []


def test_person_who_cancels_twice_at_once_frees_one_place(cycle):
    confirmed = [register(cycle, number) for number in range(N_PLACES)]
    for number in range(3):
        register(cycle, N_PLACES + number)

    at_once(*[partial(services.cancel, confirmed[0], now=timezone.now())] * 6)

    assert statuses() == {
        Status.CONFIRMED: N_PLACES,
        Status.CANCELLED: 1,
        Status.WAITLISTED: 2,
    }
    assert kinds()[MessageKind.CANCELLED] == 1
    assert found() == []


def test_offer_that_lapsed_goes_to_the_next_once_whatever_the_workers(cycle):
    Slot.objects.filter(session__number=1).update(
        starts_at=in_days(1), ends_at=in_days(1) + timedelta(hours=3)
    )
    confirmed = [register(cycle, number) for number in range(N_PLACES)]
    for number in range(4):
        register(cycle, N_PLACES + number)
    for each in confirmed[:2]:
        services.cancel(each, now=timezone.now())
    offered = Registration.objects.exclude(offer_expires_at=None)
    lapsed = names_of(offered)
    offered.update(offer_expires_at=timezone.now() - timedelta(seconds=5))

    answers = at_once(*[partial(services.lapse_offers, now=timezone.now())] * 6)

    assert sum(answers) == 2
    assert len(lapsed) == 2
    assert names_of(Registration.objects.exclude(offer_lapsed_at=None)) == lapsed
    assert Registration.objects.exclude(offer_expires_at=None).count() == 2
    assert kinds()[MessageKind.OFFERED] == 4
    assert kinds()[MessageKind.OFFER_LAPSED] == 2
    assert found() == []


def test_place_offered_is_taken_or_lapses_never_both(cycle):
    Slot.objects.filter(session__number=1).update(
        starts_at=in_days(1), ends_at=in_days(1) + timedelta(hours=3)
    )
    confirmed = [register(cycle, number) for number in range(N_PLACES)]
    first, second = (register(cycle, N_PLACES + number) for number in range(2))
    services.cancel(confirmed[0], now=timezone.now())
    just_in_time = timezone.now()
    Registration.objects.filter(pk=first.pk).update(
        offer_expires_at=just_in_time + timedelta(milliseconds=1)
    )

    at_once(
        partial(services.accept_offer, first, now=just_in_time),
        partial(services.lapse_offers, now=timezone.now()),
    )

    first.refresh_from_db()
    second.refresh_from_db()
    assert [first.is_confirmed, second.offer_expires_at is None] in ([True, True], [False, False])
    assert found() == []


# The same person twice


def test_form_sent_twice_at_once_is_one_registration_and_one_mail(cycle):
    key = uuid.uuid4()

    answers = at_once(*[partial(register, cycle, 1, key=key)] * 16)

    assert {answer.pk for answer in answers} == {Registration.objects.get().pk}
    assert kinds() == {MessageKind.CONFIRMATION: 1}
    assert found() == []


def test_address_registered_twice_at_once_is_one_registration(cycle):
    profile = profiles_of(cycle)[0]
    addresses = ["alix@nord.example.org", "Alix@nord.example.org", "ALIX@nord.example.org"] * 4

    answers = at_once(
        *(
            partial(
                services.register, cycle, make_application(profile, address), now=timezone.now()
            )
            for address in addresses
        )
    )

    assert {answer.pk for answer in answers} == {Registration.objects.get().pk}
    # Each of the others asked with a form of their own, and is told that they are registered.
    assert kinds() == {MessageKind.CONFIRMATION: 1, MessageKind.ALREADY_REGISTERED: 11}
    assert found() == []


# Locks


def test_people_who_change_places_crosswise_never_block_each_other(cycle):
    morning, afternoon = profiles_of(cycle)
    people = [register(cycle, number, morning) for number in range(3)]
    people += [register(cycle, 10 + number, afternoon) for number in range(3)]

    def cross(registration):
        for profile in (afternoon, morning) * 4:
            services.edit(
                registration,
                profile=profile,
                person=make_application(profile).person,
                territories=(),
                now=timezone.now(),
            )

    def come_and_go(number):
        registration = register(cycle, number, (morning, afternoon)[number % 2])
        for _ in range(4):
            services.cancel(registration, now=timezone.now())
            services.restore(registration, now=timezone.now())

    answers = at_once(
        *(partial(cross, each) for each in people),
        *(partial(come_and_go, 100 + number) for number in range(4)),
    )

    assert answers == [None] * 10
    assert found() == []


def test_seats_moved_crosswise_by_staff_never_block_each_other(cycle):
    staff = make_account()
    people = [register(cycle, number) for number in range(4)]
    slots = list(Slot.objects.filter(session__number__in=[1, 2]).order_by("pk"))

    def move(registration, order):
        for slot in order:
            services.move_seat(registration, slot, now=timezone.now(), by=staff)

    answers = at_once(
        *(
            partial(move, each, (slots if number % 2 else slots[::-1]) * 3)
            for number, each in enumerate(people)
        )
    )

    assert answers == [None] * 4
    assert found() == []
