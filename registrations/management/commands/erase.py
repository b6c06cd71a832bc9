from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from registrations import services
from registrations.models import Registration
from sessions.typography import count


class Command(BaseCommand):
    help = (
        "Efface de nouveau des inscriptions qui l’étaient déjà, après la restauration d’une "
        "sauvegarde\u00a0: leurs numéros sont dans le journal technique («\u00a0registration 42 "
        "erased\u00a0»). Un numéro inconnu ne fait rien."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("numbers", nargs="+", type=int, metavar="numéro")

    def handle(self, *, numbers: list[int], **options: Any) -> None:
        found = Registration.objects.filter(pk__in=numbers).order_by("pk")
        for registration in found:
            services.erase(registration, cause=services.Cause.ASKED, now=timezone.now())
        self.stdout.write(count(len(found), "inscription effacée", "inscriptions effacées"))
