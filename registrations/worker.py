"""What workers do: send what is due, and queue what time alone makes due."""

import logging
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone

from registrations import outbox, pause, services
from registrations.transport import Courier

log = logging.getLogger(__name__)

# Seconds between two looks at an empty queue, and before coming back to a database that is away.
POLL = 0.5
# Seconds between two looks at the clock for reminders and offers.
ROUND = 20


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

    Meanwhile, once a day, what the retention policy keeps no longer is deleted.
    """
    now = timezone.now()
    if with_purge:
        services.purge_once_a_day(now=now)
    if why := pause.in_force():
        log.warning("%s (manage.py resume_messages)", why.value)
        return
    services.lapse_offers(now=now)
    services.serve_waiting_lists(now=now)
    services.queue_reminders(now=now)


def work_until(stop: Stop, courier: Courier, *, on_round: Callable[[], None] | None = None) -> None:
    """Sends what comes until ``stop`` is set, and calls ``on_round`` every ``ROUND`` seconds.

    A database that goes away is waited for.
    """
    next_round = time.monotonic()
    while not stop.is_set():
        try:
            if on_round and time.monotonic() >= next_round:
                next_round = time.monotonic() + ROUND
                on_round()
            send_due(stop, courier)
        except (DatabaseError, InterfaceError) as error:
            # Its text may quote a row.
            log.error("the database does not answer: %s", type(error).__name__)
            connection.close()
        # No work: the server need not keep a connection for us.
        courier.close()
        close_old_connections()
        time.sleep(POLL)


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
