import re
from datetime import UTC, datetime

import pytest
import time_machine

from registrations import humans
from registrations.models import Message, Registration
from tests.factories import form_data, make_programme, make_registration, make_territory
from tests.pages import text

pytestmark = pytest.mark.django_db

FORM = "/cycles/cycle-lcd/inscription/"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def data():
    return form_data(make_programme(), make_territory())


def stamp_in(response) -> str:
    return re.search(r'name="opened_at" value="([^"]+)"', text(response))[1]


def address(number: int) -> str:
    return f"personne{number}@nord.example.org"


def test_page_keeps_the_trap_out_of_sight(client, data):
    for page in (FORM, "/mes-inscriptions/"):
        trap = re.search(
            r"<div[^>]* hidden[^>]*>(.+?)</div>\s*</div>", text(client.get(page)), re.S
        )

        assert 'name="website"' in trap[1]
        assert 'tabindex="-1"' in trap[1]


def test_filled_trap_sends_the_form_back_whole_then_lets_it_through(client, data):
    refused = client.post(FORM, {**data, "website": "https://x.example"})

    assert refused.status_code == 400
    assert not Registration.objects.exists()
    page = text(refused)
    assert "rien n’est perdu" in page
    assert 'value="Déléguée du préfet"' in page
    assert "https://x.example" not in page

    assert client.post(FORM, {**data, "website": ""}).status_code == 303


def test_form_without_what_tells_people_is_taken(client, data):
    assert client.post(FORM, data).status_code == 303


@pytest.mark.parametrize("seconds", [3, 24 * 3600])
def test_form_sent_late_enough_is_taken_however_often(client, data, seconds):
    with time_machine.travel(NOON, tick=False) as clock:
        opened_at = stamp_in(client.get(FORM))
        clock.shift(seconds)

        statuses = [
            client.post(FORM, {**data, "email": address(n), "opened_at": opened_at}).status_code
            for n in range(10)
        ]

    assert statuses == [303] * 10


def test_series_sent_faster_than_people_type_comes_back(client, data):
    with time_machine.travel(NOON, tick=False) as clock:
        opened_at = stamp_in(client.get(FORM))
        posts = [{**data, "email": address(n), "opened_at": opened_at} for n in range(8)]
        answers = [client.post(FORM, post) for post in posts]
        other = client.post(FORM, posts[5], REMOTE_ADDR="192.0.2.9")
        clock.shift(3)
        again = client.post(FORM, posts[6])

    assert [answer.status_code for answer in answers] == [303] * 5 + [400] * 3
    assert "rien n’est perdu" in text(answers[-1])
    assert stamp_in(answers[-1]) == opened_at
    assert (other.status_code, again.status_code) == (303, 303)


def test_stamp_of_somebody_else_is_one_that_says_nothing():
    assert humans.is_fresh("")
    assert humans.is_fresh(":1wW8Yo:forged")
    assert humans.is_fresh(humans.stamp())


def test_stamp_counts_for_finding_and_for_being_replaced(client):
    registration = make_registration(make_programme())
    colleague = {"first_name": "Ada", "last_name": "Roy", "email": "ada@nord.example.org"}
    pages = {
        "/mes-inscriptions/": {"email": "ada@nord.example.org"},
        f"/inscriptions/{registration.token}/remplacer/": colleague,
    }

    for page, answers in pages.items():
        assert client.post(page, {**answers, "website": "x"}).status_code == 400

    assert not Message.objects.exists()
