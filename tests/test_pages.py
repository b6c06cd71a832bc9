"""What holds for every public page, whatever it says."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from tests.factories import make_programme, make_registration, make_territory

TEMPLATES = Path(settings.BASE_DIR) / "templates"
ERRORS = ["400", "403", "403_csrf", "404", "410", "429", "500", "503", "maintenance"]
ADDRESSES = [
    "/",
    "/cycles/cycle-lcd/",
    "/cycles/passe/",
    "/cycles/cycle-lcd/inscription/",
    "/cycles/passe/inscription/",
    "/cycles/cycle-lcd/inscription/merci/",
    "/mes-inscriptions/",
    "/mes-inscriptions/envoye/",
    "/donnees-personnelles/",
    "/donnees-effacees/",
    "/mentions-legales/",
    "/accessibilite/",
    "/plan-du-site/",
    "/nulle-part/",
]
# A first visit, compressed, fonts aside.
WEIGHT = 60_000


class Page(HTMLParser):
    """A page's title, headings, ids, links within it, and files, fonts aside."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.title = ""
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.anchors: list[str] = []
        self.files: list[str] = []
        self.attributes: set[str] = set()
        self.lang = ""
        self._open = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.attributes |= set(values)
        self._open = tag
        if tag == "html":
            self.lang = values["lang"]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a" and values.get("href", "").startswith("#"):
            self.anchors.append(values["href"][1:])
        if tag == "link" and values["rel"] in {"stylesheet", "icon", "apple-touch-icon"}:
            self.files.append(values["href"])

    def handle_data(self, data: str) -> None:
        if self._open == "title":
            self.title += data

    def handle_endtag(self, tag: str) -> None:
        self._open = ""


def check(html: str) -> None:
    page = Page(html)

    assert page.lang == "fr"
    assert re.fullmatch(r"(Erreur\u00a0: )?.+ – .+ – IREV", page.title)
    assert page.headings.count("h1") == 1
    assert page.headings[0] == "h1" or "error-summary" in html
    assert len(page.ids) == len(set(page.ids))
    assert set(page.anchors) <= set(page.ids)
    # What the content security policy would refuse.
    assert not [name for name in page.attributes if name == "style" or name.startswith("on")]
    assert "<style" not in html
    # Data for search engines are no script, whatever the tag.
    assert re.findall(r"<script(?! type=\"application/ld\+json\">)", html) == []


@pytest.fixture
def site(db):
    make_programme()
    make_programme("passe", first_day=-60)
    make_territory()


@pytest.mark.parametrize("address", ADDRESSES)
def test_page_is_well_made(client, site, address):
    check(client.get(address).content.decode())


@pytest.mark.parametrize("address", ["/cycles/cycle-lcd/inscription/", "/mes-inscriptions/"])
def test_page_with_errors_is_well_made(client, site, address):
    html = client.post(address, {}).content.decode()

    check(html)
    assert Page(html).title.startswith("Erreur\u00a0: ")


@pytest.mark.parametrize("status", ["confirmed", "waitlisted", "pending", "refused", "cancelled"])
@pytest.mark.parametrize(
    "page", ["", "modifier/", "remplacer/", "annuler/", "donnees/", "effacer/"]
)
def test_personal_page_is_well_made(client, site, status, page):
    cycle = make_programme("autre")
    registration = make_registration(
        cycle, status=status, queued_at=cycle.created_at, phone="+33612345678"
    )

    response = client.get(f"/inscriptions/{registration.token}/{page}", follow=True)

    assert response.status_code == 200
    check(response.content.decode())


def test_site_map_leads_to_the_cycles_that_anybody_may_open(client, site):
    private = make_programme("prive")
    private.is_private = True
    private.save()

    html = client.get("/plan-du-site/").content.decode()

    assert re.findall(r"/cycles/[a-z-]+/", html) == ["/cycles/passe/", "/cycles/cycle-lcd/"]


@pytest.mark.parametrize("name", ERRORS)
def test_error_page_needs_neither_database_nor_context(name):
    html = render_to_string(f"{name}.html")

    check(html)
    assert 'class="btn btn-primary"' in html


def test_first_visit_of_a_cycle_is_light(client, site):
    html = client.get("/cycles/cycle-lcd/").content
    files = [finders.find(link.removeprefix("/static/")) for link in Page(html.decode()).files]

    weight = sum(
        len(gzip.compress(part)) for part in (html, *(Path(f).read_bytes() for f in files))
    )

    # Five style sheets; the icon, twice, and the one that telephones keep.
    assert len(files) == 8
    assert weight < WEIGHT


def test_style_sheets_ask_for_nothing_elsewhere():
    for sheet in (Path(settings.BASE_DIR) / "static").rglob("*.css"):
        addresses = re.findall(r"url\(\s*[\"']?([^\"')]+)", sheet.read_text())
        files = [address for address in addresses if not address.startswith("data:")]
        assert [address for address in files if not (sheet.parent / address).exists()] == []
