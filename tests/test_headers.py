"""Every kind of answer carries the headers that protect whoever reads it."""

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client

from cycle_lcd.middleware import CONTENT_SECURITY_POLICY
from registrations.views import offer
from tests.factories import (
    form_data,
    make_account,
    make_programme,
    make_registration,
    make_territory,
)

FORM = "/cycles/cycle-lcd/inscription/"
EVERYWHERE = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
PRIVATE = {"Cache-Control": "no-store, private", "X-Robots-Tag": "noindex, nofollow"}
SANDBOX = {"Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; sandbox"}


class Visit:
    """The same site as in production, where one may do each thing that has an answer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.cycle = make_programme()
        self.territory = make_territory()
        self.registration = make_registration(self.cycle)
        self.space = f"/inscriptions/{self.registration.token}/"
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **headers) -> HttpResponse:
        return self.client.get(path, secure=True, **headers)

    def post(self, path: str, data: dict | None = None, **headers) -> HttpResponse:
        return self.client.post(path, data or {}, secure=True, **headers)

    def as_staff(self) -> "Visit":
        self.client.force_login(make_account())
        return self

    def that_fails(self, error: type[Exception]) -> HttpResponse:
        def fail(now):
            raise error

        self.monkeypatch.setattr(offer, "_cards", fail)
        return self.get("/")

    def too_often(self) -> HttpResponse:
        return [self.post("/mes-inscriptions/") for _ in range(16)][-1]

    def without_token(self) -> HttpResponse:
        self.client.handler.enforce_csrf_checks = True
        return self.post(FORM)

    def accepted(self) -> HttpResponse:
        return self.post(FORM, form_data(self.cycle, self.territory, email="b@nord.example.org"))


ANSWERS: dict[str, tuple[int, Callable[[Visit], HttpResponse], dict[str, str]]] = {
    "page": (200, lambda visit: visit.get("/"), {}),
    "form": (200, lambda visit: visit.get(FORM), {}),
    "probe": (200, lambda visit: visit.get("/healthz"), {}),
    "static": (200, lambda visit: visit.get("/static/css/site.css"), {}),
    "security.txt": (200, lambda visit: visit.get("/.well-known/security.txt"), {}),
    "space": (200, lambda visit: visit.get(visit.space), PRIVATE),
    "own calendar": (
        200,
        lambda visit: visit.get(f"{visit.space}calendrier.ics"),
        PRIVATE | SANDBOX,
    ),
    "group calendar": (
        200,
        lambda visit: visit.get("/cycles/cycle-lcd/calendrier/delegues.ics"),
        SANDBOX,
    ),
    "admin login": (200, lambda visit: visit.get("/admin/login/"), PRIVATE),
    "admin": (200, lambda visit: visit.as_staff().get("/admin/"), PRIVATE),
    "coordination": (200, lambda visit: visit.as_staff().get("/coordination/"), PRIVATE),
    "export": (
        200,
        lambda visit: visit.as_staff().post(
            "/coordination/cycles/cycle-lcd/inscrits/exporter/", {"format": "csv"}
        ),
        PRIVATE | SANDBOX,
    ),
    "to https": (301, lambda visit: visit.client.get("/"), {}),
    "to the slash": (301, lambda visit: visit.get("/mes-inscriptions"), {}),
    "to log in": (302, lambda visit: visit.get("/coordination/"), PRIVATE),
    "logout": (
        302,
        lambda visit: visit.as_staff().post("/coordination/deconnexion/"),
        PRIVATE | {"Clear-Site-Data": '"cache", "cookies", "storage"'},
    ),
    "accepted": (303, Visit.accepted, {}),
    "form with errors": (400, lambda visit: visit.post(FORM), {}),
    "foreign host": (400, lambda visit: visit.get("/", HTTP_HOST="evil.example"), {}),
    "NUL": (400, lambda visit: visit.get("/?q=%00"), {}),
    "too large": (
        400,
        lambda visit: visit.post(
            "/mes-inscriptions/", {"email": "b@nord.example.org", "a": "a" * 300_000}
        ),
        {},
    ),
    "without CSRF token": (403, Visit.without_token, {}),
    "not found": (404, lambda visit: visit.get("/nulle-part/"), {}),
    "unknown link": (404, lambda visit: visit.get(f"/inscriptions/{'A' * 43}/"), PRIVATE),
    "method": (405, lambda visit: visit.post("/"), {}),
    "too many": (429, Visit.too_often, {}),
    "failure": (500, lambda visit: visit.that_fails(ZeroDivisionError), {}),
    "database away": (503, lambda visit: visit.that_fails(OperationalError), {}),
}


@pytest.fixture
def visit(db, settings, monkeypatch) -> Visit:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    # Served from the sources: tests gather no static files.
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    return Visit(monkeypatch)


@pytest.mark.parametrize("kind", ANSWERS)
def test_answer_carries_every_header(visit, kind):
    status, ask, own = ANSWERS[kind]
    # A browser believes no such header of a page that came without encryption.
    plain = {"Strict-Transport-Security"} if kind == "to https" else set()
    expected = {name: value for name, value in (EVERYWHERE | own).items() if name not in plain}

    answer = ask(visit)

    assert answer.status_code == status, HTTPStatus(answer.status_code)
    assert {name: answer.get(name) for name in expected} == expected
    answer.close()


@pytest.mark.parametrize("path", ["/", FORM, "/mes-inscriptions/", "/coordination/connexion/"])
def test_page_is_not_kept_by_shared_caches(visit, path):
    assert "private" in visit.get(path)["Cache-Control"]


def test_cookies_are_for_this_host_alone_and_out_of_reach_of_scripts(visit, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"

    visit.get(FORM)
    visit.accepted()

    cookies = visit.client.cookies
    assert sorted(cookies) == ["__Host-csrf", "__Host-session"]
    for cookie in cookies.values():
        flags = [cookie[name] for name in ("secure", "httponly", "samesite", "path", "domain")]
        assert flags == [True, True, "Lax", "/", ""]
