"""Mails, while workers, the SMTP server or the network fail."""

import sys
import time

import pytest

from registrations.models import Message, Registration
from registrations.models.messages import MessageKind
from registrations.states import MessageState
from tests.faults.programs import wait_until
from tests.faults.proof import prove_data, prove_mails, waits
from tests.faults.test_rush import register
from tests.smtp import HANG_UP

N_MAILS = 20
N_KILLS = 4
# Seconds; shorter than the product's, and longer than a mail takes here.
SHORT_LEASE = {"FAULTS_LEASE": "3"}


def n_in(*states):
    return Message.objects.filter(state__in=states).count()


def wait_for_attempts():
    """Until each message was tried, and is settled or waits for the next attempt."""
    untried = Message.objects.filter(attempts=0) | Message.objects.filter(
        state=MessageState.SENDING
    )
    wait_until(lambda: not untried.exists())


# Workers


@pytest.mark.both_engines
def test_f03_worker_killed_after_it_claimed(stage, cycle, report):
    figures = report("F03", f"worker killed {N_KILLS} times after it claimed a mail")
    register(cycle, N_MAILS)
    stage.sink.answers["EHLO"] = [lambda: worker.kill()] * N_KILLS

    with stage.programs.worker(**SHORT_LEASE) as worker:
        prove_mails(figures, stage.sink)

    prove_data(figures)
    assert worker.n_starts == N_KILLS + 1


@pytest.mark.both_engines
def test_f04_worker_killed_before_it_knew_that_the_mail_was_kept(stage, cycle, report):
    figures = report("F04", f"worker killed {N_KILLS} times between 250 and commit")
    register(cycle, N_MAILS)
    stage.sink.answers["KEPT"] = [None, lambda: worker.kill()] * N_KILLS

    with stage.programs.worker(**SHORT_LEASE) as worker:
        # The repetition that SMTP makes unavoidable: one for each kill, no more.
        prove_mails(figures, stage.sink, n_copies=N_KILLS)

    prove_data(figures)
    assert worker.n_starts == N_KILLS + 1
    # Of one mail or of several: the repetition of a copy may be killed as well.
    assert figures.numbers["duplicates"] == N_KILLS


def test_f05_worker_killed_while_it_talks(stage, cycle, report):
    figures = report("F05", "worker killed at RCPT, then at DATA, twice each")
    register(cycle, N_MAILS)
    stage.sink.answers["RCPT"] = [None, lambda: worker.kill()] * 2
    stage.sink.answers["DATA"] = [None] * 6 + [lambda: worker.kill()] * 2

    with stage.programs.worker(**SHORT_LEASE) as worker:
        # Killed at DATA, the server may have it all.
        prove_mails(figures, stage.sink, n_copies=2)

    prove_data(figures)
    assert worker.n_starts == 5


def test_f29_worker_an_hour_ahead(stage, cycle, report):
    figures = report("F29", "one of two workers is an hour ahead")
    register(cycle, N_MAILS)
    stage.sink.slowness = 0.2

    early = [sys.executable, "-m", "tests.faults.early", "run_worker"]
    with stage.programs.run("early", early), stage.programs.worker():
        prove_mails(figures, stage.sink)

    prove_data(figures)


# The server


def test_f06_server_down(stage, cycle, report):
    figures = report("F06", "SMTP port closed, then hung up at the greeting")
    register(cycle, N_MAILS)
    stage.sink.stop()

    with stage.programs.worker():
        wait_for_attempts()
        assert n_in(MessageState.QUEUED) == N_MAILS
        assert waits()[0] > 0
        assert waits()[-1] <= 11
        stage.sink.answers["BANNER"] = [HANG_UP] * 5
        stage.sink.start()
        prove_mails(figures, stage.sink, hurried=True)

    prove_data(figures)


def test_f07_server_that_closes_or_is_full(stage, cycle, report):
    figures = report("F07", "421 at the greeting, 452 at MAIL")
    register(cycle, N_MAILS)
    stage.sink.answers["BANNER"] = ["421 4.3.2 closing"] * 3
    stage.sink.answers["MAIL"] = ["452 4.3.1 no space"] * 3

    with stage.programs.worker():
        wait_for_attempts()
        assert n_in(MessageState.QUEUED) == 6
        prove_mails(figures, stage.sink, hurried=True)

    prove_data(figures)


def test_f08_greylisting(stage, cycle, report):
    figures = report("F08", "451 to each recipient the first time")
    register(cycle, N_MAILS)
    seen = set()

    def greylist(address):
        if address in seen:
            return None
        seen.add(address)
        return "451 4.7.1 come back later"

    stage.sink.refusal = greylist
    with stage.programs.worker():
        wait_for_attempts()
        assert n_in(MessageState.QUEUED) == N_MAILS
        prove_mails(figures, stage.sink, hurried=True)

    prove_data(figures)
    assert set(Message.objects.values_list("attempts", flat=True)) == {2}


