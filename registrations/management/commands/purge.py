from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from registrations import services
from registrations.retention import Fate, policy
from registrations.services.purging import due
from sessions.typography import NBSP


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

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        if dry_run:
            rules = [rule for rule in policy().rules if rule.fate is not Fate.KEEP]
            counts = {rule.key: n for rule in rules if (n := due(rule, now).count())}
        else:
            counts = services.purge(now=now)
        if not counts:
            self.stdout.write("Rien n’est arrivé à son terme.")
        for key, n in counts.items():
            rule = policy().rule(key)
            self.stdout.write(f"{rule.data}, {rule.until}{NBSP}: {n}")
