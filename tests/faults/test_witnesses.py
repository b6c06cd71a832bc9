"""What each promise rests on, taken away: the promise must be broken, or its test is blind."""

from contextlib import contextmanager
from itertools import islice

import pytest
from django.db import connection
from django.utils import timezone

from registrations.invariants import problems
from registrations.models import Registration
from tests.factories import make_programme
from tests.faults.programs import wait_until
from tests.faults.proof import prove_visits
from tests.faults.test_rush import path_of, register
from tests.faults.visitors import all_at_once, forms

# What is committed is written down ten seconds later at most, and not before.
FORGETFUL_COMMITS = {
    "synchronous_commit": "off",
    "wal_writer_delay": "10s",
    "wal_writer_flush_after": "1GB",
    "wal_buffers": "64MB",
}


def test_counting_without_the_lock_oversells(stage, territory, report):
    figures = report("W20", "witness: 20 people for 2 places, counted unlocked")
    cycle = make_programme(capacity=2)
    people = forms(cycle, territory)

    with stage.programs.web("tests.faults.unlocked") as web:
        all_at_once(web.port, [(path_of(cycle), form) for form in islice(people, 20)])

    figures.numbers["confirmed"] = Registration.objects.confirmed().count()
    assert figures.numbers["confirmed"] > 2
    assert any("places prises pour 2" in sentence for sentence in problems(timezone.now()))


def test_lease_shorter_than_the_send_repeats_mails(stage, cycle, report):
    figures = report("W12", "witness: a lease of 1 s, mails that take 2 s")
    register(cycle, 4)
    stage.sink.slowness = 2

    def n_repeated():
        return len(stage.sink.mails) - len(stage.sink.copies)

    worker = stage.programs.worker
    with worker(FAULTS_LEASE="1"), worker(FAULTS_LEASE="1"):
        wait_until(lambda: n_repeated() >= 2)

    figures.numbers["duplicates"] = n_repeated()


def test_commits_that_do_not_wait_for_the_disk_lose_registrations(stage, cycle, people, report):
    figures = report("W15", "witness: synchronous_commit=off, PostgreSQL crashes")

    with durability(stage.server, FORGETFUL_COMMITS), stage.programs.web() as web:
        attempts = all_at_once(web.port, [(path_of(cycle), form) for form in islice(people, 20)])
        connection.close()
        stage.server.crash()
        stage.server.start()
        with pytest.raises(AssertionError):
            prove_visits(figures, attempts)

    assert figures.numbers["acked"] == 20
    assert figures.numbers["lost"] > 0


@contextmanager
def durability(server, settings):
    """The server restarted with these settings, and as it was afterwards."""
    before = server.settings
    restart(server, {**before, **settings})
    try:
        yield
    finally:
        restart(server, before)


def restart(server, settings):
    connection.close()
    server.stop()
    server.settings = settings
    server.start()
