from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from registrations import places, services
from registrations.exceptions import AddressTaken, NoRoom, OfferLapsed
from registrations.models import Invitation, Registration, RegistrationEvent
from registrations.models.messages import MessageKind
from registrations.states import MessageState, Status
from sessions.models import Slot
from tests.factories import in_days, make_account, make_programme, make_slot
from tests.registrations.services.asking import (
    kinds_sent,
    meanwhile,
    profiles_of,
    register,
    slots_of,
    verbs,
)

pytestmark = pytest.mark.django_db

Verb = RegistrationEvent.Verb


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


def test_near_a_slot_a_free_place_is_offered_and_held():
    cycle = make_programme(capacity=1, first_day=1)
    holder = register(cycle, "a@nord.example.org")
    first = register(cycle, "b@nord.example.org")
    second = register(cycle, "c@nord.example.org")

    services.cancel(holder, now=timezone.now())

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (Status.WAITLISTED, Status.WAITLISTED)
    assert timezone.now() < first.offer_expires_at < in_days(1)
    assert second.offer_expires_at is None
    assert kinds_sent(first) == [MessageKind.WAITLISTED, MessageKind.OFFERED]
    assert kinds_sent(second) == [MessageKind.WAITLISTED]
    assert register(cycle, "d@nord.example.org").status == Status.WAITLISTED


def test_offer_accepted_in_time_confirms():
    cycle = make_programme(capacity=1, first_day=1)
    holder = register(cycle, "a@nord.example.org")
    first = register(cycle, "b@nord.example.org")
    services.cancel(holder, now=timezone.now())

    services.accept_offer(first, now=timezone.now())
    services.accept_offer(first, now=timezone.now())

    first.refresh_from_db()
    assert (first.status, first.offer_expires_at) == (Status.CONFIRMED, None)
    assert kinds_sent(first)[-2:] == [MessageKind.OFFERED, MessageKind.CONFIRMATION]
    assert verbs(first)[-1] == Verb.ACCEPTED_OFFER


def test_offer_accepted_too_late_is_refused():
    cycle = make_programme(capacity=1, first_day=1)
    holder = register(cycle, "a@nord.example.org")
    first = register(cycle, "b@nord.example.org")
    services.cancel(holder, now=timezone.now())

    with pytest.raises(OfferLapsed):
        services.accept_offer(first, now=in_days(2))


def test_offer_that_lapsed_goes_to_the_next():
    cycle = make_programme(capacity=1, first_day=1)
    holder = register(cycle, "a@nord.example.org")
    first = register(cycle, "b@nord.example.org")
    second = register(cycle, "c@nord.example.org")
    services.cancel(holder, now=timezone.now())
    Registration.objects.filter(pk=first.pk).update(
        offer_expires_at=timezone.now() - timedelta(minutes=1)
    )

    n_lapsed = services.lapse_offers(now=timezone.now())

    first.refresh_from_db()
    second.refresh_from_db()
    assert n_lapsed == 1
    assert (first.status, first.offer_expires_at) == (Status.WAITLISTED, None)
    assert first.offer_lapsed_at is not None
    assert kinds_sent(first)[-1] == MessageKind.OFFER_LAPSED
    assert kinds_sent(second)[-1] == MessageKind.OFFERED


def test_offer_still_open_does_not_lapse():
    cycle = make_programme(capacity=1, first_day=1)
    holder = register(cycle, "a@nord.example.org")
    register(cycle, "b@nord.example.org")
    services.cancel(holder, now=timezone.now())

    assert services.lapse_offers(now=in_days(3)) == 0


def expired_offer():
    """Someone whose offer has just come to its end."""
    cycle = make_programme(capacity=1, first_day=1)
    holder = register(cycle, "a@nord.example.org")
    offered = register(cycle, "b@nord.example.org")
    services.cancel(holder, now=timezone.now())
    expires_at = timezone.now() - timedelta(minutes=1)
    Registration.objects.filter(pk=offered.pk).update(offer_expires_at=expires_at)
    return offered


def test_offer_made_anew_while_the_lock_was_awaited_does_not_lapse(monkeypatch):
    offered = expired_offer()
    own = Registration.objects.filter(pk=offered.pk)
    expires_at = timezone.now() + timedelta(hours=1)
    meanwhile(monkeypatch, lambda: own.update(offer_expires_at=expires_at))

    n_lapsed = services.lapse_offers(now=timezone.now())

    offered.refresh_from_db()
    assert (n_lapsed, offered.offer_expires_at) == (0, expires_at)
    assert kinds_sent(offered)[-1] == MessageKind.OFFERED


def test_offer_of_someone_erased_while_the_lock_was_awaited_does_not_lapse(monkeypatch):
    offered = expired_offer()
    meanwhile(monkeypatch, lambda: Registration.objects.filter(pk=offered.pk).delete())

    assert services.lapse_offers(now=timezone.now()) == 0


