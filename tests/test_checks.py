"""What `check --deploy` refuses of our own settings."""

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.test import override_settings

from sessions.facts import FACTS


@pytest.fixture(autouse=True)
def _second_factor(settings):
    settings.SECOND_FACTOR = True


def found() -> list[str]:
    messages = run_checks(include_deployment_checks=True)
    return [message.id for message in messages if message.id.startswith("cycle_lcd.")]


@override_settings(THROTTLE=False)
def test_limits_that_are_lifted_are_refused():
    assert "cycle_lcd.E001" in found()


def test_password_alone_is_refused(settings):
    settings.SECOND_FACTOR = False

    assert "cycle_lcd.E002" in found()


@override_settings(THROTTLE=True)
def test_limits_in_force_are_accepted():
    assert settings.THROTTLE
    assert "cycle_lcd.E001" not in found()


@pytest.mark.parametrize(
    ("is_demonstration", "is_https", "is_refused"),
    [(True, True, True), (True, False, False), (False, True, False)],
)
def test_demonstration_on_the_internet_is_refused(is_demonstration, is_https, is_refused):
    with override_settings(DEMONSTRATION=is_demonstration, IS_HTTPS=is_https):
        assert ("cycle_lcd.E002" in found()) is is_refused


LEGAL = {name: "Connu" for fact in FACTS for name in fact.settings}


@override_settings(**LEGAL)
def test_legal_facts_that_are_given_are_accepted():
    assert "cycle_lcd.E003" not in found()


@pytest.mark.parametrize("left", ["", "  ", "à compléter", "À compléter"])
@pytest.mark.parametrize("name", LEGAL)
def test_legal_fact_left_to_complete_is_refused(name, left):
    with override_settings(**(LEGAL | {name: left})):
        assert found() == ["cycle_lcd.E003"]
