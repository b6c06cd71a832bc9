"""« Mes données », behind the personal link."""

import re

import pytest
from django.utils import timezone

from registrations import services
from registrations.models import Destruction, Registration
from registrations.retention import policy
from tests.factories import make_programme, make_replacement, make_territory
from tests.registrations.services.asking import register

pytestmark = pytest.mark.django_db

UNDERSTOOD = {"is_understood": "on"}


@pytest.fixture
def registration():
    return register(make_programme(), territories=[make_territory()], access_needs="Sous-titrage")


def address(registration, page):
    return f"/inscriptions/{registration.token}/{page}"


def test_page_shows_what_is_held_and_how_to_use_ones_rights(client, registration):
    html = client.get(address(registration, "donnees/")).content.decode()

    for words in (
        "Sous-titrage",
        "06\u00a012\u00a034\u00a056\u00a078",
        "Confirmation d’inscription",
        "Accès",
    ):
        assert words in html
    for page in ("donnees.json", "modifier/", "effacer/"):
        assert f'href="{address(registration, page)}"' in html
    assert registration.link_nonce not in html


@pytest.mark.parametrize("page", ["donnees/", "donnees.json", "effacer/"])
def test_page_asks_as_much_whatever_was_sent(client, registration, page, django_assert_num_queries):
    n_queries = {"donnees/": 9, "donnees.json": 9, "effacer/": 1}[page]
    for _ in range(3):
        services.send_link_again(registration)

    with django_assert_num_queries(n_queries):
        assert client.get(address(registration, page)).status_code == 200


def test_file_is_handed_over_and_kept_by_no_cache(client, registration):
    response = client.get(address(registration, "donnees.json"))

    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="donnees-personnelles.json"'
    assert response["Cache-Control"] == "no-store, private"
    assert len(response.json()["inscriptions"]) == 1


@pytest.mark.parametrize("page", ["donnees/", "donnees.json", "effacer/"])
def test_reading_changes_nothing(client, registration, page):
    client.get(address(registration, page))

    assert (Registration.objects.count(), Destruction.objects.count()) == (1, 0)


def test_erasing_takes_two_steps_then_the_link_is_dead(client, registration):
    asked = client.get(address(registration, "effacer/"))
    done = client.post(address(registration, "effacer/"), UNDERSTOOD, follow=True)

    assert "Effacer vos données" in asked.content.decode()
    assert done.redirect_chain == [("/donnees-effacees/", 303)]
    assert Registration.objects.count() == 0
    assert Destruction.objects.get().cause == Destruction.Cause.PERSON
    assert client.get(address(registration, "")).status_code == 404


def test_erasing_without_ticking_the_box_erases_nothing_and_says_so(client, registration):
    response = client.post(address(registration, "effacer/"))

    html = response.content.decode()
    assert response.status_code == 400
    assert html.count("Cochez cette case pour effacer vos données.") == 2
    assert "<title>Erreur" in " ".join(html.split()).replace("<title> ", "<title>")
    assert (Registration.objects.count(), Destruction.objects.count()) == (1, 0)


def test_erasing_twice_says_the_same(client, registration):
    token = registration.token
    for _ in range(2):
        response = client.post(f"/inscriptions/{token}/effacer/", UNDERSTOOD)
        assert (response.status_code, response["Location"]) == (303, "/donnees-effacees/")

    assert Destruction.objects.count() == 1


@pytest.mark.parametrize("page", ["donnees/", "donnees.json", "effacer/"])
def test_unknown_link_is_not_found(client, db, page):
    assert client.get(f"/inscriptions/{'x' * 43}/{page}").status_code == 404


def test_space_leads_to_own_data_whatever_the_state(client, registration):
    services.cancel(registration, now=timezone.now())

    html = client.get(address(registration, "")).content.decode()

    assert f'href="{address(registration, "donnees/")}"' in html


def test_each_form_for_personal_data_says_how_long_and_whom_to_write_to(
    client, registration, settings
):
    settings.ORGANISATION_EMAIL = "contact@irev.example"
    replacement = make_replacement(registration)
    until = {
        "/cycles/cycle-lcd/inscription/": "registrations",
        address(registration, "modifier/"): "registrations",
        f"/remplacements/{replacement.token}/": "registrations",
        address(registration, "remplacer/"): "replacements",
        "/mes-inscriptions/": "link_mails",
    }

    for page, rule in until.items():
        html = client.get(page).content.decode()
        [notice] = re.findall(r'<div class="privacy-notice">(.*?)</div>', html, re.DOTALL)
        assert policy().rule(rule).until in notice
        assert 'Pour exercer vos droits&nbsp;: <a href="mailto:contact@irev.example">' in notice
        assert 'href="/donnees-personnelles/"' in notice


def test_notice_and_page_say_the_duration_of_the_policy(client, registration):
    notice = client.get("/cycles/cycle-lcd/inscription/").content.decode()
    page = client.get("/donnees-personnelles/").content.decode()

    until = "12\u00a0mois après la fin du cycle"
    assert f"Elles sont conservées {until}, vos attentes" in notice
    assert f"{until}&#8239;; il reste ensuite" in page
