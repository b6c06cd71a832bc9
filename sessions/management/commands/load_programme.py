from typing import Any

from django.core.management.base import BaseCommand

from sessions.programme import load_programme


class Command(BaseCommand):
    help = "Crée le cycle de 2021 sur la lutte contre les discriminations, s’il n’existe pas."

    def handle(self, *args: Any, **options: Any) -> None:
        cycle, created = load_programme()
        if created:
            self.stdout.write(f"Cycle créé\u00a0: {cycle.full_title}.")
        else:
            self.stdout.write(
                f"Ce cycle existe déjà, il n’a pas été modifié\u00a0: {cycle.full_title}."
            )
