"""The web server and its database, killed and restarted while people register."""

import os
import signal
import sqlite3
import time
from contextlib import contextmanager
from itertools import islice
from threading import Timer

import psycopg2
import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection

from registrations.models import Message, Registration, RequestCount
from registrations.states import MessageState
from tests.faults.programs import wait_until
from tests.faults.proof import RECOVERY, let_leases_end, prove_data, prove_mails, prove_visits
from tests.faults.test_rush import path_of
from tests.faults.visitors import Load, all_at_once

AT_ONCE = 4


def send_again(web, cycle, load):
    """Whoever was not thanked sends the same form again, and is; what was saved is not doubled."""
    refused = [each.form for each in load.attempts if not each.answer.thanks]
    known = set(Registration.objects.values_list("email", flat=True))
    n_new = len({form["email"] for form in refused} - known)
    attempts = all_at_once(web.port, [(path_of(cycle), form) for form in refused])

    assert all(each.answer.thanks for each in attempts)
    assert Registration.objects.count() == len(known) + n_new


def back_after(load, moment):
    """When somebody who came after ``moment`` was thanked."""

    def thanked():
        return [each for each in load.attempts if each.began_at > moment and each.answer.thanks]

    wait_until(thanked)
    return min(each.ended_at for each in thanked())


def test_f01_web_workers_killed(stage, cycle, people, report):
    figures = report("F01", "8 web workers killed in mid-request")

    with stage.programs.web() as web:
        with Load(web.port, path_of(cycle), people, AT_ONCE) as load:
            for number in range(8):
                n_done = len(load.attempts)
                wait_until(lambda n=n_done: len(load.attempts) >= n + 8)
                os.kill(web.program.children()[number % 2], signal.SIGKILL)
        prove_visits(figures, load.attempts, n_under_way=8 * AT_ONCE, outage=(0, time.monotonic()))
        send_again(web, cycle, load)

    with stage.programs.worker():
        prove_mails(figures, stage.sink)
    prove_data(figures)


def test_f02_web_server_killed(stage, cycle, people, report):
    figures = report("F02", "gunicorn itself killed, and started again")

    with stage.programs.web() as web:
        with Load(web.port, path_of(cycle), people, AT_ONCE) as load:
            wait_until(lambda: len(load.attempts) >= 20)
            killed_at = time.monotonic()
            web.program.kill()
            wait_until(lambda: web.program.n_starts == 2)
            restarted_at = time.monotonic()
            back_at = back_after(load, restarted_at)
        figures.numbers["back-after"] = round(back_at - killed_at, 1)
        prove_visits(figures, load.attempts, n_under_way=AT_ONCE, outage=(killed_at, back_at))
        send_again(web, cycle, load)

    prove_data(figures)


def play_outage(stage, cycle, people, figures, cause):
    """People register and mails leave while ``cause`` takes the database away and back.

    ``cause`` returns when it was over. Returns what visitors were told meanwhile.
    """
    with stage.programs.worker(), stage.programs.web() as web:
        with Load(web.port, path_of(cycle), people, AT_ONCE) as load:
            wait_until(lambda: len(load.attempts) >= 40)
            began_at = time.monotonic()
            ended_at = cause()
            back_at = back_after(load, ended_at)
            n_done = len(load.attempts)
            wait_until(lambda: len(load.attempts) >= n_done + 40)
        figures.numbers["back-after"] = round(back_at - ended_at, 1)
        prove_visits(figures, load.attempts, n_under_way=AT_ONCE, outage=(began_at, ended_at))
        assert back_at - ended_at < RECOVERY
        unavailable = [each.answer for each in load.attempts if each.answer.status == 503]
        prove_said(unavailable)
        send_again(web, cycle, load)
        # A mail that was claimed and not read yet when the database went.
        wait_until(lambda: not Message.objects.filter(state=MessageState.QUEUED).exists())
        let_leases_end()
        prove_mails(figures, stage.sink)
    prove_data(figures)
    return unavailable


def prove_said(unavailable):
    """Whoever met the fault was told that it would pass, in French."""
    assert all(answer.headers["retry-after"] == "30" for answer in unavailable)
    assert all("Service momentanément indisponible" in answer.body for answer in unavailable)


