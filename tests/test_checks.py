"""What `check --deploy` refuses of our own settings."""

import inspect
import re

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.test import override_settings

from cycle_lcd import checks
from cycle_lcd.environment import Environment
from sessions.facts import FACTS


@pytest.fixture(autouse=True)
def _second_factor(settings):
    settings.SECOND_FACTOR = True


def test_each_check_has_a_number_of_its_own():
    numbers = re.findall(r"cycle_lcd\.[EW]\d{3}", inspect.getsource(checks))

    assert len(numbers) > 5
    assert sorted(numbers) == sorted(set(numbers))


def found() -> list[str]:
    messages = run_checks(include_deployment_checks=True)
    return [message.id for message in messages if message.id.startswith("cycle_lcd.")]


@override_settings(THROTTLE=False)
def test_limits_that_are_lifted_are_refused():
    assert "cycle_lcd.E001" in found()


def test_password_alone_is_refused(settings):
    settings.SECOND_FACTOR = False

    assert "cycle_lcd.E004" in found()


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


@pytest.mark.parametrize(
    ("url", "is_warned"),
    [
        ("postgres://irev@base.irev.example/cycle_lcd", True),
        ("postgres://irev@base.irev.example/cycle_lcd?sslmode=require", True),
        ("postgres://irev@base.irev.example/cycle_lcd?sslmode=verify-full", False),
        ("postgres://irev@192.0.2.1/cycle_lcd", True),
        ("postgres:///cycle_lcd?host=base.irev.example", True),
        ("postgres://irev@127.0.0.1:5433/cycle_lcd", False),
        ("postgres://irev@localhost/cycle_lcd", False),
        ("postgres:////var/run/postgresql/cycle_lcd", False),
        ("postgres:///cycle_lcd", False),
        ("sqlite:////srv/base.sqlite3", False),
    ],
)
def test_distant_database_that_proves_nothing_is_told_of(url, is_warned, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", url)
    database = Environment().db_url("DATABASE_URL", "")
    monkeypatch.setitem(settings.DATABASES, "default", database)

    assert ("cycle_lcd.W001" in found()) is is_warned


@pytest.mark.parametrize(
    ("changed", "is_warned"),
    [
        ({}, True),
        ({"EMAIL_USE_TLS": True}, False),
        ({"EMAIL_USE_SSL": True}, False),
        ({"EMAIL_HOST": "127.0.0.1"}, False),
        ({"DEMONSTRATION": True}, False),
    ],
)
def test_mails_that_leave_in_clear_are_told_of(changed, is_warned):
    plain = {"EMAIL_HOST": "smtp.irev.example", "EMAIL_USE_TLS": False, "EMAIL_USE_SSL": False}

    with override_settings(**plain | {"DEMONSTRATION": False} | changed):
        assert ("cycle_lcd.W002" in found()) is is_warned


LEGAL = {name: "Connu" for fact in FACTS for name in fact.settings}


@override_settings(**LEGAL)
def test_legal_facts_that_are_given_are_accepted():
    assert "cycle_lcd.E003" not in found()


@pytest.mark.parametrize("left", ["", "  ", "à compléter", "À compléter"])
@pytest.mark.parametrize("name", LEGAL)
def test_legal_fact_left_to_complete_is_refused(name, left):
    with override_settings(**(LEGAL | {name: left})):
        assert found() == ["cycle_lcd.E003"]


@pytest.mark.parametrize("name", ["EMAIL_FROM", "EMAIL_BOUNCES"])
@pytest.mark.parametrize(
    ("sender", "numbers"),
    [
        ("IREV <inscriptions@irev.fr>", []),
        ("inscriptions@irev.fr", []),
        ("IREV\u2028Lille <inscriptions@irev.fr>", ["cycle_lcd.E005"]),
        ("IREV <inscriptions@irev>", ["cycle_lcd.E005"]),
        ("IREV <ınscriptions@irev.fr>", ["cycle_lcd.E005"]),
        ("", ["cycle_lcd.E005"]),
    ],
)
def test_sender_that_no_mail_can_name_is_refused(settings, name, sender, numbers):
    setattr(settings, name, sender)

    assert [number for number in found() if number == "cycle_lcd.E005"] == numbers
