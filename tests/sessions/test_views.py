from xml.etree import ElementTree

import pytest

from sessions.models import SitePage
from tests.documents import text_of
from tests.factories import make_cycle, make_programme

pytestmark = pytest.mark.django_db

LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
PROGRAMME = "/cycles/cycle-lcd/programme.pdf"


def test_programme_is_a_document_to_keep(client, django_assert_num_queries):
    cycle = make_programme()

    with django_assert_num_queries(7):
        response = client.get(PROGRAMME)

    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="cycle-lcd.pdf"'
    assert cycle.title in text_of(response.content)


@pytest.mark.parametrize(
    "fields", [{"publication": "draft"}, {"publication": "archived"}, {"is_private": True}]
)
def test_programme_of_a_cycle_that_is_not_public_is_not_found(client, fields):
    make_cycle(**fields)

    assert client.get(PROGRAMME).status_code == 404


@pytest.mark.parametrize(
    ("page", "n_queries"),
    [
        ("mentions-legales", 1),
        ("donnees-personnelles", 1),
        ("accessibilite", 1),
        ("plan-du-site", 2),
    ],
)
def test_legal_page_costs_little(client, django_assert_num_queries, page, n_queries):
    make_programme()

    with django_assert_num_queries(n_queries):
        response = client.get(f"/{page}/")

    assert f"<h1>{SitePage(page).label}</h1>" in response.content.decode()
    assert f'<link rel="canonical" href="http://testserver/{page}/">' in response.content.decode()


def test_sitemap_holds_the_pages_that_anybody_may_open(client, django_assert_num_queries):
    make_programme("ouvert")
    make_programme("passe", first_day=-60)
    make_cycle("brouillon", publication="draft")
    make_cycle("archive", publication="archived")
    make_cycle("prive", is_private=True)

    with django_assert_num_queries(1):
        response = client.get("/sitemap.xml")

    assert response["Content-Type"] == "application/xml"
    addresses = {place.text for place in ElementTree.fromstring(response.content).iter(LOC)}
    assert addresses == {
        f"http://testserver{path}"
        for path in (
            *("/", "/cycles/ouvert/", "/cycles/passe/"),
            *("/mentions-legales/", "/donnees-personnelles/", "/accessibilite/", "/plan-du-site/"),
        )
    }


def test_robots_are_led_to_the_sitemap(client):
    response = client.get("/robots.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == (
        "User-agent: *\nDisallow:\n\nSitemap: http://testserver/sitemap.xml\n"
    )