def test_f09_recipients_refused(stage, cycle, report):
    figures = report("F09", "550 for one recipient in ten")
    register(cycle, 27)
    register(cycle, 3, prefix="inconnu")
    stage.sink.refusal = lambda address: "550 5.1.1 unknown" if "inconnu" in address else None

    with stage.programs.worker():
        # Nobody waits behind them.
        prove_mails(figures, stage.sink, n_failed=3)

    prove_data(figures)
    failed = Message.objects.filter(state=MessageState.FAILED)
    assert set(failed.values_list("attempts", "last_answer")) == {(1, "550 5.1.1 unknown")}
    assert {message.recipient.split("-")[0] for message in failed} == {"inconnu"}


def test_f10_content_refused(stage, cycle, report):
    figures = report("F10", "554 after DATA for 2 mails of 20")
    register(cycle, N_MAILS)
    stage.sink.answers["DATA"] = [None, "554 5.7.1 looks like spam"] * 2

    with stage.programs.worker():
        prove_mails(figures, stage.sink, n_failed=2)

    prove_data(figures)


@pytest.mark.both_engines
def test_f11_cut_after_data(stage, cycle, report):
    figures = report("F11", "cut after DATA, before 250, for 4 mails of 20")
    register(cycle, N_MAILS)
    stage.sink.answers["KEPT"] = [None, HANG_UP] * 4

    with stage.programs.worker():
        wait_for_attempts()
        # The server may have them: the wait is what keeps repetitions few.
        assert [wait > 14 * 60 for wait in waits()] == [True] * 4
        prove_mails(figures, stage.sink, n_copies=4, hurried=True)

    prove_data(figures)
    assert figures.numbers["duplicates"] == 4
    assert max(stage.sink.copies.values()) == 2


def test_f12_slow_answer_to_data(stage, cycle, report):
    figures = report("F12", "250 comes after 4 s, two workers")
    register(cycle, 4)
    stage.sink.slowness = 4

    with stage.programs.worker(), stage.programs.worker():
        prove_mails(figures, stage.sink)

    prove_data(figures)


def test_f13_slow_greeting(stage, cycle, report):
    figures = report("F13", "one connection is greeted after 8 s, of two workers")
    register(cycle, N_MAILS)
    stage.sink.banner_delays = [8]

    with stage.programs.worker(FAULTS_EMAIL_TIMEOUT="4"), stage.programs.worker():
        waited = wait_until(lambda: len(stage.sink.mails) == N_MAILS - 1)
        prove_mails(figures, stage.sink, hurried=True)

    figures.numbers["others-after"] = round(waited, 1)
    prove_data(figures)


def test_f14_poison_rows(stage, cycle, report):
    figures = report("F14", "an address and a row that no mail can be made of")
    registrations = register(cycle, N_MAILS)
    # As if it had come in before what refuses it now.
    Registration.objects.filter(pk=registrations[0].pk).update(email="user@example.org\u202e")
    # Without what this kind needs to be built.
    Message.objects.create(registration=registrations[1], kind=MessageKind.LINK_ADDED)

    with stage.programs.worker():
        prove_mails(figures, stage.sink, n_failed=2)

    prove_data(figures)
    assert figures.numbers["sent"] == N_MAILS - 1


# Backups


@pytest.mark.both_engines
def test_f44_restored_backup(stage, cycle, report, tmp_path):
    figures = report("F44", "restored from a backup with mails to send")
    register(cycle, N_MAILS)
    worker_log = tmp_path / "worker.log"
    with stage.programs.worker():
        wait_until(lambda: len(stage.sink.mails) == N_MAILS)
        wait_until(lambda: n_in(MessageState.SENT) == N_MAILS)
    register(cycle, N_MAILS, prefix="ensuite")
    stage.databases.backup(tmp_path / "backup")
    with stage.programs.worker():
        prove_mails(figures, stage.sink)

    stage.databases.restore(tmp_path / "backup")
    with stage.programs.worker():
        wait_until(lambda: "restaurée" in worker_log.read_text())
        # Registrations go on meanwhile.
        register(cycle, 1, prefix="entre-temps")
        # Several looks at the queue: what must not happen cannot be waited for.
        time.sleep(2)
    figures.numbers["after-restoring"] = len(stage.sink.mails) - 2 * N_MAILS
    assert figures.numbers["after-restoring"] == 0
    assert n_in(MessageState.QUEUED) == N_MAILS + 1

    said = stage.programs.manage("resume_messages", "--drop")
    assert said == f"Les courriels repartent\u00a0: {N_MAILS + 1}\u00a0courriels abandonnés.\n"
    register(cycle, 1, prefix="apres")
    with stage.programs.worker():
        wait_until(lambda: len(stage.sink.mails) == 2 * N_MAILS + 1)
    prove_data(figures)
