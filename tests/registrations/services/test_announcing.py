from datetime import timedelta

import pytest
from django.utils import timezone

from registrations import services
from registrations.models import Message, Registration, Seat
from registrations.models.messages import MessageKind
from registrations.states import Status
from sessions.agenda_changes import cancelled
from sessions.models import Slot
from tests.factories import in_days, make_account, make_programme
from tests.registrations.services.asking import (
    change_agenda,
    kinds_sent,
    planned,
    profiles_of,
    register,
    sequences_of,
    slots_of,
)

pytestmark = pytest.mark.django_db


def slot_of(profile, number):
    return profile.group.slots.get(session__number=number)


def test_moved_slot_reaches_each_person_concerned_once():
    cycle = make_programme()
    morning, afternoon = profiles_of(cycle)
    concerned = register(cycle, "a@nord.example.org", profile=morning)
    other = register(cycle, "b@mel.example.org", profile=afternoon)
    first, second = slot_of(morning, 1), slot_of(morning, 2)

    impact = change_agenda(
        cycle,
        *(
            planned(
                slot,
                starts_at=slot.starts_at + timedelta(hours=1),
                ends_at=slot.ends_at + timedelta(hours=1),
            )
            for slot in (first, second)
        ),
    )

    assert (impact.n_mails, impact.n_calendars, impact.n_waiting) == (1, 1, 0)
    assert kinds_sent(concerned) == [MessageKind.CONFIRMATION, MessageKind.AGENDA_CHANGED]
    assert kinds_sent(other) == [MessageKind.CONFIRMATION]
    assert sequences_of(concerned) == [1, 1, 0]


def test_change_is_told_to_those_who_wait_without_a_calendar():
    cycle = make_programme(capacity=1)
    morning = profiles_of(cycle)[0]
    register(cycle, "a@nord.example.org", profile=morning)
    waiting = register(cycle, "b@nord.example.org", profile=morning)
    slot = slot_of(morning, 1)

    impact = change_agenda(cycle, planned(slot, place="À Lille", mode="in_person"))

    assert (impact.n_mails, impact.n_calendars, impact.n_waiting) == (2, 1, 1)
    assert waiting.messages.get(kind=MessageKind.AGENDA_CHANGED).calendars == []


def test_link_that_is_now_known_makes_a_mail_of_its_own():
    cycle = make_programme()
    morning = profiles_of(cycle)[0]
    Slot.objects.update(video_url="")
    registration = register(cycle, profile=morning)
    slots = [slot_of(morning, number) for number in (1, 2)]

    impact = change_agenda(
        cycle, *(planned(slot, video_url="https://visio.example.org/abc") for slot in slots)
    )

    assert impact.n_mails == 1
    assert kinds_sent(registration) == [MessageKind.CONFIRMATION, MessageKind.LINK_ADDED]
    assert registration.messages.get(kind="link_added").context == {
        "slots": [slot.pk for slot in slots]
    }


def test_links_are_not_told_to_those_who_wait():
    cycle = make_programme(capacity=1)
    register(cycle, "a@nord.example.org")
    waiting = register(cycle, "b@nord.example.org")
    slot = slots_of(waiting)[0]

    change_agenda(cycle, planned(slot, video_url="https://visio.example.org/nouveau"))

    assert kinds_sent(waiting) == [MessageKind.WAITLISTED]


def test_silent_change_mails_nobody_but_moves_calendars():
    cycle = make_programme()
    registration = register(cycle)
    slot = slots_of(registration)[0]

    impact = change_agenda(cycle, planned(slot, place="Salle 2"), notify=False)

    assert impact.n_mails == 0
    assert kinds_sent(registration) == [MessageKind.CONFIRMATION]
    assert sequences_of(registration) == [1, 0, 0]


def test_sentence_of_staff_is_in_the_mail():
    cycle = make_programme()
    registration = register(cycle)
    slot = slots_of(registration)[0]

    change_agenda(cycle, planned(slot, place="Salle 2"), sentence="L’intervenant a un empêchement.")

    message = registration.messages.get(kind=MessageKind.AGENDA_CHANGED)
    assert "L’intervenant a un empêchement." in message.text_body


def test_cancelled_slot_releases_the_seat():
    cycle = make_programme()
    registration = register(cycle)
    slot = slots_of(registration)[0]

    change_agenda(cycle, cancelled(slot, timezone.now()))

    seat = registration.seats.get(session__number=1)
    message = registration.messages.get(kind=MessageKind.AGENDA_CHANGED)
    assert (seat.slot, seat.sequence) == (None, 1)
    assert [part["method"] for part in message.calendars] == ["CANCEL"]


def test_cancelled_slot_with_a_new_one_moves_the_seat():
    cycle = make_programme()
    registration = register(cycle)
    old = slots_of(registration)[0]
    groups = list(old.groups.all())
    new = Slot(session=old.session, starts_at=in_days(60), ends_at=in_days(60, 12))

    change_agenda(cycle, cancelled(old, timezone.now()), planned(new, groups))

    assert registration.seats.get(session__number=1).slot == new
    assert sequences_of(registration) == [1, 0, 0]