@pytest.mark.parametrize("minutes", [-60, 1])
def test_offer_leaves_time_to_answer_even_once_a_slot_has_begun(minutes):
    cycle = make_programme(capacity=1, first_day=2)
    holder = register(cycle, "a@nord.example.org")
    waiting = register(cycle, "b@nord.example.org")
    starts_at = timezone.now() + timedelta(minutes=minutes)
    slots = Slot.objects.filter(pk=slots_of(waiting)[0].pk)
    slots.update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=3))
    Slot.objects.exclude(pk__in=slots).update(starts_at=in_days(1, 9), ends_at=in_days(1, 12))

    services.cancel(holder, now=timezone.now())

    waiting.refresh_from_db()
    assert waiting.offer_expires_at - timezone.now() > timedelta(minutes=13)
    assert waiting.messages.get(kind=MessageKind.OFFERED).state == MessageState.QUEUED


def test_place_in_a_slot_that_has_begun_is_given_when_the_next_is_far():
    cycle = make_programme(capacity=1)
    holder = register(cycle, "a@nord.example.org")
    waiting = register(cycle, "b@nord.example.org")
    starts_at = timezone.now() - timedelta(hours=1)
    slots = Slot.objects.filter(pk=slots_of(waiting)[0].pk)
    slots.update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=3))

    services.cancel(holder, now=timezone.now())

    waiting.refresh_from_db()
    assert waiting.status == Status.CONFIRMED


def test_offer_declined_goes_to_the_next():
    cycle = make_programme(capacity=1, first_day=1)
    holder = register(cycle, "a@nord.example.org")
    first = register(cycle, "b@nord.example.org")
    second = register(cycle, "c@nord.example.org")
    services.cancel(holder, now=timezone.now())

    services.cancel(Registration.objects.get(pk=first.pk), now=timezone.now())

    assert kinds_sent(second) == [MessageKind.WAITLISTED, MessageKind.OFFERED]


def test_promoting_by_hand_needs_a_place():
    cycle = make_programme(capacity=1)
    register(cycle, "a@nord.example.org")
    waiting = register(cycle, "b@nord.example.org")

    with pytest.raises(NoRoom):
        services.promote(waiting, now=timezone.now(), by=None)

    waiting.refresh_from_db()
    assert waiting.status == Status.WAITLISTED


def test_promoting_above_capacity_is_explicit_and_journaled():
    cycle = make_programme(capacity=1)
    register(cycle, "a@nord.example.org")
    waiting = register(cycle, "b@nord.example.org")
    staff = make_account()

    services.promote(waiting, now=timezone.now(), by=staff, over_capacity=True)

    waiting.refresh_from_db()
    assert waiting.status == Status.CONFIRMED
    assert verbs(waiting) == [Verb.REGISTERED, Verb.FORCED]
    assert waiting.events.get(verb=Verb.FORCED).by == staff
    assert [slot.n_over_allowed for slot in slots_of(waiting)] == [1, 1, 1]


def test_promoting_someone_refused_gives_the_seats_of_the_agenda_as_it_is_now():
    cycle = make_programme()
    refused = register(cycle, "a@nord.example.org")
    Registration.objects.filter(pk=refused.pk).update(status=Status.REFUSED)
    moved = slots_of(refused)[0]
    slot = make_slot(moved.session, starts_at=in_days(40))
    moved.assign_groups([])
    slot.assign_groups([refused.group])

    services.promote(refused, now=timezone.now(), by=make_account())

    assert slot in slots_of(refused)
    assert moved not in slots_of(refused)


def test_promoting_someone_refused_who_registered_anew_is_refused():
    cycle = make_programme()
    refused = register(cycle)
    Registration.objects.filter(pk=refused.pk).update(status=Status.REFUSED)
    register(cycle)

    with pytest.raises(AddressTaken):
        services.promote(refused, now=timezone.now(), by=make_account())


def test_larger_capacity_serves_the_waiting_list():
    cycle = make_programme(capacity=1)
    register(cycle, "a@nord.example.org")
    waiting = register(cycle, "b@nord.example.org")
    Slot.objects.update(capacity=2)

    with transaction.atomic():
        places.lock_cycle(cycle.pk)
        promoted = services.promote_waiting(cycle.pk, now=timezone.now())

    assert promoted == [waiting]


def test_places_that_an_invitation_kept_go_to_the_waiting_list_when_it_expires():
    cycle = make_programme(capacity=1)
    now = timezone.now()
    Invitation.objects.create(
        cycle=cycle, label="Lille", n_places=1, expires_at=now + timedelta(hours=1)
    )
    waiting = register(cycle)

    n_early = services.serve_waiting_lists(now=now)
    n_late = services.serve_waiting_lists(now=now + timedelta(hours=2))

    waiting.refresh_from_db()
    assert (n_early, n_late, waiting.status) == (0, 1, Status.CONFIRMED)


def test_lower_capacity_throws_nobody_out():
    cycle = make_programme(capacity=2)
    people = [register(cycle, f"{letter}@nord.example.org") for letter in "ab"]
    Slot.objects.update(capacity=1)

    with transaction.atomic():
        places.lock_cycle(cycle.pk)
        overbooked = places.accept_overbooking(Slot.objects.of_cycle(cycle))

    assert [room.slot.n_over_allowed for room in overbooked] == [1, 1, 1]
    assert {Registration.objects.get(pk=person.pk).status for person in people} == {"confirmed"}
    assert register(cycle, "c@nord.example.org").status == Status.WAITLISTED
