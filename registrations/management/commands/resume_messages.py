from django.core.management.base import BaseCommand, CommandParser

from registrations.pause import in_force, resume
from sessions.typography import count


class Command(BaseCommand):
    help = (
        "Laisse partir les courriels retenus par pause_messages, ou parce que la base a été "
        "restaurée. Avec --drop, abandonne ceux qui attendent\u00a0: après une restauration, la "
        "plupart sont déjà partis."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--drop", action="store_true", help="abandonner ce qui attend")

    def handle(self, *, drop: bool, **options) -> None:
        if in_force() is None:
            self.stdout.write("L’envoi des courriels n’est pas en pause.")
            return
        n_waiting = resume(drop_waiting=drop)
        if drop:
            waiting = count(n_waiting, "courriel abandonné", "courriels abandonnés")
        else:
            waiting = count(n_waiting, "courriel en attente", "courriels en attente")
        self.stdout.write(f"Les courriels repartent\u00a0: {waiting}.")
