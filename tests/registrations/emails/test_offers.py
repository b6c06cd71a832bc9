"""What is said of a place that is offered, and of one that is handed over."""

import pytest
from django.utils import timezone

from registrations.models import Message
from registrations.models.messages import MessageKind
from registrations.retention import policy
from registrations.services import replace
from registrations.states import Status
from sessions.typography import moment
from tests.factories import in_days, make_replacement
from tests.mails import (
    NB,
    application_of_lou,
    calendars_of,
    html_of,
    link_of,
    received,
    send,
    set_status,
    text_of,
    words_of,
)

pytestmark = pytest.mark.django_db


def test_offered_tells_the_deadline(registration):
    deadline = in_days(1, 18)
    set_status(registration, Status.WAITLISTED, offer_expires_at=deadline)

    mail = send(registration, MessageKind.OFFERED)

    assert f"réservée jusqu’au {moment(deadline)}{NB}: acceptez-la" in text_of(mail)
    assert f"Accepter cette place{NB}: {link_of(registration)}\n" in text_of(mail)
    assert "visio.numerique" not in text_of(mail)


def test_offered_is_not_told_too_late(registration):
    set_status(registration, Status.WAITLISTED, offer_expires_at=in_days(-1))

    assert send(registration, MessageKind.OFFERED) is None


def test_offer_lapsed_says_so(registration):
    set_status(registration, Status.WAITLISTED, offer_lapsed_at=timezone.now())

    assert "n’a pas été acceptée à temps" in text_of(send(registration, MessageKind.OFFER_LAPSED))


@pytest.fixture
def replacement(registration):
    return make_replacement(registration)


def test_replacement_asked_goes_to_the_colleague_with_their_own_link(registration, replacement):
    mail = received(Message.objects.get(kind=MessageKind.REPLACEMENT_ASKED))

    text = text_of(mail)
    assert mail["To"] == "lou@nord.example.org"
    assert text.startswith("Bonjour Lou Petit,\n\nAlix Martin vous propose de prendre sa place")
    assert f"http://testserver/remplacements/{replacement.token}/" in text
    assert registration.token not in text + html_of(mail)
    assert "visio.numerique" not in text + html_of(mail)
    # Where the address comes from, how long it is kept, and what may be done about it.
    for words in (
        "Alix Martin a donné votre adresse",
        f"est gardée {policy().rule('replacements').until}. Vous pouvez",
        "de vous la montrer, de la corriger ou de l’effacer, et vous opposer à son usage.",
    ):
        assert words in text
        assert words in words_of(mail)


def test_replacement_asked_is_not_told_once_answered(registration, replacement):
    message = Message.objects.get(kind=MessageKind.REPLACEMENT_ASKED)

    replace(replacement, application_of_lou(registration), now=timezone.now())

    assert received(message) is None


def test_replaced_takes_the_slots_out_of_the_calendar(registration, replacement):
    _, before = calendars_of(send(registration, MessageKind.CONFIRMATION))[0]
    old_link = link_of(registration)
    replace(replacement, application_of_lou(registration), now=timezone.now())

    mail = received(Message.objects.get(kind=MessageKind.REPLACED))

    assert "Lou Petit a accepté votre place" in text_of(mail)
    assert [method for method, _ in calendars_of(mail)] == ["CANCEL"] * 3
    assert [(events[0].uid, events[0].sequence) for _, events in calendars_of(mail)] == [
        (event.uid, event.sequence + 1) for event in before
    ]
    assert old_link not in text_of(mail)
    assert link_of(registration) not in text_of(mail)
