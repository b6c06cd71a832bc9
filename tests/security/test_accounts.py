"""What becomes of the sessions of an account that changes."""

from itertools import pairwise

import pytest
from django.test import Client

from tests.factories import make_account
from tests.security.sites import PASSWORD

pytestmark = pytest.mark.django_db

HOME = "/coordination/"


def test_account_that_is_disabled_has_no_session_any_more(client):
    account = make_account()
    client.force_login(account)
    assert client.get(HOME).status_code == 200

    account.is_active = False
    account.save()

    assert client.get(HOME).status_code == 302


def test_new_password_ends_the_other_sessions(client):
    account = make_account(password=PASSWORD)
    other = Client()
    for visitor in (client, other):
        visitor.force_login(account)
    new = "une autre phrase, plus longue"

    client.post(
        "/admin/password_change/",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )

    assert client.get(HOME).status_code == 200
    assert other.get(HOME).status_code == 302


def test_old_password_is_not_guessed_at_by_whoever_found_a_session_open(client):
    client.force_login(make_account(password=PASSWORD))
    new = "une autre phrase, plus longue"

    def change(old_password: str) -> int:
        typed = {"old_password": old_password, "new_password1": new, "new_password2": new}
        return client.post("/admin/password_change/", typed).status_code

    assert [change(f"guess {number}") for number in range(6)] == [200] * 5 + [429]
    assert change(PASSWORD) == 429


def test_slips_before_the_right_password_are_forgotten(client):
    client.force_login(make_account(password=PASSWORD))
    words = [PASSWORD, *(f"une autre phrase, plus longue {number}" for number in range(7))]

    for old, new in pairwise(words):
        typed = {"old_password": old, "new_password1": new, "new_password2": new}
        wrong = client.post("/admin/password_change/", {**typed, "old_password": "slip"})
        assert (wrong.status_code, client.post("/admin/password_change/", typed).status_code) == (
            200,
            302,
        )
