"""How long accounts stay logged in, where they are, and what ends it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client

from registrations import second_factor
from registrations.roles import COORDINATION
from tests.factories import form_data, make_account, make_programme, make_territory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
HOME, PAGE = "/coordination/", "/coordination/mes-connexions/"
TELEPHONE = "/compte/telephone/"
PASSWORD = "la pluie sur les toits de Lille"


@pytest.fixture
def account(db):
    return make_account(COORDINATION, password=PASSWORD)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def logged_in(account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def code_of(factor) -> str:
    return second_factor.code_at(factor.secret, int(datetime.now(UTC).timestamp()) // 30)


def is_in(client: Client) -> bool:
    return client.get(HOME).status_code == 200


def text(response) -> str:
    return response.content.decode()


def test_session_that_is_not_used_ends_after_two_hours(account, clock):
    used, left = logged_in(account), logged_in(account)

    for _ in range(3):
        clock.shift(timedelta(minutes=50))
        assert is_in(used)

    assert not is_in(left)


def test_session_ends_after_ten_hours_whatever_is_done(account, clock):
    client = logged_in(account)
    for _ in range(9):
        clock.shift(timedelta(hours=1))
        assert is_in(client)
    clock.shift(timedelta(hours=1))

    answer = client.get(HOME)

    assert (answer.status_code, answer["Location"]) == (
        302,
        "/coordination/connexion/?next=/coordination/",
    )


def test_use_is_written_once_in_five_minutes(account, clock, django_assert_num_queries):
    client = logged_in(account)
    client.get(PAGE)
    with django_assert_num_queries(3):
        client.get(PAGE)
    clock.shift(timedelta(minutes=5))

    with django_assert_num_queries(6):
        client.get(PAGE)


def test_login_after_a_registration_lasts_as_any_other(account, clock):
    client = Client()
    client.post("/cycles/cycle-lcd/inscription/", form_data(make_programme(), make_territory()))
    client.post("/coordination/connexion/", {"username": "camille", "password": PASSWORD})

    clock.shift(timedelta(minutes=100))

    assert is_in(client)


def test_page_lists_what_is_open_with_the_account_alone(account, clock):
    logged_in(make_account(COORDINATION, "claude"))
    closed = logged_in(account)
    closed.post("/coordination/deconnexion/")
    logged_in(account)
    clock.shift(timedelta(hours=1))
    client = logged_in(account)

    page = text(client.get(PAGE))

    assert page.count("Ouverte le") == 2
    assert page.count("(celle-ci)") == 1
    assert page.index("13h00") < page.index("12h00")


def test_others_are_closed_and_nobody_else_is_logged_out(account):
    client, other = logged_in(account), logged_in(account)
    neighbour = logged_in(make_account(COORDINATION, "claude"))

    answer = client.post(PAGE, follow=True)

    assert "1\u00a0autre connexion fermée." in text(answer)
    assert "Aucune autre connexion n’est ouverte." in text(answer)
    assert [is_in(each) for each in (client, other, neighbour)] == [True, False, True]


def test_session_of_an_older_password_is_not_listed(account):
    logged_in(account)
    account.set_password("une autre phrase, plus longue")
    account.save()

    assert text(logged_in(account).get(PAGE)).count("Ouverte le") == 1


def test_telephone_that_is_tied_ends_the_other_sessions(account, settings):
    client, other = logged_in(account), logged_in(account)
    factor = client.post(TELEPHONE, {"begin": "1"}, follow=True).context["factor"]

    client.post(TELEPHONE, {"code": code_of(factor)})

    assert [is_in(client), is_in(other)] == [True, False]


@pytest.mark.parametrize("is_key_changed", [False, True])
def test_telephone_that_is_untied_ends_all_sessions(account, settings, is_key_changed):
    settings.SECOND_FACTOR = True
    client = logged_in(account)
    factor = client.post(TELEPHONE, {"begin": "1"}, follow=True).context["factor"]
    client.post(TELEPHONE, {"code": code_of(factor)})
    assert is_in(client)
    if is_key_changed:
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]

    call_command("reset_second_factor", account.username)

    assert client.get(HOME)["Location"] == "/coordination/connexion/?next=/coordination/"


def test_sessions_that_the_database_holds_open_nothing(account):
    client = logged_in(account)
    assert is_in(client)

    for row in Session.objects.all():
        client.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
        assert not is_in(client)


def test_logout_deletes_what_is_kept_of_the_session(account):
    client = logged_in(account)

    client.post("/coordination/deconnexion/")

    assert not Session.objects.exists()
