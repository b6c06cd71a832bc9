import logging
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import transaction
from django.utils import timezone

from registrations import outbox
from registrations.emails import Unsendable
from registrations.emails.marks import mark
from registrations.models import Message
from registrations.models.messages import MessageKind
from registrations.states import MessageState, Status
from registrations.transport import Courier
from tests.factories import make_programme, make_registration
from tests.smtp import HANG_UP

pytestmark = pytest.mark.django_db


@pytest.fixture
def registration():
    return make_registration(make_programme())


def queue(registration, kind=MessageKind.CONFIRMATION, **fields):
    return outbox.queue(kind, registration=registration, **fields)


def claim_and_deliver(courier):
    message = outbox.claim()
    outbox.deliver(message, courier)
    return Message.objects.filter(pk=message.pk).first()


def update(message, **fields):
    Message.objects.filter(pk=message.pk).update(**fields)


def an_hour_ago():
    return timezone.now() - timedelta(hours=1)


def wait_of(message):
    """Minutes until the next attempt."""
    return (message.next_attempt_at - timezone.now()) / timedelta(minutes=1)


# Queueing


def test_queue_follows_the_fate_of_its_transaction(registration):
    with transaction.atomic():
        queue(registration)
        transaction.set_rollback(True)

    assert Message.objects.count() == 0


def test_queue_keeps_no_personal_link(registration):
    message = queue(registration)

    message.refresh_from_db()
    row = repr([getattr(message, field.attname) for field in Message._meta.fields])
    assert f"Gérer mon inscription\u00a0: {mark(registration)}" in message.text_body
    assert registration.token not in row


@pytest.mark.parametrize(
    "address",
    [
        "alix@nord.example.org\u202e",
        "İlix@nord.example.org",
        "alix@localhost",
        "alix@[127.0.0.1]",
        "alix@nord.example.org\nBcc: x@y.example.org",
        "alix\x00@nord.example.org",
        "alix",
        "",
    ],
)
def test_queue_refuses_an_address_that_cannot_be_written_to(registration, address):
    registration.email = address

    with pytest.raises(Unsendable):
        queue(registration)
    assert Message.objects.count() == 0


def test_queue_keeps_what_is_already_out_of_date_as_dropped(registration):
    registration.status = Status.CANCELLED

    assert queue(registration).state == MessageState.DROPPED
    assert outbox.claim() is None


def test_queue_asks_as_much_for_an_unknown_address(registration, django_assert_num_queries):
    for address in (registration.email, "personne@nord.example.org"):
        with django_assert_num_queries(1):
            message = outbox.queue(MessageKind.FIND_LINK, recipient=address)
        assert (message.subject, message.text_body) == ("", "")


def test_queue_builds_in_two_queries(registration, django_assert_num_queries):
    registration = type(registration).objects.with_offer().get(pk=registration.pk)

    with django_assert_num_queries(3):  # the seats, the texts of reminders, the row
        queue(registration)


# Claiming


def test_claim_takes_each_once_in_the_order_of_their_turn(registration):
    late, early, future = (queue(registration) for _ in range(3))
    update(early, next_attempt_at=an_hour_ago())
    update(future, next_attempt_at=timezone.now() + timedelta(hours=1))

    claimed = [outbox.claim(), outbox.claim(), outbox.claim()]

    assert [message and message.pk for message in claimed] == [early.pk, late.pk, None]
    assert [message.attempts for message in claimed[:2]] == [1, 1]
    assert claimed[0].claim != claimed[1].claim


def test_claim_takes_over_from_a_worker_that_died(registration):
    queue(registration)
    first = outbox.claim()

    assert outbox.claim() is None
    update(first, leased_until=an_hour_ago())
    second = outbox.claim()

    assert (second.pk, second.attempts) == (first.pk, 2)
    assert second.claim != first.claim


def test_claim_goes_by_the_clock_of_the_database(registration):
    queue(registration)
    outbox.claim()

    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert outbox.claim() is None


def test_lease_outlasts_connecting_and_sending():
    # Connection, banner, EHLO, STARTTLS, EHLO, three of AUTH, NOOP before: then the lease is new.
    n_steps = 9

    assert timedelta(seconds=n_steps * django_settings.EMAIL_TIMEOUT) < django_settings.OUTBOX_LEASE


# Delivering


def test_deliver_sends_and_settles(registration, letterbox, courier):
    queued = queue(registration)

    message = claim_and_deliver(courier)

    (mail,) = letterbox.mails
    assert (message.state, message.attempts, message.claim) == (MessageState.SENT, 1, None)
    assert message.last_answer == "250 2.0.0 OK queued as 4F1C2"
    assert message.sent_at >= message.created_at
    assert mail["Message-ID"] == queued.message_id
    assert parsedate_to_datetime(mail["Date"]) == message.created_at.replace(microsecond=0)
    assert mail["To"] == registration.email


