from contextlib import closing

from django.core.management.base import BaseCommand

from registrations.transport import Courier
from registrations.worker import look_at_the_clock, stop_on_signals, work_until


class Command(BaseCommand):
    help = (
        "Fait tout ce qui se fait sans personne : envoie les courriels, prépare les rappels, "
        "referme les places proposées restées sans réponse. Continue jusqu’à ce qu’on l’arrête "
        "(SIGTERM ou Ctrl-C). Plusieurs peuvent tourner en même temps."
    )

    def handle(self, **options) -> None:
        with stop_on_signals() as stop, closing(Courier()) as courier:
            work_until(stop, courier, on_round=look_at_the_clock)
