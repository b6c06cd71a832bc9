"""Nothing that goes wrong ends a worker, but being told to stop."""

import json
import logging
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, OperationalError
from django.db.models.signals import pre_save
from django.utils import timezone

from registrations import outbox, worker
from registrations.models import Message, PurgeRun
from registrations.models.messages import MessageKind
from registrations.states import MessageState
from registrations.worker import Stop, look_at_the_clock, work_until
from sessions.models.reminders import add_default_reminders
from tests.factories import make_programme, make_registration

NAME = "Qwertzuiop"


@pytest.fixture
def stop():
    return Stop()


@pytest.fixture
def hurried(monkeypatch):
    """A worker that looks at the clock at each turn, and hardly pauses."""
    monkeypatch.setattr(worker, "ROUND", 0)
    monkeypatch.setattr(worker, "POLL", 0.01)


def errors_in(caplog) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]


@pytest.mark.django_db
def test_purge_that_fails_stops_no_reminder(caplog):
    cycle = make_programme(first_day=1)
    add_default_reminders(cycle)
    make_registration(cycle, confirmed_at=timezone.now() - timedelta(days=60))

    def fail(**kwargs):
        raise IntegrityError(f"({NAME}) is still referenced")

    pre_save.connect(fail, sender=PurgeRun)
    try:
        look_at_the_clock()
    finally:
        pre_save.disconnect(fail, sender=PurgeRun)

    assert Message.objects.filter(kind=MessageKind.REMINDER).count() == 1
    assert errors_in(caplog) == ["purge_once_a_day left for later: IntegrityError"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyError(NAME), "work stopped for 0.02 s: KeyError"),
        (IntegrityError(NAME), "work stopped for 0.02 s: IntegrityError"),
        (OperationalError(NAME), "the database does not answer: OperationalError"),
    ],
)
def test_worker_goes_on_after_a_round_that_fails(
    hurried, stop, courier, letterbox, caplog, error, said
):
    message = outbox.queue(
        MessageKind.CONFIRMATION, registration=make_registration(make_programme())
    )
    rounds = []

    def on_round():
        rounds.append(error)
        if len(rounds) == 1:
            raise error
        if len(rounds) == 3:
            stop.set(15, None)

    work_until(stop, courier, on_round=on_round)

    message.refresh_from_db()
    assert (len(rounds), message.state) == (3, MessageState.SENT)
    assert errors_in(caplog) == [said]


@pytest.mark.django_db(transaction=True)
def test_pause_lengthens_as_long_as_nothing_goes_well(hurried, stop, courier, caplog, monkeypatch):
    monkeypatch.setattr(worker, "LONGEST_PAUSE", 0.03)

    def on_round():
        if len(errors_in(caplog)) == 3:
            stop.set(15, None)
        raise ValueError(NAME)

    work_until(stop, courier, on_round=on_round)

    assert errors_in(caplog) == [
        f"work stopped for {seconds} s: ValueError" for seconds in (0.02, 0.03, 0.03, 0.03)
    ]


def test_program_that_stops_says_why_in_a_line_of_the_log(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "send_messages"],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"},
        capture_output=True,
        text=True,
        check=False,
    )

    line = json.loads(done.stderr)
    assert (done.returncode, done.stdout) == (1, "")
    assert (line["level"], line["error"]) == ("CRITICAL", "OperationalError")
    assert line["message"].startswith("manage.py stopped: no such table")
