"""A real browser, Debian's Chromium, on a live server over the test database."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from registrations.demo import open_cycle as open_the_programme
from sessions.models import Cycle
from sessions.programme import load_programme
from sessions.territories import load_territories
from tests.browser.parts import PARTS
from tests.browser.stops import Stop, log_in_as
from tests.smtp import Letterbox, smtp_server

CHROMIUM = Path(sys.prefix) / "bin" / "chromium"
CHROMIUM_FLAGS = [
    # Only our own pages, over loopback; neither root nor a container can have a sandbox.
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-trees",
        action="store_true",
        help="write what screen readers are told of the form instead of comparing it",
    )


@pytest.fixture(scope="session", autouse=True)
def _environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in the thread of the tests, where Django refuses queries.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        # Where scripts/chromium.sh puts what Playwright's driver lacks on this machine.
        patch.setenv("LD_LIBRARY_PATH", f"{sys.prefix}/lib")
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def base_url(live_server) -> str:
    """What the addresses given to ``page.goto`` are relative to."""
    return live_server.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    return {
        **browser_context_args,
        "locale": "fr-FR",
        # Not Paris: an hour written by the browser instead of us is seen.
        "timezone_id": "Indian/Reunion",
    }


@pytest.fixture(autouse=True)
def _links_lead_to_the_live_server(settings, live_server) -> None:
    settings.SITE_URL = live_server.url


@pytest.fixture
def context(context: BrowserContext, live_server) -> Iterator[BrowserContext]:
    """Fails the test if a page asks another site for anything, or breaks its own rules.

    Other sites are cut off; what scripts raise and what the content security policy refuses count.
    """
    faults: list[str] = []

    def cut_off(route) -> None:
        faults.append(f"asks {route.request.url}")
        route.abort()

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                faults.append(f"{page.url}: {message.text}")
                if "Content Security Policy" in message.text
                else None
            ),
        )

    context.route(lambda url: not url.startswith((live_server.url, "data:")), cut_off)
    context.on("page", watch)
    yield context
    assert faults == []


@pytest.fixture
def open_cycle(live_server) -> Cycle:
    """The programme of 2021 at dates to come, as the demonstration opens it."""
    load_territories()
    programme, _ = load_programme()
    return open_the_programme(programme, timezone.now())


@pytest.fixture
def part(request, page: Page, live_server, settings) -> list[Stop]:
    """The stops of a part of the site, to which the browser is logged in if need be."""
    make_stops, make_visitor = PARTS[request.param]
    if make_visitor:
        log_in_as(page, make_visitor(), live_server.url, settings.SESSION_COOKIE_NAME)
    return make_stops()


@pytest.fixture
def letterbox(settings) -> Iterator[Letterbox]:
    """A real server, to which mails go."""
    settings.EMAIL_BACKEND = "registrations.transport.SmtpBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    with smtp_server() as letterbox:
        settings.EMAIL_PORT = letterbox.port
        yield letterbox
