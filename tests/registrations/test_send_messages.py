"""The worker: real processes, a real SMTP server, the database they share."""

import contextlib
import os
import signal
import statistics
import subprocess
import sys
import time
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from registrations import outbox
from registrations.models import Message
from registrations.models.messages import MessageKind
from registrations.states import MessageState
from registrations.transport import Courier
from tests.factories import make_programme, make_registration

pytestmark = pytest.mark.django_db(transaction=True)

# Longer than anything here takes, so that a test that waits for what never comes ends.
PATIENCE = 20


@pytest.fixture
def registration():
    return make_registration(make_programme())


def queue(registration, n_messages=1):
    return [
        outbox.queue(MessageKind.CONFIRMATION, registration=registration) for _ in range(n_messages)
    ]


def states():
    return sorted(Message.objects.values_list("state", flat=True))


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        Event().wait(0.02)


def database_url():
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return f"postgres://{database['USER']}@/{database['HOST']}/{database['NAME']}"


@contextlib.contextmanager
def worker(letterbox, *options):
    """A worker of its own process, killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "send_messages", *options],
        cwd=django_settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "cycle_lcd.settings",
            "DATABASE_URL": database_url(),
            "PGAPPNAME": "worker",
            "EMAIL_URL": f"smtp://127.0.0.1:{letterbox.port}",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_once_sends_what_is_due_and_says_how_many(registration, letterbox, capsys):
    first, second, later = queue(registration, 3)
    Message.objects.filter(pk=later.pk).update(next_attempt_at=timezone.now() + timedelta(hours=1))

    call_command("send_messages")

    assert capsys.readouterr().out == "2\u00a0courriels traités\n"
    assert letterbox.copies == {first.message_id: 1, second.message_id: 1}
    assert letterbox.n_connections == 1
    assert states() == [MessageState.QUEUED, MessageState.SENT, MessageState.SENT]


def test_once_gives_the_signals_back(letterbox):
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

    call_command("send_messages")

    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


def test_loop_sends_within_two_seconds(registration, letterbox):
    delays = []
    with worker(letterbox, "--loop"):
        queue(registration)
        wait_until(lambda: letterbox.mails)  # the process has started
        for _ in range(7):
            n_before = len(letterbox.mails)
            committed_at = time.monotonic()
            queue(registration)
            wait_until(lambda n_before=n_before: len(letterbox.mails) > n_before)
            delays.append(time.monotonic() - committed_at)

    assert statistics.median(delays) < 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_loop_finishes_the_mail_in_hand_when_told_to_stop(registration, letterbox, number):
    in_hand, waiting = queue(registration, 2)
    letterbox.slowness = 0.5
    letterbox.answers["MAIL"] = [lambda: process.send_signal(number)]
    with worker(letterbox, "--loop") as process:
        assert process.wait(PATIENCE) == 0

    assert letterbox.copies == {in_hand.message_id: 1}
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts) == (MessageState.QUEUED, 0)


def test_killed_while_sending_it_is_replaced_when_the_lease_ends(registration, letterbox):
    (message,) = queue(registration)
    letterbox.answers["RCPT"] = [lambda: process.kill()]
    with worker(letterbox, "--loop") as process:
        process.wait(PATIENCE)

    message.refresh_from_db()
    assert (message.state, letterbox.mails) == (MessageState.SENDING, [])
    assert outbox.claim() is None
    Message.objects.update(leased_until=timezone.now() - timedelta(seconds=5))
    call_command("send_messages")

    assert letterbox.copies == {message.message_id: 1}
    assert states() == [MessageState.SENT]


def test_killed_after_the_server_kept_the_mail_it_repeats_the_same(registration, letterbox):
    (message,) = queue(registration)
    letterbox.answers["KEPT"] = [lambda: process.kill()]
    with worker(letterbox, "--loop") as process:
        process.wait(PATIENCE)

    Message.objects.update(leased_until=timezone.now() - timedelta(seconds=5))
    call_command("send_messages")

    # The one repetition that SMTP makes unavoidable, and recognisable.
    assert letterbox.copies == {message.message_id: 2}
    assert letterbox.mails[0]["Date"] == letterbox.mails[1]["Date"]
    assert states() == [MessageState.SENT]


def test_four_workers_send_each_mail_once(registration, letterbox):
    messages = queue(registration, 60)
    letterbox.slowness = 0.01
    with contextlib.ExitStack() as stack:
        processes = [stack.enter_context(worker(letterbox)) for _ in range(4)]
        assert [process.wait(60) for process in processes] == [0] * 4

    assert letterbox.copies == {message.message_id: 1 for message in messages}
    assert states() == [MessageState.SENT] * 60


def test_lease_shorter_than_the_send_repeats_mails(registration, letterbox, settings):
    """The witness: without a lease that lasts, the tests above must fail."""
    (message,) = queue(registration)
    settings.OUTBOX_LEASE = timedelta(milliseconds=50)
    letterbox.slowness = 0.5
    second = Thread(target=lambda: (Event().wait(0.3), call_deliver()))
    second.start()
    call_deliver()
    second.join()

    assert letterbox.copies == {message.message_id: 2}


def call_deliver():
    with contextlib.closing(Courier()) as courier:
        message = outbox.claim()
        outbox.deliver(message, courier)
    connection.close()


def cut_connections_of_workers():
    """As a restart of the server does. Called from any thread, whose own connection it closes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'worker' AND datname = current_database()"
        )
    connection.close()


@pytest.mark.postgresql
def test_loop_outlives_the_database(registration, letterbox):
    (first,) = queue(registration)
    with worker(letterbox, "--loop") as process:
        wait_until(lambda: states() == [MessageState.SENT])
        cut_connections_of_workers()
        (second,) = queue(registration)
        wait_until(lambda: len(letterbox.mails) == 2)
        assert process.poll() is None

    assert letterbox.copies == {first.message_id: 1, second.message_id: 1}


@pytest.mark.postgresql
def test_database_lost_after_the_server_kept_the_mail_repeats_nothing(registration, letterbox):
    (message,) = queue(registration)
    letterbox.answers["KEPT"] = [cut_connections_of_workers]
    with worker(letterbox, "--loop"):
        wait_until(lambda: states() == [MessageState.SENT])

    assert letterbox.copies == {message.message_id: 1}
