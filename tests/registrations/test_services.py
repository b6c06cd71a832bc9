import uuid
from datetime import UTC

import pytest
from django.utils import timezone

from registrations import services
from registrations.exceptions import AddressTaken, GroupFull, RegistrationClosed, TransitionRefused
from registrations.models import Message, Registration, RegistrationEvent, Seat
from registrations.models.messages import MessageKind
from registrations.services import Application
from registrations.states import TRANSITIONS, Status
from sessions.models import Profile, Slot
from tests.factories import (
    in_days,
    make_application,
    make_cycle,
    make_group,
    make_programme,
    make_registration,
    make_session,
    make_slot,
    make_territory,
)

pytestmark = pytest.mark.django_db

Verb = RegistrationEvent.Verb


def profiles_of(cycle):
    return list(
        Profile.objects.filter(group__cycle=cycle)
        .select_related("group")
        .order_by("group__position")
    )


def register(cycle, email="alix.martin@nord.example.org", profile=None, now=None, **fields):
    profile = profile or profiles_of(cycle)[0]
    application = make_application(profile, email, **fields)
    return services.register(cycle, application, now=now or timezone.now())


def kinds_sent(registration):
    return list(registration.messages.order_by("pk").values_list("kind", flat=True))


def verbs(registration):
    return list(registration.events.order_by("pk").values_list("verb", flat=True))


def slots_of(registration):
    return [seat.slot for seat in registration.seats.in_order()]


def test_register_gives_the_seats_of_the_group():
    cycle = make_programme()
    territory = make_territory()
    _, afternoon = profiles_of(cycle)
    application = make_application(afternoon)
    application = Application(afternoon, application.person, (territory,), uuid.uuid4())

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


def test_edit_corrects_what_the_person_wrote():
    registration = register(make_programme())
    territory = make_territory()
    person = make_application(registration.profile, last_name="Martin-Durand").person

    services.edit(
        registration,
        profile=registration.profile,
        person=person,
        territories=[territory],
        now=timezone.now(),
    )

    registration.refresh_from_db()
    assert registration.last_name == "Martin-Durand"
    assert list(registration.territories.all()) == [territory]
    assert kinds_sent(registration) == [MessageKind.CONFIRMATION]
    assert verbs(registration) == [Verb.REGISTERED, Verb.EDITED]


def change_profile(registration, profile):
    return services.edit(
        registration,
        profile=profile,
        person=make_application(profile).person,
        territories=[],
        now=timezone.now(),
    )


def test_change_of_profile_moves_the_seats_and_mails_them():
    cycle = make_programme()
    morning, afternoon = profiles_of(cycle)
    registration = register(cycle, profile=morning)

    change_profile(registration, afternoon)

    assert slots_of(registration) == list(afternoon.group.slots.order_by("starts_at"))
    sequences = registration.seats.order_by("session__number").values_list("sequence", flat=True)
    assert list(sequences) == [1, 1, 0]
    assert kinds_sent(registration) == [MessageKind.CONFIRMATION, MessageKind.SEATS_CHANGED]
    assert verbs(registration) == [Verb.REGISTERED, Verb.EDITED, Verb.MOVED]


def test_change_of_profile_releases_a_session_without_a_slot_for_the_group():
    cycle = make_cycle()
    wide, narrow = make_group(cycle, "A", "a"), make_group(cycle, "B", "b")
    first, second = make_session(cycle), make_session(cycle)
    make_slot(first, wide, narrow)
    only_wide = make_slot(second, wide, starts_at=in_days(40))
    registration = register(cycle, profile=wide.profiles.get())

    change_profile(registration, narrow.profiles.get())

    seat = registration.seats.get(session=second)
    assert (seat.slot, seat.sequence) == (None, 1)
    message = registration.messages.get(kind=MessageKind.SEATS_CHANGED)
    assert message.context == {
        "released": [
            {
                "seat": seat.pk,
                "starts_at": only_wide.starts_at.astimezone(UTC).isoformat(),
                "ends_at": only_wide.ends_at.astimezone(UTC).isoformat(),
            }
        ]
    }


def test_change_of_profile_is_refused_whole_when_the_group_is_full():
    cycle = make_programme(capacity=1)
    Slot.objects.filter(session__number=3).update(capacity=None)
    morning, afternoon = profiles_of(cycle)
    register(cycle, "autre@mel.example.org", profile=afternoon)
    registration = register(cycle, profile=morning)

    with pytest.raises(GroupFull):
        change_profile(registration, afternoon)

    registration.refresh_from_db()
    assert registration.profile == morning
    assert slots_of(registration) == list(morning.group.slots.order_by("starts_at"))
    assert verbs(registration) == [Verb.REGISTERED]


