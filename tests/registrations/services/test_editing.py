from datetime import UTC

import pytest
from django.utils import timezone

from registrations import services
from registrations.exceptions import GroupFull, NoRoom, TransitionRefused
from registrations.models import RegistrationEvent
from registrations.models.messages import MessageKind
from sessions.models import Slot
from tests.factories import (
    in_days,
    make_account,
    make_application,
    make_cycle,
    make_group,
    make_programme,
    make_session,
    make_slot,
    make_territory,
)
from tests.registrations.services.asking import (
    kinds_sent,
    profiles_of,
    register,
    sequences_of,
    slots_of,
    verbs,
)

pytestmark = pytest.mark.django_db

Verb = RegistrationEvent.Verb


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


def test_moves_of_another_group_are_told_with_what_is_full():
    cycle = make_programme(capacity=1)
    Slot.objects.filter(session__number=3).update(capacity=None)
    morning, afternoon = profiles_of(cycle)
    registration = register(cycle, profile=morning)
    register(cycle, "autre@mel.example.org", profile=afternoon)
    Slot.objects.filter(session__number=2).update(capacity=2)

    moves = services.moves_to(registration, afternoon, timezone.now())

    assert [(move.session.number, move.is_full) for move in moves] == [(1, True), (2, False)]
    assert [move.before for move in moves] == slots_of(registration)[:2]
    assert [move.after for move in moves] == list(
        afternoon.group.slots.filter(session__number__lt=3).order_by("starts_at")
    )


def test_moves_within_a_group_are_none_even_for_someone_placed_elsewhere():
    cycle = make_programme()
    morning, afternoon = profiles_of(cycle)
    other = morning.group.profiles.create(label="Autre profil")
    registration = register(cycle, profile=morning)
    late = afternoon.group.slots.get(session__number=1)
    services.move_seat(registration, late, now=timezone.now(), by=None)

    assert services.moves_to(registration, other, timezone.now()) == []


def test_move_above_capacity_is_asked_for_and_journaled():
    cycle = make_programme(capacity=1)
    Slot.objects.filter(session__number=3).update(capacity=None)
    morning, afternoon = profiles_of(cycle)
    register(cycle, "autre@mel.example.org", profile=afternoon)
    registration = register(cycle, profile=morning)
    late = afternoon.group.slots.get(session__number=1)
    staff = make_account()

    with pytest.raises(NoRoom):
        services.move_seat(registration, late, now=timezone.now(), by=staff)
    services.move_seat(registration, late, now=timezone.now(), by=staff, over_capacity=True)

    late.refresh_from_db()
    assert (registration.seats.get(session__number=1).slot, late.n_over_allowed) == (late, 1)
    assert sequences_of(registration) == [1, 0, 0]
    assert verbs(registration) == [Verb.REGISTERED, Verb.FORCED, Verb.MOVED]
    assert registration.events.get(verb=Verb.FORCED).by == staff


def test_move_to_a_slot_cancelled_meanwhile_is_refused():
    cycle = make_programme()
    morning, afternoon = profiles_of(cycle)
    registration = register(cycle, profile=morning)
    chosen = afternoon.group.slots.get(session__number=1)
    Slot.objects.filter(pk=chosen.pk).update(cancelled_at=timezone.now())

    with pytest.raises(TransitionRefused):
        services.move_seat(registration, chosen, now=timezone.now(), by=None)
