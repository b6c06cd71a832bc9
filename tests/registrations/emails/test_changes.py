"""What is said when an agenda changes."""

import pytest

from registrations.models.messages import MessageKind
from registrations.states import Status
from sessions.agenda_changes import Change
from sessions.typography import day
from tests.factories import in_days
from tests.mails import (
    NB,
    TITLE,
    calendars_of,
    change_of,
    released_of,
    seats_of,
    send,
    set_status,
    text_of,
    times_of,
)

pytestmark = pytest.mark.django_db


def test_seats_changed_publishes_what_stays_and_cancels_what_goes(registration):
    kept, gone = seats_of(registration)[1], seats_of(registration)[0]
    slot = gone.slot
    released = released_of(gone)
    registration.seats.filter(pk=gone.pk).update(slot=None, sequence=4)

    mail = send(registration, MessageKind.SEATS_CHANGED, {"released": [released]})

    (publish, kept_events), (cancel, gone_events) = calendars_of(mail)
    assert (publish, cancel) == ("PUBLISH", "CANCEL")
    assert kept.uid in [event.uid for event in kept_events]
    assert [(event.uid, event.sequence) for event in gone_events] == [(gone.uid, 4)]
    assert f"Session 1, le {day(slot.starts_at)}, de 9h00 à 12h00" in text_of(mail)
    inline = [part for part in mail.iter_parts() if part.get_content_type() == "text/calendar"]
    assert [part.get_content_disposition() for part in inline] == ["inline"]


def test_seats_changed_forgets_a_slot_that_came_back(registration):
    seat = seats_of(registration)[0]

    mail = send(registration, MessageKind.SEATS_CHANGED, {"released": [released_of(seat)]})

    assert [method for method, _ in calendars_of(mail)] == ["PUBLISH"]


def agenda_context(*changes, released=(), sentence=""):
    return {"changes": list(changes), "released": list(released), "sentence": sentence}


def test_agenda_changed_tells_before_and_after(registration):
    seat = seats_of(registration)[0]
    slot = seat.slot
    before = times_of(slot)
    was = day(slot.starts_at)
    slot.starts_at, slot.ends_at = in_days(60, 14), in_days(60, 17)
    slot.save()
    context = agenda_context(
        change_of(seat, Change.MOVED, before=before), sentence="Toutes nos excuses."
    )

    mail = send(registration, MessageKind.AGENDA_CHANGED, context)

    assert (
        f"Toutes nos excuses.\n\nCe qui a changé\n\nSession 1{NB}: Contenu 1\n"
        f"Le {day(slot.starts_at)}, de 14h00 à 17h00\nCet horaire est nouveau.\n"
        f"Avant{NB}: le {was}, de 9h00 à 12h00.\n"
    ) in text_of(mail)
    ((method, events),) = calendars_of(mail)
    assert (method, [event.uid for event in events]) == ("PUBLISH", [seat.uid])


def test_agenda_changed_says_nothing_of_an_hour_that_is_the_same_again(registration):
    seat = seats_of(registration)[0]
    context = agenda_context(change_of(seat, Change.LINK_CHANGED, before=times_of(seat.slot)))

    text = text_of(send(registration, MessageKind.AGENDA_CHANGED, context))

    assert f"Le lien de connexion a changé{NB}: n’utilisez plus l’ancien.\n" in text
    assert "Avant" not in text


def test_agenda_changed_tells_those_who_wait_without_calendar_nor_link(registration):
    seat = seats_of(registration)[0]
    set_status(registration, Status.WAITLISTED)
    context = agenda_context(change_of(seat, Change.MOVED, before=times_of(seat.slot)))

    mail = send(registration, MessageKind.AGENDA_CHANGED, context)

    assert calendars_of(mail) == []
    assert "visio.numerique" not in text_of(mail)
    assert "joint" not in text_of(mail)


def test_agenda_changed_cancels_a_slot_that_does_not_take_place(registration):
    seat = seats_of(registration)[0]
    released = [released_of(seat)]
    registration.seats.filter(pk=seat.pk).update(slot=None)

    mail = send(registration, MessageKind.AGENDA_CHANGED, agenda_context(released=released))

    assert mail["Subject"].strip() == f"Séance annulée – {TITLE}"
    assert [method for method, _ in calendars_of(mail)] == ["CANCEL"]


def test_link_added_has_the_slots_whose_link_is_known(registration):
    seats = seats_of(registration)
    without = seats[1].slot
    without.video_url = ""
    without.save()
    context = {"slots": [seats[0].slot.pk, without.pk]}

    mail = send(registration, MessageKind.LINK_ADDED, context)

    assert "Session 1" in text_of(mail)
    assert "Session 2" not in text_of(mail)
    ((_, events),) = calendars_of(mail)
    assert [event.location for event in events] == [seats[0].slot.video_url]
