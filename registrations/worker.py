"""What workers do: send what is due, and queue what time alone makes due."""

import logging
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import FrameType

from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone

from registrations import outbox, pause, services
from registrations.transport import Courier

log = logging.getLogger(__name__)

# Seconds between two looks at an empty queue, and before coming back to a database that is away.
POLL = 0.5
# Seconds between two looks at the clock for reminders and offers.
ROUND = 20
# The longest pause, in seconds, after what no retry mends.
LONGEST_PAUSE = 60

# What a database raises that is away, and not what it refuses.
AWAY = (OperationalError, InterfaceError)


class Stop:
    """Whether a signal asked to stop.

    No threading.Event: it has a lock, and a handler that sets it while the main thread is about to
    wait for it waits for ever.
    """

    def __init__(self) -> None:
        self._is_set = False

    def set(self, number: int, frame: FrameType | None) -> None:
        """The handler of the signals."""
        self._is_set = True

    def is_set(self) -> bool:
        return self._is_set


def send_due(stop: Stop, courier: Courier) -> int:
    """Handles the messages that are due; how many. Ends early on ``stop`` and in a pause."""
    n_handled = 0
    while not stop.is_set() and not pause.in_force() and (message := outbox.claim()):
        outbox.deliver(message, courier)
        n_handled += 1
    return n_handled


def look_at_the_clock(*, with_purge: bool = True) -> None:
    """Gives the places that time frees and queues the reminders that are due; not in a pause.

    Meanwhile, once a day, what the retention policy keeps no longer is deleted. What fails stops
    none of the others: it says so in the log, and is done at the next round.
    """
    now = timezone.now()
    if with_purge:
        _do(services.purge_once_a_day, now=now)
    if why := pause.in_force():
        log.warning("%s (manage.py resume_messages)", why.value)
        return
    _do(services.lapse_offers, now=now)
    _do(services.serve_waiting_lists, now=now)
    _do(services.queue_reminders, now=now)


def work_until(stop: Stop, courier: Courier, *, on_round: Callable[[], None] | None = None) -> None:
    """Sends what comes until ``stop`` is set, and calls ``on_round`` every ``ROUND`` seconds.

    Nothing else ends it. A database that goes away is waited for; whatever else goes wrong is
    logged, and comes back after a pause that lengthens as long as nothing goes well.
    """
    next_round = time.monotonic()
    delay = POLL
    while not stop.is_set():
        try:
            if on_round and time.monotonic() >= next_round:
                next_round = time.monotonic() + ROUND
                on_round()
            send_due(stop, courier)
            delay = POLL
        except AWAY as error:
            log.error("the database does not answer: %s", type(error).__name__)
            connection.close()
        except Exception as error:
            delay = min(2 * delay, LONGEST_PAUSE)
            log.error("work stopped for %s s: %s", delay, type(error).__name__, exc_info=True)
        # No work: the server need not keep a connection for us.
        courier.close()
        close_old_connections()
        _wait(stop, delay)


def _do(work: Callable[..., object], *, now: datetime) -> None:
    try:
        work(now=now)
    except AWAY:
        raise
    except Exception as error:
        name = getattr(work, "__name__", "work")
        log.error("%s left for later: %s", name, type(error).__name__, exc_info=True)


def _wait(stop: Stop, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not stop.is_set() and time.monotonic() < until:
        time.sleep(min(POLL, seconds))


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """What SIGTERM and SIGINT set, in place of ending the process in mid-mail."""
    stop = Stop()
    before = {number: signal.signal(number, stop.set) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
