"""The accounts of the team and of coordinators, as who manages them sees them."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from registrations.roles import COORDINATION
from tests.factories import make_account
from tests.pages import text

pytestmark = pytest.mark.django_db

PASSWORD = "la pluie sur les toits de Lille"


@pytest.fixture
def superuser(client):
    client.force_login(make_account("", "chef", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def camille(db):
    return make_account(COORDINATION, "camille", password=PASSWORD)


def page_of(account):
    return reverse("admin:auth_user_change", args=[account.pk])


def test_account_leads_to_its_password_and_tells_nothing_of_it(superuser, camille):
    page = superuser.get(page_of(camille))

    assert f'<a href="/admin/auth/user/{camille.pk}/password/">' in text(page)
    assert camille.password.partition("$")[0] not in text(page)


def test_saving_an_account_changes_what_was_typed_and_no_more(superuser, camille):
    before = (camille.password, camille.date_joined)

    superuser.post(
        page_of(camille),
        {
            "username": "camille",
            "first_name": "Camille",
            "last_name": "Martin",
            "email": "camille@irev.example.org",
            "is_active": "on",
            "groups": [Group.objects.get(name=COORDINATION).pk],
            "password": "",
            "date_joined_0": "01/01/2020",
            "date_joined_1": "00:00",
        },
    )

    camille.refresh_from_db()
    assert (camille.first_name, camille.last_name) == ("Camille", "Martin")
    assert (camille.password, camille.date_joined) == before
    assert camille.check_password(PASSWORD)
