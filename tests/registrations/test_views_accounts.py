from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client

from registrations.models import RequestCount
from registrations.roles import COORDINATION
from tests.factories import make_account

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PASSWORD = "la pluie sur les toits de Lille"
LOGINS = ["/coordination/connexion/", "/admin/login/"]
LOGOUTS = ["/coordination/deconnexion/", "/admin/logout/"]


@pytest.fixture
def camille(db):
    return make_account(username="camille", password=PASSWORD)


def post(address: str, password: str, username: str = "camille", network: str = "192.0.2.1"):
    """The status of an attempt by a visitor of their own."""
    credentials = {"username": username, "password": password}
    return Client(REMOTE_ADDR=network).post(address, credentials).status_code


@pytest.mark.parametrize("address", LOGINS)
def test_sixth_attempt_is_refused_even_with_the_password(camille, address):
    with time_machine.travel(NOON, tick=False) as clock:
        wrong = [post(address, "wrong") for _ in range(5)]
        right = Client(REMOTE_ADDR="192.0.2.1").post(
            address, {"username": "camille", "password": PASSWORD}
        )
        elsewhere = post(address, PASSWORD, network="192.0.2.2")
        clock.shift(15 * 60)
        later = post(address, PASSWORD)

    assert wrong == [200] * 5
    assert (right.status_code, right["Retry-After"]) == (429, "900")
    assert "Attendez 15\u00a0minutes, puis rechargez cette page" in right.content.decode()
    assert (elsewhere, later) == (302, 302)


def test_empty_form_says_what_to_type_where(client):
    answer = client.post(LOGINS[0], {"username": "", "password": ""})

    assert answer.context["form"].errors == {
        "username": ["Saisissez votre nom d’utilisateur."],
        "password": ["Saisissez votre mot de passe."],
    }


def test_both_pages_count_together(camille):
    statuses = [post(LOGINS[number % 2], "wrong") for number in range(6)]

    assert statuses == [200] * 5 + [429]


def test_variants_of_a_name_are_one_account(camille):
    names = ["camille", "Camille", " camille ", "ｃａｍｉｌｌｅ", "CAMILLE"]

    for name in names:
        post(LOGINS[0], "wrong", name)

    assert post(LOGINS[0], PASSWORD) == 429


def test_network_that_tries_many_accounts_is_refused(camille):
    spray = [post(LOGINS[0], "wrong", f"account{number}") for number in range(31)]

    assert spray == [200] * 30 + [429]
    assert post(LOGINS[0], PASSWORD) == 429
    assert post(LOGINS[0], PASSWORD, network="2001:db8::1") == 302


def test_success_starts_the_count_again(camille):
    for _ in range(3):
        assert [post(LOGINS[0], "wrong") for _ in range(4)] == [200] * 4
        assert post(LOGINS[0], PASSWORD) == 302


def test_account_that_is_logged_in_does_not_free_another(client, camille):
    client.force_login(make_account(COORDINATION, "dominique"))
    credentials = {"username": "camille", "password": "wrong"}

    statuses = [client.post(LOGINS[0], credentials).status_code for _ in range(6)]

    assert statuses == [302] * 5 + [429]


def test_success_is_logged_without_a_name_and_failure_too(camille, caplog):
    caplog.set_level("INFO", logger="registrations.views.accounts")

    post(LOGINS[0], "wrong")
    post(LOGINS[0], PASSWORD)

    assert caplog.messages == [
        "login refused: wrong account or password",
        f"user {camille.pk} logged in",
    ]


@pytest.mark.parametrize("address", LOGOUTS)
def test_logout_asks_the_browser_to_forget(client, camille, address):
    client.force_login(camille)

    response = client.post(address)

    assert response["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("address", LOGOUTS)
def test_logout_by_a_link_forgets_nothing(client, camille, address):
    client.force_login(camille)

    response = client.get(address)

    assert response.status_code == 405
    assert "Clear-Site-Data" not in response
    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", LOGINS)
def test_nobody_logs_in_when_attempts_cannot_be_counted(address):
    make_account(username="camille", password=PASSWORD)
    with connection.schema_editor() as editor:
        editor.execute("ALTER TABLE registrations_requestcount RENAME TO away")
    visitor = Client(raise_request_exception=False)

    try:
        answer = visitor.post(address, {"username": "camille", "password": PASSWORD})
    finally:
        with connection.schema_editor() as editor:
            editor.execute("ALTER TABLE away RENAME TO registrations_requestcount")

    assert answer.status_code in {500, 503}
    assert visitor.get("/admin/").status_code == 302
    assert not RequestCount.objects.exists()
