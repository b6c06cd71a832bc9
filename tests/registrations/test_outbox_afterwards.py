"""What becomes of a message after its attempts: it comes back, or is sent again."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from registrations import outbox, services
from registrations.exceptions import Refusal
from registrations.models import Message
from registrations.models.messages import MessageKind
from registrations.states import MessageState, Status
from tests.factories import make_programme, make_registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def registration():
    return make_registration(make_programme())


@pytest.fixture
def staff():
    return get_user_model().objects.create_user("camille")


def queue(registration):
    return outbox.queue(MessageKind.CONFIRMATION, registration=registration)


def update(message, **fields):
    Message.objects.filter(pk=message.pk).update(**fields)


def an_hour_ago():
    return timezone.now() - timedelta(hours=1)


# Coming back


def take_back(message, answer="550 5.1.1 <alix.martin@nord.example.org> unknown"):
    return outbox.take_back(
        ["<unknown@testserver>", message.message_id], answer, "550 5.1.1", now=timezone.now()
    )


def test_take_back_fails_what_was_sent_and_marks_its_address(registration):
    message = queue(registration)
    update(message, state=MessageState.SENT, sent_at=an_hour_ago())

    assert take_back(message) == message

    message.refresh_from_db()
    registration.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert message.last_answer == "Revenu. 550 5.1.1 <[adresse]> unknown"
    assert registration.address_failure == "550 5.1.1"


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.DROPPED])
def test_take_back_changes_nothing_that_is_known_already(registration, state):
    message = queue(registration)
    update(message, state=state)

    assert take_back(message) is None

    registration.refresh_from_db()
    assert registration.address_failed_at is None
    assert list(Message.objects.values_list("state", flat=True)) == [state]


def test_take_back_lets_what_is_about_to_leave_again(registration):
    # The server kept it, the worker died before it knew.
    message = queue(registration)

    assert take_back(message) == message

    message.refresh_from_db()
    registration.refresh_from_db()
    assert message.state == MessageState.QUEUED
    assert registration.address_failure == "550 5.1.1"


def test_take_back_is_of_the_first_that_is_ours(registration):
    returned, quoted = queue(registration), queue(registration)
    Message.objects.update(state=MessageState.SENT, sent_at=an_hour_ago())

    outbox.take_back([returned.message_id, quoted.message_id], "550 non", "", now=timezone.now())

    assert list(Message.objects.order_by("pk").values_list("pk", "state")) == [
        (returned.pk, MessageState.FAILED),
        (quoted.pk, MessageState.SENT),
    ]


def test_take_back_knows_nothing_of_other_mails(registration):
    queue(registration)

    assert outbox.take_back(["<x@y>"], "550 non", "550 5.1.1", now=timezone.now()) is None


# Sending again


def test_resend_takes_up_what_failed_at_the_address_of_now(registration, staff):
    message = queue(registration)
    update(message, state=MessageState.FAILED, attempts=9, n_in_doubt=2, last_answer="550 non")
    registration.email = "alix@autre.example.org"
    registration.save()

    again = outbox.resend(message, staff)

    assert again.pk == message.pk
    claimed = outbox.claim()
    assert (claimed.pk, claimed.message_id) == (message.pk, message.message_id)
    assert (claimed.recipient, claimed.attempts) == ("alix@autre.example.org", 1)
    assert (claimed.n_in_doubt, claimed.last_answer) == (0, "")


def test_resend_writes_again_to_the_colleague_and_nobody_else(registration, staff):
    replacement = services.ask_replacement(
        registration,
        first_name="Dominique",
        last_name="Roux",
        email="dominique@nord.example.org",
        now=timezone.now(),
    )
    message = Message.objects.get(kind=MessageKind.REPLACEMENT_ASKED)
    update(message, state=MessageState.FAILED, last_answer="550 non")

    assert outbox.resend(message, staff).recipient == replacement.email


def test_resend_repeats_what_was_sent_as_another_message(registration, staff):
    message = queue(registration)
    update(message, state=MessageState.SENT)

    again = outbox.resend(message, staff)

    assert again.pk != message.pk
    assert again.message_id != message.message_id
    assert (again.kind, again.state) == (message.kind, MessageState.QUEUED)


@pytest.mark.parametrize("state", [MessageState.QUEUED, MessageState.SENDING])
def test_resend_refuses_what_is_on_its_way(registration, staff, state):
    message = queue(registration)
    if state == MessageState.SENDING:
        outbox.claim()

    with pytest.raises(Refusal, match="Ce courriel est déjà en route."):
        outbox.resend(message, staff)


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.SENT])
def test_resend_refuses_what_has_nothing_to_say_any_more(registration, staff, state):
    message = queue(registration)
    update(message, state=state)
    registration.status = Status.CANCELLED
    registration.save()

    with pytest.raises(Refusal, match="n’a plus d’objet"):
        outbox.resend(message, staff)
    assert list(Message.objects.values_list("state", flat=True)) == [state]
