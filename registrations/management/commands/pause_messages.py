from django.core.management.base import BaseCommand

from registrations.pause import pause


class Command(BaseCommand):
    help = "Retient les courriels, rappels compris, jusqu’à resume_messages. Rien n’est perdu."

    def handle(self, **options) -> None:
        pause()
        self.stdout.write("L’envoi des courriels est en pause.")
