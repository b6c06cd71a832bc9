from contextlib import closing
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from registrations.transport import Courier
from registrations.worker import look_at_the_clock, stop_on_signals, work_until


class Command(BaseCommand):
    help = (
        "Fait tout ce qui se fait sans personne\u00a0: envoie les courriels, prépare les rappels, "
        "referme les places proposées restées sans réponse et, une fois par jour, efface les "
        "données dont le terme est passé. Continue jusqu’à ce qu’on l’arrête "
        "(SIGTERM ou Ctrl-C). Plusieurs peuvent tourner en même temps."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-purge", action="store_true", help="n’efface rien, pour une démonstration"
        )

    def handle(self, *, without_purge: bool, **options: Any) -> None:
        on_round = partial(look_at_the_clock, with_purge=not without_purge)
        with stop_on_signals() as stop, closing(Courier()) as courier:
            work_until(stop, courier, on_round=on_round)
