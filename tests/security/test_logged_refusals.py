"""What is refused, and what fails, is written as it is in production: one object a line."""

import io
import json
import logging
from datetime import UTC, datetime

import pytest
from django.test import Client

from cycle_lcd.logs import SafeFormatter
from registrations import second_factor
from registrations.roles import COORDINATION
from registrations.views import offer
from tests.factories import make_account, make_programme
from tests.security.sites import FIND, FORM, PASSWORD

pytestmark = pytest.mark.django_db

LOGIN = "/coordination/connexion/"
ACCOUNTS = "registrations.views.accounts"


@pytest.fixture
def logged():
    """The lines that were written since it was last called, each with what it says."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(SafeFormatter())
    loggers = [logging.getLogger(), logging.getLogger("django")]
    for logger in loggers:
        logger.addHandler(handler)

    def read() -> list[tuple[str, str, str]]:
        lines = [json.loads(line) for line in stream.getvalue().splitlines()]
        stream.truncate(0)
        stream.seek(0)
        return [(line["level"], line["logger"], line["message"]) for line in lines]

    yield read
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def test_form_of_another_site_is_logged(logged):
    Client(enforce_csrf_checks=True).post(FORM)

    reason = "Forbidden (CSRF cookie not set.): /cycles/cycle-lcd/inscription/"
    assert logged() == [("WARNING", "django.security.csrf", reason)]


def test_page_that_an_account_may_not_open_is_logged(visitor, logged):
    visitor.force_login(make_account(COORDINATION))
    visitor.get("/admin/")

    assert logged() == [("WARNING", "django.request", "Forbidden (Permission denied): /admin/")]


def test_flood_is_logged(visitor, logged):
    statuses = [visitor.post(FIND, {"email": "a@nord.example.org"}).status_code for _ in range(61)]
    lines = logged()

    assert statuses[-1] == 429
    assert lines[-1] == ("WARNING", "django.request", "Too Many Requests: /mes-inscriptions/")


def test_login_that_is_refused_is_logged(visitor, logged):
    account = make_account(COORDINATION, password=PASSWORD)

    for password in ("mauvais",) * 5:
        visitor.post(LOGIN, {"username": account.username, "password": password})
    wrong = logged()
    visitor.post(LOGIN, {"username": account.username, "password": PASSWORD})
    too_many = logged()

    assert wrong == [("WARNING", ACCOUNTS, "login refused: wrong account or password")] * 5
    assert too_many == [
        ("WARNING", ACCOUNTS, "login refused: too many attempts"),
        ("WARNING", "django.request", f"Too Many Requests: {LOGIN}"),
    ]


def test_code_that_is_refused_is_logged(visitor, logged, settings):
    settings.SECOND_FACTOR = True
    account = make_account(COORDINATION)
    factor = second_factor.begin(account, {})
    now = datetime.now(UTC)
    code = second_factor.code_at(factor.secret, int(now.timestamp()) // second_factor.STEP)
    assert second_factor.confirm(factor, code, now)
    visitor.force_login(account)

    statuses = [visitor.post("/compte/code/", {"code": "000000"}).status_code for _ in range(6)]

    name, user = "registrations.views.second_factor", f"second factor of user {account.pk}"
    lines = [line for line in logged() if line[1] == name]
    assert statuses == [400] * 5 + [429]
    assert lines == [
        *[("WARNING", name, f"{user} refused: wrong code")] * 5,
        ("WARNING", name, f"{user} refused: too many attempts"),
    ]


def test_failure_is_logged(visitor, logged, monkeypatch):
    def fail(now):
        raise ZeroDivisionError

    monkeypatch.setattr(offer, "_cards", fail)
    visitor.get("/")

    assert logged() == [("ERROR", "django.request", "Internal Server Error: /")]


def test_a27_hostile_requests_leave_one_object_a_line(visitor, logged):
    make_programme()
    visitor.get("/nulle%0apart%0d%1b[2J/")
    visitor.get("/x", HTTP_HOST="evil\n.example")
    visitor.post(FORM, {"first_name": '"}\n{"level": "INFO"'}, HTTP_USER_AGENT="x\ny")

    lines = logged()

    assert [line[:2] for line in lines] == [
        ("WARNING", "django.request"),
        ("ERROR", "django.security.DisallowedHost"),
        ("WARNING", "django.request"),
    ]
    assert [message for _, _, message in lines if "\n" in message or "\x1b" in message] == []
