"""Threats A6, A7 and A22 as a browser plays them: another origin, and a scanner of mails."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Error, Page, expect

from registrations.models import Registration
from registrations.services import ask_replacement
from registrations.states import Status
from tests.factories import (
    form_data,
    in_days,
    make_invitation,
    make_programme,
    make_registration,
    make_territory,
)
from tests.security.sites import FIND, FORM, delivered, links, rows


class Elsewhere:
    """A site of another origin, on loopback too: its pages, and how each was asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.asked: dict[str, Message] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked[self.path] = self.headers
                content = f"<!doctype html><title>x</title>{site.pages.get(self.path, '')}".encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # Another host as well as another port, for a browser.
        self.url = f"http://localhost:{self.server.server_port}"


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    site = Elsewhere()
    thread = threading.Thread(target=site.server.serve_forever)
    thread.start()
    yield site
    site.server.shutdown()
    thread.join()
    site.server.server_close()


@pytest.fixture
def visitor(browser: Browser, live_server) -> Iterator[Page]:
    """A browser that goes where it is led: that of the other tests is cut off from elsewhere."""
    context = browser.new_context(base_url=live_server.url, locale="fr-FR")
    yield context.new_page()
    context.close()


def test_a22_page_of_another_origin_shows_nothing_of_ours(visitor, elsewhere, live_server):
    registration = make_registration(make_programme())
    framed = ["/", FORM, f"/inscriptions/{registration.token}/", "/admin/login/"]
    elsewhere.pages["/own/"] = "<p>La leur</p>"

    for address in [f"{elsewhere.url}/own/", *(f"{live_server.url}{path}" for path in framed)]:
        elsewhere.pages["/"] = f'<iframe src="{address}"></iframe>'
        visitor.goto(f"{elsewhere.url}/")
        visitor.wait_for_load_state("networkidle")
        [frame] = visitor.frames[1:]
        is_ours = address.startswith(live_server.url)
        assert (address, frame.url.startswith("chrome-error:")) == (address, is_ours)
        if not is_ours:
            expect(frame.get_by_text("La leur")).to_be_visible()


def test_a06_another_origin_is_not_told_of_the_personal_page_that_led_to_it(visitor, elsewhere):
    registration = make_registration(make_programme())
    elsewhere.pages["/from-there/"] = ""

    def follow_a_link(page: str, to: str) -> str | None:
        visitor.goto(page)
        visitor.evaluate(
            """address => {
                const link = document.createElement("a");
                link.href = address;
                document.body.append(link);
                link.click();
            }""",
            f"{elsewhere.url}{to}",
        )
        visitor.wait_for_url(f"{elsewhere.url}{to}")
        return elsewhere.asked[to]["Referer"]

    space = f"/inscriptions/{registration.token}/"
    pages = ("", "modifier/", "annuler/", "remplacer/", "donnees/", "effacer/")

    told = {page: follow_a_link(f"{space}{page}", f"/led-by/{page}") for page in pages}

    assert told == dict.fromkeys(pages)
    # Where nothing forbids it, browsers do tell.
    own = f"{elsewhere.url}/from-there/"
    assert follow_a_link(own, "/led-by/another/") == own


def test_a07_browser_that_follows_each_link_of_each_mail_changes_nothing(visitor, live_server):
    cycle, now = make_programme(), datetime.now(UTC)
    Client().post(FORM, form_data(cycle, make_territory()))
    registration = Registration.objects.get()
    colleague = {"first_name": "Ada", "last_name": "Roy", "email": "ada@nord.example.org"}
    ask_replacement(registration, **colleague, now=now)
    other = make_programme("autre")
    make_registration(
        other,
        "w@nord.example.org",
        status=Status.WAITLISTED,
        queued_at=now,
        offer_expires_at=in_days(2),
    )
    for email in (registration.email, "w@nord.example.org"):
        Client().post(FIND, {"email": email})
    invitation = make_invitation(cycle)
    sent = [link for link in links(delivered()) if link.startswith(live_server.url)]
    sent.append(f"{settings.SITE_URL}/invitations/{invitation.token}/")
    visitor.context.route(
        lambda url: not url.startswith((live_server.url, "data:")), lambda route: route.abort()
    )
    before = rows("sessions.Session")
    opened: list[int] = []
    left: list[str] = []

    for link in sent:
        try:
            answer = visitor.goto(link)
            visitor.wait_for_load_state("networkidle")
            opened.append(answer.status)
        except Error as refusal:
            # A calendar is a file, a videoconference is elsewhere.
            left.append(refusal.message)

    assert rows("sessions.Session") == before
    assert opened.count(200) >= 5
    assert set(opened) == {200}
    reasons = ("Download is starting", "net::ERR_FAILED")
    assert [each for each in left if not any(reason in each for reason in reasons)] == []
