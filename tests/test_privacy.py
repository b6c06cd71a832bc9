"""What the site asks of a visitor's browser: two cookies of its own at most, and nothing else."""

import pytest

from registrations.models import Registration
from tests.factories import form_data, make_account, make_programme, make_territory
from tests.test_pages import ADDRESSES

pytestmark = pytest.mark.django_db

FORMS = {"/cycles/cycle-lcd/inscription/", "/mes-inscriptions/"}


@pytest.fixture
def site():
    make_programme("passe", first_day=-60)
    return make_programme()


def test_pages_that_are_only_read_set_no_cookie(client, site):
    make_territory()

    cookies = {
        address: sorted(client.get(address).cookies)
        for address in ADDRESSES
        if address not in FORMS
    }

    assert {address: names for address, names in cookies.items() if names} == {}
    assert len(cookies) > 8


@pytest.mark.parametrize("address", sorted(FORMS))
def test_form_sets_the_cookie_that_protects_it(client, site, address):
    [cookie] = client.get(address).cookies.values()

    assert (cookie.key, cookie["httponly"], cookie["samesite"]) == ("csrf", True, "Lax")


def test_registration_and_personal_space_use_no_other_cookie(client, site):
    client.post("/cycles/cycle-lcd/inscription/", form_data(site, make_territory()))
    token = Registration.objects.get().token
    for page in ("", "modifier/", "remplacer/", "annuler/", "donnees/", "effacer/"):
        client.get(f"/inscriptions/{token}/{page}")
    client.post(f"/inscriptions/{token}/effacer/", {"is_understood": "on"})

    assert set(client.cookies) == {"csrf", "session"}
    assert client.cookies["session"]["max-age"] == 30 * 60


def test_team_and_coordination_use_no_other_cookie(client, site):
    client.force_login(make_account())
    for address in ("/coordination/", "/admin/", "/admin/registrations/registration/"):
        assert client.get(address).status_code == 200
    client.post("/coordination/deconnexion/")

    assert set(client.cookies) <= {"csrf", "session"}