def test_deliver_puts_the_personal_link_in_the_mail_only(registration, letterbox, courier):
    queue(registration)

    message = claim_and_deliver(courier)

    link = f"http://testserver/inscriptions/{registration.token}/"
    text = letterbox.mails[0].get_body(("plain",)).get_content()
    html = letterbox.mails[0].get_body(("html",)).get_content()
    assert f"Gérer mon inscription\u00a0: {link}" in text
    assert f'href="{link}"' in html
    assert registration.token not in message.text_body + message.html_body


def test_deliver_tells_how_things_stand_by_then(registration, letterbox, courier):
    queue(registration)
    slot = registration.seats.in_order()[0].slot
    slot.video_url = "https://visio.numerique.gouv.fr/xyz-xyzx-xyz"
    slot.save()

    message = claim_and_deliver(courier)

    text = letterbox.mails[0].get_body(("plain",)).get_content()
    assert "https://visio.numerique.gouv.fr/xyz-xyzx-xyz" in text
    assert "https://visio.numerique.gouv.fr/xyz-xyzx-xyz" in message.text_body


def test_deliver_drops_what_is_not_so_any_more(registration, letterbox, courier):
    queue(registration)
    registration.status = Status.CANCELLED
    registration.save()

    message = claim_and_deliver(courier)

    assert (message.state, letterbox.mails) == (MessageState.DROPPED, [])


def test_deliver_forgets_an_address_that_is_not_registered(letterbox, courier):
    outbox.queue(MessageKind.FIND_LINK, recipient="personne@nord.example.org")

    assert claim_and_deliver(courier) is None
    assert letterbox.mails == []


def test_claim_and_deliver_ask_little_of_the_database(
    registration, letterbox, courier, django_assert_num_queries
):
    queue(registration)

    with django_assert_num_queries(5):  # a savepoint and its end, the turn, the claim, the message
        message = outbox.claim()
    # A savepoint and its end: the lease, the seats, the texts of reminders, the words that leave.
    # Then the lease again since the connection is new, and the end.
    with django_assert_num_queries(8):
        outbox.deliver(message, courier)


@pytest.mark.parametrize("refusal", ["550 5.1.1 unknown", "554 5.7.1 refused"])
def test_deliver_fails_at_once_what_is_refused_for_good(registration, letterbox, courier, refusal):
    queue(registration)
    letterbox.answers["RCPT"] = [refusal]

    message = claim_and_deliver(courier)

    assert (message.state, message.last_answer) == (MessageState.FAILED, refusal)
    assert outbox.claim() is None


@pytest.mark.parametrize(
    ("n_attempts", "at_least", "at_most"),
    # In minutes.
    [(0, 9 / 60, 11 / 60), (1, 17 / 60, 22 / 60), (5, 4.7, 5.9), (9, 53, 60), (40, 53, 60)],
)
def test_deliver_waits_longer_each_time(
    registration, letterbox, courier, n_attempts, at_least, at_most
):
    update(queue(registration), attempts=n_attempts)
    letterbox.answers["RCPT"] = ["451 4.7.1 greylisted"]

    message = claim_and_deliver(courier)

    assert (message.state, message.last_answer) == (MessageState.QUEUED, "451 4.7.1 greylisted")
    assert at_least <= wait_of(message) <= at_most


def test_deliver_gives_up_after_48_hours(registration, letterbox, courier):
    update(queue(registration), attempts=outbox.MOST_ATTEMPTS - 1)
    letterbox.answers["RCPT"] = ["451 4.7.1 greylisted"]
    patience = sum(
        (
            min(outbox.FIRST_DELAY * 2 ** min(number, 9), outbox.LONGEST_DELAY)
            for number in range(outbox.MOST_ATTEMPTS - 1)
        ),
        timedelta(),
    )

    assert claim_and_deliver(courier).state == MessageState.FAILED
    assert timedelta(hours=47) < patience < timedelta(hours=49)


def test_deliver_waits_for_a_server_that_is_away(registration, settings):
    settings.EMAIL_BACKEND = "registrations.transport.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    queue(registration)
    courier = Courier()

    message = claim_and_deliver(courier)

    assert message.state == MessageState.QUEUED
    assert message.last_answer == (
        "Le serveur de courriels ne répond pas (ConnectionRefusedError)."
    )
    courier.close()


def test_deliver_in_doubt_tries_three_times_more_and_far_apart(registration, letterbox, courier):
    queue(registration)
    letterbox.answers["KEPT"] = [HANG_UP] * 4
    waits = []
    for _ in range(3):
        message = claim_and_deliver(courier)
        assert message.state == MessageState.QUEUED
        waits.append(round(wait_of(message)))
        update(message, next_attempt_at=an_hour_ago())

    message = claim_and_deliver(courier)

    assert waits == [15, 30, 60]
    assert message.state == MessageState.FAILED
    assert letterbox.copies == {message.message_id: 4}


