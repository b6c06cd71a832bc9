"""Each invariant, on data that keep it and on data where it is broken behind the services' back."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from registrations import services
from registrations.demo import register_people
from registrations.invariants import GRACE, problems
from registrations.models import Invitation, Message, Registration, RegistrationEvent, Seat
from registrations.models.messages import MessageKind
from registrations.states import MessageState, Status
from sessions.agenda_changes import PlannedSlot, save_agenda
from sessions.models import Profile, Slot, SlotGroup
from sessions.programme import load_programme
from sessions.territories import load_territories
from tests.factories import (
    in_days,
    make_account,
    make_application,
    make_cycle,
    make_group,
    make_programme,
    make_session,
    make_slot,
)

pytestmark = pytest.mark.django_db

Verb = RegistrationEvent.Verb


def found():
    return problems(timezone.now())


def register(cycle, name, profile=None, **fields):
    profile = profile or Profile.objects.filter(group__cycle=cycle).order_by("pk")[0]
    application = make_application(profile, f"{name}@nord.example.org", **fields)
    return services.register(cycle, application, now=timezone.now())


def slot_of(registration, number=1):
    return Slot.objects.get(seats__registration=registration, session__number=number)


def update(row, **fields):
    type(row)._default_manager.filter(pk=row.pk).update(**fields)


@pytest.fixture
def cycle():
    return make_programme(capacity=2)


@pytest.fixture
def confirmed(cycle):
    return register(cycle, "alix")


@pytest.fixture
def waiting(cycle, confirmed):
    """The first of those who wait; every place of their group is taken."""
    register(cycle, "camille")
    return register(cycle, "dominique")


# What the services do is in order


def test_cycle_full_with_people_waiting_is_in_order(waiting):
    assert waiting.status == Status.WAITLISTED
    assert found() == []


def test_place_that_came_free_and_was_given_is_in_order(confirmed, waiting):
    services.cancel(confirmed, now=timezone.now())

    waiting.refresh_from_db()
    assert waiting.status == Status.CONFIRMED
    assert found() == []


def test_person_let_in_above_capacity_is_in_order(waiting):
    services.promote(waiting, now=timezone.now(), by=make_account(), over_capacity=True)

    assert found() == []


def test_person_moved_to_another_slot_is_in_order(cycle, confirmed):
    other = Slot.objects.exclude(pk=slot_of(confirmed).pk).get(session__number=1)

    services.move_seat(confirmed, other, now=timezone.now(), by=make_account())

    assert found() == []


def test_person_of_another_group_without_slot_in_a_session_is_in_order():
    cycle = make_cycle()
    long, short = make_group(cycle, "Longs", "longs"), make_group(cycle, "Courts", "courts")
    make_slot(make_session(cycle), long, short)
    make_slot(make_session(cycle), long)
    registration = register(cycle, "alix", long.profiles.get())

    services.edit(
        registration,
        profile=short.profiles.get(),
        person=make_application(short.profiles.get()).person,
        territories=(),
        now=timezone.now(),
    )

    assert registration.seats.filter(slot=None).count() == 1
    assert found() == []


def test_person_who_came_after_a_session_is_in_order():
    cycle = make_cycle(registration_closes_at=in_days(20))
    group = make_group(cycle)
    make_slot(make_session(cycle), group, starts_at=in_days(-2))
    make_slot(make_session(cycle), group, starts_at=in_days(30))

    registration = register(cycle, "alix")

    assert registration.seats.count() == 1
    assert found() == []


def test_slot_that_staff_enter_once_it_is_over_is_in_order():
    cycle = make_cycle()
    group = make_group(cycle)
    make_slot(make_session(cycle), group)
    confirmed = register(cycle, "alix")
    update(confirmed, confirmed_at=in_days(-10))
    past = PlannedSlot(
        Slot(session=make_session(cycle), starts_at=in_days(-2), ends_at=in_days(-2, 12)),
        frozenset({group.pk}),
    )

    changes = save_agenda(cycle, [past])
    services.announce(cycle, changes, now=timezone.now(), by=make_account())

    assert confirmed.seats.count() == 1
    assert found() == []


def test_people_of_the_demonstration_are_in_order():
    load_territories()
    programme, _ = load_programme()

    register_people(programme)

    assert (programme.registrations.count(), Message.objects.count()) == (21, 0)
    assert found() == []


# What is broken is said


def test_slot_over_its_capacity_is_said(cycle, waiting):
    update(waiting, status=Status.CONFIRMED, confirmed_at=timezone.now())

    full = Slot.objects.filter(seats__registration=waiting).order_by("pk")
    assert found() == [
        f"Séance {slot.pk}\u00a0: 3 places prises pour 2, et 0 de plus que l’équipe a permises."
        for slot in full
    ]


def test_confirmed_person_without_seat_is_said(confirmed):
    seat = confirmed.seats.get(session__number=2)
    seat.delete()

    assert found() == [
        f"Inscription {confirmed.pk}\u00a0: confirmée, sans place dans la session "
        f"{seat.session_id}."
    ]


def test_confirmed_person_whose_seat_was_released_is_said(confirmed):
    seat = confirmed.seats.get(session__number=2)
    update(seat, slot=None)

    assert found() == [
        f"Inscription {confirmed.pk}\u00a0: confirmée, sans place dans la session "
        f"{seat.session_id}."
    ]


def test_confirmed_person_left_in_a_slot_that_was_cancelled_is_said(confirmed):
    slot = slot_of(confirmed, 2)
    other = make_slot(slot.session, starts_at=in_days(40))
    slot.assign_groups([])
    other.assign_groups([confirmed.group])
    update(slot, cancelled_at=timezone.now())

    assert found() == [
        f"Inscription {confirmed.pk}\u00a0: confirmée, sans place dans la session "
        f"{slot.session_id}."
    ]


def test_seat_in_the_slot_of_another_session_is_said(confirmed):
    seat = confirmed.seats.get(session__number=2)
    elsewhere = slot_of(confirmed, 1)
    update(seat, slot=elsewhere)

    assert found() == [
        f"Place {seat.pk} de l’inscription {confirmed.pk}\u00a0: la séance {elsewhere.pk} n’est "
        f"pas de la session {seat.session_id}, ou la session n’est pas de son cycle."
    ]


def test_seat_in_the_session_of_another_cycle_is_said(confirmed):
    session = make_session(make_cycle("autre"))
    seat = Seat.objects.create(registration=confirmed, session=session, slot=None)

    assert found() == [
        f"Place {seat.pk} de l’inscription {confirmed.pk}\u00a0: la séance None n’est pas de la "
        f"session {session.pk}, ou la session n’est pas de son cycle."
    ]


def test_group_in_the_slot_of_another_session_is_said(cycle):
    other = cycle.training_sessions.get(number=3)
    slot_group = SlotGroup.objects.filter(session__number=1).order_by("pk")[0]
    SlotGroup.objects.filter(session=other, group=slot_group.group).delete()
    update(slot_group, session=other)

    assert found() == [
        f"Groupe {slot_group.group_id}\u00a0: la séance {slot_group.slot_id} n’est pas de la "
        f"session {other.pk}."
    ]


def test_person_who_waits_though_there_is_room_is_said(cycle, waiting):
    Slot.objects.update(capacity=3)

    assert found() == [
        f"Inscription {waiting.pk}\u00a0: en attente alors que toutes ses séances ont de la place."
    ]


def test_person_who_waits_for_one_full_slot_is_in_order(cycle, waiting):
    Slot.objects.exclude(pk=slot_of(waiting).pk).update(capacity=3)

    assert found() == []


def test_person_who_waits_while_an_invitation_keeps_the_room_is_in_order(cycle, waiting):
    Slot.objects.update(capacity=3)
    invitation = Invitation.objects.create(cycle=cycle, label="Lille", n_places=1)

    assert found() == []

    update(invitation, expires_at=timezone.now() - GRACE - timedelta(minutes=1))
    assert found() == [
        f"Inscription {waiting.pk}\u00a0: en attente alors que toutes ses séances ont de la place."
    ]


def test_person_whose_time_has_just_come_is_left_to_the_worker(cycle, waiting):
    Slot.objects.update(capacity=3)
    just_now = timezone.now() - GRACE / 2

    Invitation.objects.create(cycle=cycle, label="Lille", n_places=1, expires_at=just_now)

    assert found() == []


def test_person_who_let_an_offer_lapse_waits_in_order(cycle, waiting):
    Slot.objects.update(capacity=3)

    update(waiting, offer_lapsed_at=timezone.now())

    assert found() == []


def test_person_passed_on_the_waiting_list_is_said(cycle, confirmed, waiting):
    later = register(cycle, "elisabeth")
    now = timezone.now()
    update(later, status=Status.CONFIRMED, confirmed_at=now)
    update(confirmed, status=Status.CANCELLED)
    later.events.create(
        verb=Verb.PROMOTED, from_status=Status.WAITLISTED, to_status=Status.CONFIRMED, at=now
    )

    assert found() == [
        f"Inscription {waiting.pk}\u00a0: en attente avant l’inscription {later.pk}, qui a eu une "
        "place la première."
    ]


def test_person_passed_who_had_a_place_afterwards_is_said(cycle, confirmed, waiting):
    later = register(cycle, "elisabeth")
    now = timezone.now()
    for registration in (later, waiting):
        update(registration, status=Status.CONFIRMED, confirmed_at=now)
        registration.events.create(
            verb=Verb.PROMOTED, from_status=Status.WAITLISTED, to_status=Status.CONFIRMED, at=now
        )
    Slot.objects.update(capacity=4)

    assert found() == [
        f"Inscription {waiting.pk}\u00a0: en attente avant l’inscription {later.pk}, qui a eu une "
        "place la première."
    ]


def test_person_whom_staff_chose_passes_the_others_in_order(cycle, confirmed, waiting):
    later = register(cycle, "elisabeth")

    services.promote(later, now=timezone.now(), by=make_account(), over_capacity=True)

    assert found() == []


def test_person_chosen_by_someone_whose_account_is_gone_passes_the_others_in_order(
    cycle, confirmed, waiting
):
    later = register(cycle, "elisabeth")
    Slot.objects.update(capacity=3)
    staff = make_account()
    services.promote(later, now=timezone.now(), by=staff)

    staff.delete()

    event = later.events.get(verb=Verb.PROMOTED)
    assert (event.by, event.by_staff) == (None, True)
    assert found() == []


def test_registration_without_its_journal_is_said(confirmed):
    confirmed.events.all().delete()

    assert found() == [
        f"Inscription {confirmed.pk}\u00a0: 0\u00a0entrée au journal, au lieu d’une."
    ]


def test_registration_journaled_twice_is_said(confirmed):
    confirmed.events.create(
        verb=Verb.REGISTERED, to_status=Status.CONFIRMED, at=confirmed.created_at
    )

    assert found() == [
        f"Inscription {confirmed.pk}\u00a0: 2\u00a0entrées au journal, au lieu d’une."
    ]


@pytest.mark.parametrize("kind", [MessageKind.CONFIRMATION, MessageKind.WAITLISTED])
def test_registration_without_its_mail_is_said(cycle, confirmed, waiting, kind):
    message = Message.objects.filter(kind=kind).order_by("pk")[0]
    message.delete()

    assert found() == [
        f"Inscription {message.registration_id}\u00a0: il manque un courriel qui l’annonce."
    ]


def test_mails_of_a_cycle_that_is_over_may_be_cleared_away(cycle, confirmed):
    Message.objects.all().delete()
    Slot.objects.update(starts_at=in_days(-2), ends_at=in_days(-1))

    assert found() == []


def test_mails_older_than_their_log_may_be_cleared_away(cycle, confirmed):
    Message.objects.all().delete()
    update(confirmed, created_at=in_days(-400))

    assert found() == []


def test_mail_whose_lease_ended_is_said(confirmed):
    message = confirmed.messages.get()
    lease = {"state": MessageState.SENDING, "claim": confirmed.calendar_uid}

    update(message, **lease, leased_until=timezone.now() - GRACE / 2)
    assert found() == []

    update(message, **lease, leased_until=timezone.now() - GRACE * 2)
    assert found() == [
        f"Courriel {message.pk}\u00a0: en cours d’envoi au-delà de son bail, et pas repris."
    ]


def test_mail_that_failed_without_a_reason_is_said(confirmed):
    message = confirmed.messages.get()

    update(message, state=MessageState.FAILED, last_answer="550 inconnu")
    assert found() == []

    update(message, last_answer="")
    assert found() == [f"Courriel {message.pk}\u00a0: en échec, sans la réponse du serveur."]


def test_mail_sent_at_no_time_is_said(confirmed):
    message = confirmed.messages.get()

    update(message, state=MessageState.SENT)

    assert found() == [f"Courriel {message.pk}\u00a0: envoyé, sans date d’envoi."]


def test_two_registrations_of_one_address_are_said(cycle, confirmed):
    other = register(cycle, "camille")

    # As if the rule that compares addresses had been another when they came.
    update(other, email="ALIX@nord.example.org")

    assert found() == [f"Inscriptions {confirmed.pk}, {other.pk}\u00a0: actives à la même adresse."]


# How it is asked


@pytest.mark.parametrize("n_cycles", [1, 3])
def test_queries_do_not_depend_on_the_data(n_cycles, django_assert_num_queries):
    for number in range(n_cycles):
        cycle = make_programme(f"cycle-{number}", capacity=1)
        for name in ("alix", "camille", "dominique")[: n_cycles + 1]:
            register(cycle, name)
        Invitation.objects.create(cycle=cycle, label="Lille", n_places=1)

    with django_assert_num_queries(16):
        assert found() == []


@pytest.mark.django_db(transaction=True)
def test_command_says_that_all_is_well(confirmed, capsys):
    call_command("check_invariants")

    assert capsys.readouterr().out == "Tout est en ordre.\n"


@pytest.mark.django_db(transaction=True)
def test_command_says_what_is_wrong_without_personal_data(cycle, confirmed, waiting, capsys):
    Slot.objects.update(capacity=3)
    confirmed.messages.all().delete()

    with pytest.raises(CommandError, match="^2\u00a0anomalies$"):
        call_command("check_invariants")

    assert capsys.readouterr().out == (
        f"Inscription {waiting.pk}\u00a0: en attente alors que toutes ses séances ont de la "
        "place.\n"
        f"Inscription {confirmed.pk}\u00a0: il manque un courriel qui l’annonce.\n"
    )
    assert Registration.objects.get(pk=waiting.pk).status == Status.WAITLISTED
