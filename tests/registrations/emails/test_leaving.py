"""What those who leave are told."""

import pytest

from registrations.models.messages import MessageKind
from registrations.states import Status
from tests.mails import calendars_of, seats_of, send, set_status, text_of

pytestmark = pytest.mark.django_db


def test_cancelled_takes_every_slot_to_come_out_of_the_calendar(registration):
    set_status(registration, Status.CANCELLED)
    registration.seats.update(sequence=1)

    mail = send(registration, MessageKind.CANCELLED)

    parts = calendars_of(mail)
    assert [method for method, _ in parts] == ["CANCEL"] * 3
    assert [(events[0].uid, events[0].sequence) for _, events in parts] == [
        (seat.uid, 1) for seat in seats_of(registration)
    ]
    assert "vous pouvez rétablir votre inscription" in text_of(mail)


def test_cancelled_leaves_alone_the_calendar_of_someone_who_waited(registration):
    set_status(registration, Status.CANCELLED, confirmed_at=None)

    mail = send(registration, MessageKind.CANCELLED)

    assert calendars_of(mail) == []
    assert "agenda" not in text_of(mail)


def test_cancelled_with_the_cycle_says_so(registration):
    set_status(registration, Status.CANCELLED)
    context = {"cycle_cancelled": True, "sentence": "L’intervenante est souffrante."}

    mail = send(registration, MessageKind.CANCELLED, context)

    assert mail["Subject"].strip() == "Annulation du cycle – Initier un plan de lutte contre les…"
    assert "est annulé, et votre inscription avec lui.\n\nL’intervenante" in text_of(mail)
    assert "rétablir" not in text_of(mail)
