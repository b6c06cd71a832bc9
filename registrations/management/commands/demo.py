from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registrations.demo import create_account, open_cycle, register_people
from registrations.roles import COORDINATION
from sessions.agenda import agenda_of
from sessions.programme import load_programme
from sessions.territories import load_territories
from sessions.typography import count, dates


class Command(BaseCommand):
    help = (
        "Prépare la démonstration, sans refaire ce qui existe\u00a0: les territoires, "
        "le programme de 2021 et des inscriptions fictives, le même programme à des dates à venir, "
        "un compte pour l’administration et un pour la coordination."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_HTTPS:
            raise CommandError(
                "SITE_URL commence par https\u00a0: ce site est en service, "
                "la démonstration ne s’y installe pas."
            )
        self._prepare_offer()
        self._prepare_account("admin", role=None)
        self._prepare_account("coordination", role=COORDINATION)

    def _prepare_offer(self) -> None:
        if territories := load_territories():
            self._say(f"{count(len(territories), 'territoire ajouté', 'territoires ajoutés')}.")
        programme, created = load_programme()
        if created:
            self._say("Programme de 2021 ajouté.")
        if people := register_people(programme):
            self._say(f"{count(len(people), 'inscription fictive', 'inscriptions fictives')}.")
        if cycle := open_cycle(programme, timezone.now()):
            self._say(f"Cycle ouvert à l’inscription, les {dates(agenda_of(cycle).starts)}.")

    def _prepare_account(self, username: str, *, role: str | None) -> None:
        password = create_account(username, role=role)
        if password is None:
            said = (
                "mot de passe déjà donné\u202f; "
                f"`manage.py changepassword {username}` pour en changer."
            )
        else:
            said = f"mot de passe {password}, montré cette seule fois."
        self._say(f"Compte {username}\u00a0: {said}")

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
