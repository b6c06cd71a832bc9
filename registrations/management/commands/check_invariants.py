from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from registrations.invariants import problems
from sessions.typography import count


class Command(BaseCommand):
    help = (
        "Vérifie sur les données que les places, les listes d’attente et les courriels sont "
        "justes. Dit ce qui ne l’est pas, par des identifiants, et termine alors par le code 1."
    )

    def handle(self, **options) -> None:
        with transaction.atomic(durable=True):
            if connection.vendor == "postgresql":
                # What the queries find must agree, while people register. SQLite does it anyway.
                connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            found = problems(timezone.now())
        if not found:
            self.stdout.write("Tout est en ordre.")
            return
        for sentence in found:
            self.stdout.write(sentence)
        raise CommandError(count(len(found), "anomalie", "anomalies"))