def test_f15_database_crashes(stage, cycle, people, report):
    figures = report("F15", "PostgreSQL crashes, back after 1.5 s")

    def crash():
        stage.server.crash()
        time.sleep(1.5)
        stage.server.start()
        connection.close()
        return time.monotonic()

    unavailable = play_outage(stage, cycle, people, figures, crash)

    assert unavailable
    assert stage.programs.manage("check_invariants") == "Tout est en ordre.\n"


def test_f16_database_backend_killed(stage, cycle, people, report):
    figures = report("F16", "a backend of PostgreSQL killed: all restart")

    def kill():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            (pid,) = cursor.fetchone()
        os.kill(pid, signal.SIGKILL)
        connection.close()
        wait_until(is_back)
        return time.monotonic()

    play_outage(stage, cycle, people, figures, kill)


def is_back():
    """Whether the database answers, on a new connection."""
    try:
        connection.ensure_connection()
    except OperationalError:
        return False
    finally:
        connection.close()
    return True


def test_f35_web_server_reloads(stage, cycle, people, report):
    figures = report("F35", "gunicorn reloads twice under load")

    with stage.programs.web() as web, Load(web.port, path_of(cycle), people, AT_ONCE) as load:
        for _ in range(2):
            before = set(web.program.children())
            web.program.signal(signal.SIGHUP)
            wait_until(lambda old=before: not old & set(web.program.children()))
            n_done = len(load.attempts)
            wait_until(lambda n=n_done: len(load.attempts) >= n + 30)

    prove_visits(figures, load.attempts)
    prove_data(figures)


def test_f41_counts_of_requests_down(stage, cycle, people, report):
    figures = report("F41", "the cache and the counts of requests are away")
    User.objects.create_user("camille", password="une phrase assez longue", is_staff=True)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {RequestCount._meta.db_table} RENAME TO gone")

    with stage.programs.web(THROTTLE="on", FAULTS_CACHE="tests.faults.caches.DownCache") as web:
        attempts = all_at_once(web.port, [(path_of(cycle), form) for form in islice(people, 20)])
        credentials = {"username": "camille", "password": "une phrase assez longue"}
        [login] = all_at_once(web.port, [("/coordination/connexion/", credentials)])

    prove_visits(figures, attempts)
    prove_data(figures)
    # People are let through, whom nobody can count; no password is tried.
    figures.numbers["login"] = login.answer.status
    assert login.answer.status == 500
    assert User.objects.get().last_login is None


@pytest.mark.both_engines
def test_f26_another_writer_holds_what_registering_needs(stage, cycle, people, report):
    figures = report("F26", "another writer holds the lock for 2 s, then 8 s")
    # No more than a web worker has threads: nobody comes once the others gave up.
    posts = [(path_of(cycle), form) for form in islice(people, 8)]

    # What PostgreSQL's own lock_timeout is; the product's for SQLite is 20 s.
    with stage.programs.web(FAULTS_SQLITE_TIMEOUT="5") as web:
        with hold(stage, cycle, 2):
            patient = all_at_once(web.port, posts[:4])
        with hold(stage, cycle, 8):
            impatient = all_at_once(web.port, posts[4:])
        again = all_at_once(web.port, posts[4:])

    # On PostgreSQL, whoever gets to the head of the queue begins to wait anew, and may succeed.
    refused = [each.answer for each in impatient if not each.answer.thanks]
    figures.numbers["refused"] = len(refused)
    assert {answer.status for answer in refused} == {503}
    prove_said(refused)
    prove_visits(figures, [*patient, *again])
    prove_data(figures)


@contextmanager
def hold(stage, cycle, seconds):
    """Holds for so long what registering takes first, on a connection of its own."""
    if connection.vendor == "sqlite":
        other = sqlite3.connect(
            connection.settings_dict["NAME"], isolation_level=None, check_same_thread=False
        )
        other.execute("BEGIN IMMEDIATE")
    else:
        other = psycopg2.connect(
            host=stage.server.folder, user="postgres", dbname=connection.settings_dict["NAME"]
        )
        other.cursor().execute("SELECT 1 FROM training_cycle WHERE id = %s FOR UPDATE", [cycle.pk])
    timer = Timer(seconds, other.rollback)
    timer.start()
    try:
        yield
    finally:
        timer.join()
        other.close()
