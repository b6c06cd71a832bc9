"""What becomes of the sessions of an account that changes."""

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