def test_groups_that_exchange_their_slots_take_their_people_along():
    cycle = make_programme()
    morning, afternoon = profiles_of(cycle)
    registration = register(cycle, profile=morning)
    early, late = slot_of(morning, 1), slot_of(afternoon, 1)

    change_agenda(cycle, planned(early, [afternoon.group]), planned(late, [morning.group]))

    assert registration.seats.get(session__number=1).slot == late
    assert kinds_sent(registration)[-1] == MessageKind.AGENDA_CHANGED


def test_new_slot_gives_a_seat_to_the_people_of_its_group():
    cycle = make_programme()
    morning = profiles_of(cycle)[0]
    first = cycle.training_sessions.get(number=1)
    slot_of(morning, 1).delete()
    registration = register(cycle, profile=morning)
    new = Slot(session=first, starts_at=in_days(50), ends_at=in_days(50, 12))

    change_agenda(cycle, planned(new, [morning.group]))

    assert registration.seats.get(session=first).slot == new


def test_someone_moved_by_hand_stays_where_staff_put_them():
    cycle = make_programme()
    morning, afternoon = profiles_of(cycle)
    registration = register(cycle, profile=morning)
    services.move_seat(registration, slot_of(afternoon, 1), now=timezone.now(), by=None)
    early = slot_of(morning, 1)

    change_agenda(cycle, planned(early, place="Ailleurs"))

    assert registration.seats.get(session__number=1).slot == slot_of(afternoon, 1)
    assert MessageKind.AGENDA_CHANGED not in kinds_sent(registration)


def test_more_places_serve_the_waiting_list():
    cycle = make_programme(capacity=1)
    morning = profiles_of(cycle)[0]
    register(cycle, "a@nord.example.org", profile=morning)
    waiting = register(cycle, "b@nord.example.org", profile=morning)

    impact = change_agenda(
        cycle, *(planned(slot_of(morning, number), capacity=2) for number in (1, 2, 3))
    )

    waiting.refresh_from_db()
    assert (impact.n_mails, impact.n_promoted) == (0, 1)
    assert waiting.status == Status.CONFIRMED
    assert kinds_sent(waiting) == [MessageKind.WAITLISTED, MessageKind.PROMOTED]


def test_fewer_places_than_people_are_said():
    cycle = make_programme(capacity=2)
    morning = profiles_of(cycle)[0]
    for letter in "ab":
        register(cycle, f"{letter}@nord.example.org", profile=morning)

    impact = change_agenda(cycle, planned(slot_of(morning, 1), capacity=1))

    assert [(room.slot.capacity, room.n_taken) for room in impact.overbooked] == [(1, 2)]
    assert Registration.objects.confirmed().count() == 2


def test_rehearsal_tells_and_changes_nothing():
    cycle = make_programme()
    registration = register(cycle)
    slot = slots_of(registration)[0]
    before = (list(Message.objects.values()), list(Seat.objects.values()))

    impact = services.rehearse(lambda: change_agenda(cycle, planned(slot, place="Salle 2")))

    assert (impact.n_mails, impact.n_calendars) == (1, 1)
    assert before == (list(Message.objects.values()), list(Seat.objects.values()))
    assert Slot.objects.get(pk=slot.pk).place == ""


def test_cancelled_cycle_tells_everybody():
    cycle = make_programme(capacity=1)
    confirmed = register(cycle, "a@nord.example.org")
    waiting = register(cycle, "b@nord.example.org")

    impact = services.cancel_cycle(
        cycle, now=timezone.now(), by=make_account(), sentence="Faute d’inscrits."
    )

    assert (impact.n_mails, impact.n_calendars, impact.n_waiting) == (2, 1, 1)
    for registration in (confirmed, waiting):
        registration.refresh_from_db()
        assert registration.status == Status.CANCELLED
        assert "Faute d’inscrits." in registration.messages.get(kind="cancelled").text_body
    methods = [part["method"] for part in confirmed.messages.get(kind="cancelled").calendars]
    assert methods == ["CANCEL"] * 3
    assert not Slot.objects.kept().exists()


def test_calendar_goes_with_each_change_with_a_rising_sequence():
    cycle = make_programme()
    registration = register(cycle)
    slot = slots_of(registration)[0]
    first_start, first_end = slot.starts_at, slot.ends_at
    later = {"starts_at": first_start + timedelta(days=1), "ends_at": first_end + timedelta(days=1)}

    change_agenda(cycle, planned(slot, **later))
    change_agenda(cycle, planned(slot, starts_at=first_start, ends_at=first_end))
    services.cancel(registration, now=timezone.now())

    assert sequences_of(registration) == [3, 1, 1]


def test_cancelled_cycle_leaves_its_groups_free_for_other_dates():
    cycle = make_programme()
    morning = profiles_of(cycle)[0]
    first = cycle.training_sessions.get(number=1)
    services.cancel_cycle(cycle, now=timezone.now(), by=None)
    new = Slot(session=first, starts_at=in_days(50), ends_at=in_days(50, 12))

    change_agenda(cycle, planned(new, [morning.group]))

    assert Slot.objects.kept().get() == new