def test_change_of_profile_keeps_the_place_held_in_a_full_common_slot():
    cycle = make_programme()
    Slot.objects.filter(session__number=3).update(capacity=1)
    morning, afternoon = profiles_of(cycle)
    registration = register(cycle, profile=morning)

    change_profile(registration, afternoon)

    assert slots_of(registration) == list(afternoon.group.slots.order_by("starts_at"))


def test_change_to_the_profile_of_another_cycle_is_refused():
    registration = register(make_programme())
    foreign = profiles_of(make_programme("autre"))[0]

    with pytest.raises(TransitionRefused):
        change_profile(registration, foreign)


def test_cancel_frees_the_place_for_the_first_who_waits():
    cycle = make_programme(capacity=1)
    morning = profiles_of(cycle)[0]
    holder = register(cycle, "a@nord.example.org", profile=morning)
    first = register(cycle, "b@nord.example.org", profile=morning)
    second = register(cycle, "c@nord.example.org", profile=morning)

    services.cancel(holder, now=timezone.now())

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (Status.CONFIRMED, Status.WAITLISTED)
    assert kinds_sent(first) == [MessageKind.WAITLISTED, MessageKind.PROMOTED]
    assert kinds_sent(holder) == [MessageKind.CONFIRMATION, MessageKind.CANCELLED]
    assert list(holder.seats.values_list("sequence", flat=True)) == [1, 1, 1]


def test_promotion_lets_pass_whoever_still_lacks_a_place():
    cycle = make_programme(capacity=1)
    Slot.objects.filter(session__number=3).update(capacity=None)
    morning, afternoon = profiles_of(cycle)
    in_the_morning = register(cycle, "a@nord.example.org", profile=morning)
    register(cycle, "b@mel.example.org", profile=afternoon)
    waits_for_afternoon = register(cycle, "c@mel.example.org", profile=afternoon)
    waits_for_morning = register(cycle, "d@nord.example.org", profile=morning)

    services.cancel(in_the_morning, now=timezone.now())

    waits_for_afternoon.refresh_from_db()
    waits_for_morning.refresh_from_db()
    assert waits_for_afternoon.status == Status.WAITLISTED
    assert waits_for_morning.status == Status.CONFIRMED


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


def test_announced_link_is_mailed_once_to_those_who_have_a_seat():
    cycle = make_programme()
    morning, afternoon = profiles_of(cycle)
    concerned = register(cycle, "a@nord.example.org", profile=morning)
    other = register(cycle, "b@mel.example.org", profile=afternoon)
    slots = Slot.objects.filter(groups=morning.group, session__number__lt=3)

    n_mails = services.announce_links(slots)

    assert n_mails == 1
    assert kinds_sent(concerned) == [MessageKind.CONFIRMATION, MessageKind.LINK_ADDED]
    assert kinds_sent(other) == [MessageKind.CONFIRMATION]


def test_find_links_queues_the_same_for_any_address():
    make_registration(make_programme(), "connue@nord.example.org")

    services.find_links("connue@nord.example.org")
    services.find_links("inconnue@nord.example.org")

    assert list(Message.objects.order_by("pk").values_list("kind", "recipient")) == [
        (MessageKind.FIND_LINK, "connue@nord.example.org"),
        (MessageKind.FIND_LINK, "inconnue@nord.example.org"),
    ]


def test_transitions_are_these_and_no_other():
    p, c, w, r, x = (
        Status.PENDING,
        Status.CONFIRMED,
        Status.WAITLISTED,
        Status.REFUSED,
        Status.CANCELLED,
    )

    assert {before: set(after) for before, after in TRANSITIONS.items()} == {
        p: {c, w, r, x},
        c: {w, x},
        w: {c, r, x},
        r: {p, c, w},
        x: {p, c, w},
    }


@pytest.mark.parametrize("n_registered", [0, 1, 200])
def test_register_costs_the_same_whatever_is_registered(n_registered, django_assert_num_queries):
    cycle = make_programme(capacity=500)
    profile = profiles_of(cycle)[0]
    many = [
        Registration(
            cycle=cycle,
            profile=profile,
            status=Status.CONFIRMED,
            email=f"personne{n}@nord.example.org",
            email_key=f"personne{n}@nord.example.org",
            link_hash=f"{n:064}",
            created_at=timezone.now(),
        )
        for n in range(n_registered)
    ]
    Registration.objects.bulk_create(many)
    Seat.objects.bulk_create(
        Seat(registration=registration, session=slot.session, slot=slot)
        for registration in many
        for slot in profile.group.slots.select_related("session")
    )
    application = make_application(profile)

    with django_assert_num_queries(9):
        services.register(cycle, application, now=timezone.now())
