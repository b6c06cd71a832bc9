"""What must hold after each fault, and the figures of how it went.

I1 what was acknowledged is there; I2 what was saved without being acknowledged was under way, and
sending it again adds nothing; I3, I4, I6 see ``registrations.invariants``; I5 mails; I7 errors only
while the cause lasts; I8 a list that is taken away is the list.
"""

import time
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from registrations.exports.attendees import export_roster
from registrations.exports.responses import FileFormat
from registrations.invariants import problems
from registrations.models import Message, Registration
from registrations.rosters import Roster
from registrations.states import MessageState
from sessions.models import Cycle
from tests.factories import make_account
from tests.faults.programs import wait_until
from tests.faults.sink import Sink
from tests.faults.visitors import Attempt

# Seconds within which all is well again once the cause of a fault is gone.
RECOVERY = 5


@dataclass
class Figures:
    """One line; what a fault is not about is left out."""

    fault: str
    what: str
    began_at: float = field(default_factory=time.monotonic)
    numbers: dict[str, float] = field(default_factory=dict)

    def line(self) -> str:
        numbers = "  ".join(f"{name} {number}" for name, number in self.numbers.items())
        seconds = time.monotonic() - self.began_at
        return f"{self.fault}  {self.what:<46}  {numbers}  ({seconds:.1f} s)"


def prove_visits(
    figures: Figures,
    attempts: list[Attempt],
    *,
    n_under_way: int = 0,
    outage: tuple[float, float] | None = None,
) -> None:
    """I1, I2, I7: of visitors who registered during a fault, each with an address of their own.

    ``n_under_way`` bounds what was saved without a thank you; ``outage`` is when errors may come.
    """
    acknowledged = {each.form["email"] for each in attempts if each.answer.thanks}
    refused = [each for each in attempts if not each.answer.thanks]
    saved = set(Registration.objects.values_list("email", flat=True))
    unacknowledged = saved & {each.form["email"] for each in refused} - acknowledged
    figures.numbers |= {
        "acked": len(acknowledged),
        "lost": len(acknowledged - saved),
        "saved-unacked": len(unacknowledged),
        "errors": len(refused),
    }
    assert acknowledged
    assert acknowledged - saved == set()
    assert len(unacknowledged) <= n_under_way
    if outage is None:
        assert [each.answer.status for each in refused] == []
    else:
        began_at, ended_at = outage
        assert {each.answer.status for each in refused} - {0, 503} == set()
        assert all(each.ended_at >= began_at for each in refused)
        assert all(each.began_at <= ended_at + RECOVERY for each in refused)


def prove_mails(
    figures: Figures, sink: Sink, *, n_copies: int = 0, n_failed: int = 0, hurried: bool = False
) -> None:
    """I5, I6: waits until nothing is left to send, then compares the outbox and what arrived.

    ``n_copies`` bounds how many deliveries may be repeated, each under its own Message-ID.
    ``hurried`` lets the time until the next attempts pass.
    """

    def is_done() -> bool:
        if hurried:
            let_time_pass()
        return not waiting.exists()

    waiting = Message.objects.filter(state__in=[MessageState.QUEUED, MessageState.SENDING])
    wait_until(is_done)
    sent = set(Message.objects.filter(state=MessageState.SENT).values_list("message_id", flat=True))
    failed = Message.objects.filter(state=MessageState.FAILED)
    copies = sink.copies
    n_repeated = sum(copies.values()) - len(copies)
    figures.numbers |= {
        "sent": len(sent),
        "lost-mails": len(sent - set(copies)),
        "duplicates": n_repeated,
        "failed": failed.count(),
    }
    assert set(copies) == sent
    assert n_repeated <= n_copies
    assert failed.count() == n_failed
    assert not failed.filter(last_answer="").exists()


def prove_data(figures: Figures) -> None:
    """I3, I4, I6, I8: the data agree with each other, and lists with them."""
    assert problems(timezone.now()) == []
    account = User.objects.filter(username="camille").first() or make_account()
    for cycle in Cycle.objects.all():
        roster = Roster(cycle)
        file = export_roster(roster, FileFormat.CSV, by=account, now=timezone.now())
        n_rows = b"".join(file).count(b"\r\n") - 1
        file.close()
        assert n_rows == roster.registrations.count()


def let_time_pass() -> None:
    """Makes what waits for a later attempt due at once, as if the time had gone by."""
    Message.objects.filter(state=MessageState.QUEUED).update(next_attempt_at=Now())


def let_leases_end() -> None:
    """Makes what no worker has in hand any more due again, as if the time had gone by."""
    Message.objects.filter(state=MessageState.SENDING).update(
        leased_until=Now() - timedelta(seconds=1)
    )


def waits() -> list[float]:
    """Seconds that each message still waits before its next attempt, the shortest first."""
    queued = Message.objects.filter(state=MessageState.QUEUED)
    left = queued.annotate(left=F("next_attempt_at") - Now()).values_list("left", flat=True)
    return sorted(each.total_seconds() for each in left)
