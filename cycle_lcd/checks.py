"""What a production must not be started with, beyond what Django checks itself."""

from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Doubt
from django.core.exceptions import ValidationError

from sessions.cleaning import check_contact, check_line
from sessions.facts import FACTS

# How a server on this machine is named, but for the folder of a socket.
ON_THIS_MACHINE = {"", "localhost", "127.0.0.1", "::1"}


@register(Tags.security, deploy=True)
def check_second_factor(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.SECOND_FACTOR:
        return []
    return [
        Error(
            "SECOND_FACTOR=off ouvre les listes de personnes avec un seul mot de passe.",
            hint="C’est pour essayer\u00a0: ôtez cette variable de l’environnement.",
            id="cycle_lcd.E004",
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


@register(deploy=True)
def check_senders(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """No mail leaves from a name or an address that its headers cannot hold."""
    return [
        Error(
            f"{name} ne s’écrit pas dans un courriel.",
            hint="Par exemple\u00a0: IREV <inscriptions@irev.fr>.",
            id="cycle_lcd.E005",
        )
        for name in ("EMAIL_FROM", "EMAIL_BOUNCES")
        if not _is_sender(getattr(settings, name))
    ]


def _is_sender(value: str) -> bool:
    address = parseaddr(value)[1]
    try:
        check_line(value)
        check_contact(address)
    except ValidationError:
        return False
    return bool(address)


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


@register(Tags.security, deploy=True)
def check_database_is_the_right_one(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Elsewhere than on this machine, a database proves who it is, and nobody reads on the way."""
    database = settings.DATABASES["default"]
    options = database.get("OPTIONS", {})
    host = options.get("host") or database.get("HOST", "")
    is_local = host in ON_THIS_MACHINE or host.startswith("/")
    if database["ENGINE"] != "django.db.backends.postgresql" or is_local:
        return []
    if options.get("sslmode") == "verify-full":
        return []
    return [
        Doubt(
            "La base de données est sur une autre machine, dont rien ne vérifie l’identité.",
            hint="Ajoutez ?sslmode=verify-full à DATABASE_URL\u00a0; .env.example l’explique.",
            id="cycle_lcd.W001",
        )
    ]


@register(Tags.security, deploy=True)
def check_mails_are_encrypted(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    is_local = settings.DEMONSTRATION or settings.EMAIL_HOST in ON_THIS_MACHINE
    if is_local or settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL:
        return []
    return [
        Doubt(
            "Les courriels vont en clair au serveur d’envoi, liens personnels compris.",
            hint="Écrivez EMAIL_URL avec smtp+tls: ou smtp+ssl:.",
            id="cycle_lcd.W002",
        )
    ]