def test_deliver_fails_one_that_cannot_be_built_and_goes_on(registration, letterbox, courier):
    poisoned = queue(registration)
    sound = queue(registration)
    update(poisoned, kind=MessageKind.LINK_ADDED, context={})

    claim_and_deliver(courier)
    claim_and_deliver(courier)

    poisoned.refresh_from_db()
    assert (poisoned.state, poisoned.last_answer) == (
        MessageState.FAILED,
        "Courriel impossible à préparer (KeyError).",
    )
    assert letterbox.copies == {sound.message_id: 1}


def test_deliver_writes_to_the_address_of_now(registration, letterbox, courier):
    queue(registration)
    registration.email = "alix@autre.example.org"
    registration.save()

    message = claim_and_deliver(courier)

    assert (message.recipient, letterbox.mails[0]["To"]) == ("alix@autre.example.org",) * 2


def test_deliver_asks_to_send_back_what_cannot_be_delivered(registration, letterbox, courier):
    queue(registration)

    claim_and_deliver(courier)

    assert letterbox.senders == ["retours@irev.example"]
    assert letterbox.mails[0]["From"] == "IREV <inscriptions@irev.example>"


def test_deliver_fails_an_address_that_was_spoilt_since(registration, letterbox, courier):
    queue(registration)
    registration.email = "alix@nord.example.org\u202e"
    registration.save()

    assert claim_and_deliver(courier).state == MessageState.FAILED
    assert letterbox.mails == []


def taken_over(message):
    """Another worker takes the message, whose lease is over."""
    update(message, leased_until=an_hour_ago())
    assert outbox.claim() == message


def just_before(monkeypatch, courier, step, act):
    """Does ``act`` as the courier is about to take this step."""
    original = getattr(courier, step)

    def late(*args):
        act()
        return original(*args)

    monkeypatch.setattr(courier, step, late)


def test_deliver_writes_nothing_once_another_worker_has_the_message(
    registration, letterbox, courier, monkeypatch
):
    queue(registration)
    slow = outbox.claim()
    just_before(monkeypatch, courier, "carry", lambda: taken_over(slow))

    outbox.deliver(slow, courier)

    slow.refresh_from_db()
    assert (slow.state, slow.attempts, slow.last_answer) == (MessageState.SENDING, 2, "")


def test_deliver_sends_nothing_that_another_worker_took(registration, letterbox, courier):
    queue(registration)
    slow = outbox.claim()
    taken_over(slow)

    outbox.deliver(slow, courier)

    assert letterbox.mails == []


def test_deliver_sends_nothing_when_connecting_took_the_lease(
    registration, letterbox, courier, monkeypatch
):
    queue(registration)
    slow = outbox.claim()
    just_before(monkeypatch, courier, "connect", lambda: taken_over(slow))

    outbox.deliver(slow, courier)

    assert letterbox.mails == []


def test_deliver_logs_no_personal_data(registration, letterbox, courier, caplog):
    caplog.set_level(logging.INFO)
    queue(registration)
    letterbox.answers["RCPT"] = ["451 4.7.1 <alix.martin@nord.example.org> later"]

    message = claim_and_deliver(courier)

    assert message.last_answer == "451 4.7.1 <[adresse]> later"
    # The test's own server has a log too, from a thread of its own.
    ours = [each.getMessage() for each in caplog.records if each.name != "mail.log"]
    assert ours == [f"message {message.pk}: attempt 1, LATER"]


# Addresses that do not receive


def test_deliver_marks_the_address_that_the_server_refuses(registration, letterbox, courier):
    queue(registration)
    letterbox.answers["RCPT"] = ["550 5.1.1 <alix.martin@nord.example.org>: unknown"]

    message = claim_and_deliver(courier)

    registration.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert registration.address_failure == "550 5.1.1"
    assert [event.verb for event in registration.events.all()] == ["unreachable"]


@pytest.mark.parametrize("answer", ["554 5.7.1 spam", "550 non", "450 4.1.1 later"])
def test_deliver_holds_nothing_else_against_the_address(registration, letterbox, courier, answer):
    queue(registration)
    letterbox.answers["RCPT"] = [answer]

    claim_and_deliver(courier)

    registration.refresh_from_db()
    assert (registration.address_failed_at, registration.address_failure) == (None, "")


def test_deliver_marks_nothing_once_another_worker_has_the_message(
    registration, letterbox, courier, monkeypatch
):
    queue(registration)
    letterbox.answers["RCPT"] = ["550 5.1.1 unknown"]
    message = outbox.claim()
    just_before(monkeypatch, courier, "carry", lambda: taken_over(message))

    outbox.deliver(message, courier)

    registration.refresh_from_db()
    assert registration.address_failed_at is None
