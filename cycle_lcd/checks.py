"""What a production must not be started with, beyond what Django checks itself."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


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
