"""What a production must not be started with, beyond what Django checks itself."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from sessions.facts import FACTS


@register(Tags.security, deploy=True)
def check_second_factor(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.SECOND_FACTOR:
        return []
    return [
        Error(
            "SECOND_FACTOR=off ouvre les listes de personnes avec un seul mot de passe.",
            hint="C’est pour essayer\u00a0: ôtez cette variable de l’environnement.",
            id="cycle_lcd.E002",
        )
    ]


@register(Tags.security, deploy=True)
def check_throttle(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.THROTTLE:
        return []
    return [
        Error(
            "THROTTLE=off lève toutes les limites de fréquence.",
            hint="C’est pour des essais de charge\u00a0: ôtez cette variable de l’environnement.",
            id="cycle_lcd.E001",
        )
    ]


@register(Tags.security, deploy=True)
def check_mails_leave(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """A demonstration shows to anybody the mails that it keeps, personal links included."""
    if not (settings.DEMONSTRATION and settings.IS_HTTPS):
        return []
    return [
        Error(
            "EMAIL_URL=filemail: montre les courriels à tous au lieu de les envoyer.",
            hint="C’est pour une démonstration\u00a0: donnez un serveur d’envoi.",
            id="cycle_lcd.E002",
        )
    ]


@register(Tags.security, deploy=True)
def check_legal_facts(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """The law asks for them, and a public body may not say « à compléter »."""
    return [
        Error(
            f"{name} est à compléter\u00a0: les pages légales du site le disent.",
            hint="Donnez cette variable\u00a0; .env.example l’explique.",
            id="cycle_lcd.E003",
        )
        for fact in FACTS
        for name in fact.missing
    ]
