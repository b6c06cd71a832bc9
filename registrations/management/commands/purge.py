from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from registrations import services
from registrations.exceptions import ClockDoubted
from registrations.retention import Fate, policy
from registrations.services.purging import due
from sessions.typography import NBSP, moment


class Command(BaseCommand):
    help = (
        "Efface les données personnelles dont le terme est passé, d’après "
        "registrations/data/retention.toml, et l’écrit au registre des destructions. "
        "À lancer chaque jour si run_worker ne tourne pas. Répéter n’efface rien de plus."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="dit ce qui serait effacé, sans rien effacer"
        )

        parser.add_argument(
            "--anyway",
            action="store_true",
            help="efface même si l’horloge paraît fausse\u00a0: regardez-la d’abord",
        )

    def handle(self, *, dry_run: bool, anyway: bool, **options: Any) -> None:
        now = timezone.now()
        if dry_run:
            rules = [rule for rule in policy().rules if rule.fate is not Fate.KEEP]
            counts = {rule.key: n for rule in rules if (n := due(rule, now).count())}
        else:
            counts = self._purge(now, anyway)
        if not counts:
            self.stdout.write("Rien n’est arrivé à son terme.")
        for key, n in counts.items():
            rule = policy().rule(key)
            self.stdout.write(f"{rule.data}, {rule.until}{NBSP}: {n}")

    def _purge(self, now: datetime, anyway: bool) -> dict[str, int]:
        try:
            return services.purge(now=now, anyway=anyway)
        except ClockDoubted as doubted:
            raise CommandError(
                f"{doubted} Rien n’est effacé. Si la date d’aujourd’hui est juste, "
                f"{moment(now)}, relancez avec --anyway."
            ) from None
