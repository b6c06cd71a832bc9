"""No page asks another site for anything, nor leaves anything behind but its two cookies.

The ``context`` of conftest.py cuts off all other sites, and fails the test of whoever asks them.
"""

from playwright.sync_api import Page

from tests.factories import make_programme, make_registration, make_territory
from tests.test_pages import ADDRESSES

PERSONAL = ("", "modifier/", "remplacer/", "annuler/", "donnees/", "effacer/")
LOGIN = "/coordination/connexion/"


def test_pages_ask_nothing_of_other_sites_and_keep_nothing(page: Page, live_server):
    make_territory()
    make_programme("passe", first_day=-60)
    registration = make_registration(make_programme())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    for address in (
        *ADDRESSES,
        LOGIN,
        *(f"/inscriptions/{registration.token}/{p}" for p in PERSONAL),
    ):
        page.goto(address)
        kept = page.evaluate("[localStorage.length, sessionStorage.length]")
        assert (address, kept) == (address, [0, 0])

    elsewhere = [url for url in asked if not url.startswith((live_server.url, "data:"))]
    assert elsewhere == []
    assert len(asked) > len(ADDRESSES) * 3
    assert {cookie["name"] for cookie in page.context.cookies()} == {"csrf"}
