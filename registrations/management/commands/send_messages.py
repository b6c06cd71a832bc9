import logging
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Event

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from registrations import outbox
from registrations.transport import Courier
from sessions.typography import count

log = logging.getLogger(__name__)

# Seconds between two looks at an empty queue, and before coming back to a database that is away.
POLL = 0.5


class Command(BaseCommand):
    help = (
        "Envoie les courriels dont c’est l’heure, puis s’arrête. Avec --loop, continue jusqu’à ce "
        "qu’on l’arrête (SIGTERM ou Ctrl-C), une fois terminé le courriel en cours. Plusieurs "
        "peuvent tourner en même temps."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="ne pas s’arrêter à la file vide")

    def handle(self, *, loop: bool, **options) -> None:
        with stop_on_signals() as stop, closing(Courier()) as courier:
            if loop:
                send_until(stop, courier)
            else:
                n_handled = send_due(stop, courier)
                self.stdout.write(count(n_handled, "courriel traité", "courriels traités"))


def send_due(stop: Event, courier: Courier) -> int:
    """Handles what is due, until nothing is or ``stop`` is set; how many."""
    n_handled = 0
    while not stop.is_set() and (message := outbox.claim()):
        outbox.deliver(message, courier)
        n_handled += 1
    return n_handled


def send_until(stop: Event, courier: Courier) -> None:
    """Handles what comes until ``stop`` is set. A database that goes away is waited for."""
    while not stop.is_set():
        try:
            send_due(stop, courier)
        except (DatabaseError, InterfaceError) as error:
            # Its text may quote a row.
            log.error("the database does not answer: %s", type(error).__name__)
            connection.close()
        # No work: the server need not keep a connection for us.
        courier.close()
        close_old_connections()
        stop.wait(POLL)


@contextmanager
def stop_on_signals() -> Iterator[Event]:
    """An event that SIGTERM and SIGINT set, in place of ending the process in mid-mail."""
    stop = Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
