"""What `check --deploy` refuses of our own settings."""

from django.conf import settings
from django.core.checks import run_checks
from django.test import override_settings


def found() -> list[str]:
    messages = run_checks(include_deployment_checks=True)
    return [message.id for message in messages if message.id.startswith("cycle_lcd.")]


@override_settings(THROTTLE=False)
def test_limits_that_are_lifted_are_refused():
    assert "cycle_lcd.E001" in found()


@override_settings(THROTTLE=True)
def test_limits_in_force_are_accepted():
    assert settings.THROTTLE
    assert "cycle_lcd.E001" not in found()
