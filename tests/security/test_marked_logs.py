"""Everything is done with people whose names are like no other; then every log line is searched."""

import io
import logging

import pytest
from django.test import Client

from cycle_lcd.logs import SafeFormatter
from registrations.models import Registration
from registrations.services import find_links
from registrations.worker import look_at_the_clock
from tests.factories import form_data, make_account, make_programme, make_territory
from tests.security.sites import FIND, FORM, PASSWORD, delivered

pytestmark = pytest.mark.django_db

PERSON = {
    "first_name": "Zébulon-Qx",
    "last_name": "Qwertzuiop",
    "email": "zq7.marque@nord.example.org",
    "phone": "06 98 76 54 32",
    "organisation": "Structure Kjhgfd",
    "job_title": "Fonction Mlkjhg",
    "expectations": "Attente Poiuyt",
    "access_needs": "Besoin Nbvcxw",
}
COLLEAGUE = {"first_name": "Yolande-Wx", "last_name": "Azertyuio", "email": "yw9@nord.example.org"}
MARKS = [
    *("bulon", "Qwertzuiop", "zq7", "98 76 54 32", "698765432", "Kjhgfd", "Mlkjhg", "Poiuyt"),
    *("Nbvcxw", "Yolande", "Azertyuio", "yw9", "Gestionnaire-Zq", "mauvais-secret-zq"),
]


@pytest.fixture
def logged():
    """All that is written, at every level, as it is written in production."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(SafeFormatter())
    loggers = [logging.getLogger(name) for name in ("", "django", "registrations", "sessions")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        # Statements quote their parameters: production logs from INFO on.
        logger.setLevel(logging.INFO)
    yield stream
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def do_everything() -> list[str]:
    """Each thing that people and the team do; the secrets that it made."""
    cycle, territory = make_programme(), make_territory()
    visitor = Client(raise_request_exception=False)
    data = form_data(cycle, territory, **PERSON)
    visitor.post(FORM, {**data, "profile": "0"})
    visitor.post(FORM, data)
    visitor.post(FORM, data)
    visitor.post(FIND, {"email": PERSON["email"]})
    registration = Registration.objects.get()
    space = f"/inscriptions/{registration.token}/"
    for page in ("", "calendrier.ics", "modifier/", "annuler/", "remplacer/", "nulle-part/"):
        visitor.get(f"{space}{page}")
        visitor.put(f"{space}{page}")
    # As mail software cuts and mends it.
    for broken in (registration.token[:-1], f"{registration.token}>", f"{registration.token}."):
        visitor.get(f"/inscriptions/{broken}/")
        visitor.get(f"/inscriptions/{broken}")
    visitor.get(f"/{PERSON['email']}/{PERSON['phone']}/")
    visitor.post(f"{space}remplacer/", COLLEAGUE)
    visitor.post(f"{space}annuler/")
    visitor.post(f"{space}retablir/")
    find_links(PERSON["email"])
    delivered()
    look_at_the_clock()
    Client(enforce_csrf_checks=True).post(FORM, data)
    for password in ("mauvais-secret-zq", "mauvais-secret-zq", PASSWORD):
        visitor.post("/admin/login/", {"username": "Gestionnaire-Zq", "password": password})
    team = Client(raise_request_exception=False)
    team.force_login(make_account(username="Gestionnaire-Zq2"))
    admin = "/admin/registrations/registration/"
    for page in ("", f"?q={PERSON['last_name']}", f"{registration.pk}/change/", "?a__b=Qwertzuiop"):
        team.get(f"{admin}{page}")
    team.post("/coordination/cycles/cycle-lcd/inscrits/exporter/", {"format": "csv"}).close()
    for _ in range(20):
        visitor.post(FIND, {"email": PERSON["email"]})
    return [registration.token, registration.token[:40], registration.link_nonce]


def test_nothing_that_is_logged_names_anybody_or_opens_anything(logged):
    secrets = do_everything()

    lines = logged.getvalue()
    assert lines.count("\n") > 15
    assert [mark for mark in [*MARKS, *secrets] if mark.casefold() in lines.casefold()] == []


def test_search_finds_what_is_not_masked(logged):
    logging.getLogger("registrations").warning("of Qwertzuiop")

    assert "Qwertzuiop" in logged.getvalue()
