from contextlib import closing

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registrations import pause
from registrations.transport import Courier
from registrations.worker import send_due, stop_on_signals, work_until
from sessions.typography import count


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
                work_until(stop, courier)
            else:
                n_handled = send_due(stop, courier)
                self.stdout.write(count(n_handled, "courriel traité", "courriels traités"))
                if why := pause.in_force():
                    raise CommandError(why.value)
