"""An account is opened by one person and its password chosen by another, behind a mailed link."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.test import Client

from cycle_lcd.logs import masked
from registrations.models import Message
from registrations.roles import COORDINATION
from tests.factories import make_account
from tests.pages import text
from tests.security.sites import delivered

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
PHRASE = "la pluie sur les toits de Lille"
CHOSEN = {"new_password1": PHRASE, "new_password2": PHRASE}
LINK = re.compile(r"http://testserver(/compte/mot-de-passe/\S+/)")


@pytest.fixture
def superuser(client):
    client.force_login(make_account(username="claude", is_superuser=True))
    return client


@pytest.fixture
def opened(superuser):
    """An account as the team opens one, and the link that it was sent."""
    group = Group.objects.get(name=COORDINATION)
    data = {"username": "camille", "email": "camille@irev.example", "groups": [group.pk]}
    assert superuser.post("/admin/auth/user/add/", data).status_code == 302
    return User.objects.get(username="camille"), link_in_the_mail()


def link_in_the_mail() -> str:
    [mail] = delivered()
    assert mail.to == ["camille@irev.example"]
    return LINK.search(mail.body)[1]


def logs_in(password: str) -> bool:
    data = {"username": "camille", "password": password}
    return Client().post("/coordination/connexion/", data).status_code == 302


def test_account_is_opened_without_a_password(superuser, opened):
    account, _ = opened

    assert not account.has_usable_password()
    assert "password" not in text(superuser.get("/admin/auth/user/add/"))


def test_account_needs_an_address(superuser):
    answer = superuser.post("/admin/auth/user/add/", {"username": "camille"})

    assert answer.status_code == 200
    assert not User.objects.filter(username="camille").exists()
    assert not Message.objects.exists()


def test_link_leads_to_choose_a_password_once(opened):
    _, link = opened
    visitor = Client()

    page = visitor.get(link, follow=True)
    [(address, _)] = page.redirect_chain
    short = visitor.post(address, {"new_password1": "court", "new_password2": "court"})
    chosen = visitor.post(address, CHOSEN, follow=True)

    assert link.split("/")[-2] not in address
    assert (page.status_code, short.status_code) == (200, 400)
    assert "Votre mot de passe est enregistré. Connectez-vous." in text(chosen)
    assert logs_in(PHRASE)
    assert Client().get(link).status_code == 404


def test_empty_form_says_what_to_type_where(opened):
    _, link = opened
    visitor = Client()
    [(address, _)] = visitor.get(link, follow=True).redirect_chain

    answer = visitor.post(address, {"new_password1": "", "new_password2": ""})

    assert answer.context["form"].errors == {
        "new_password1": ["Saisissez un mot de passe."],
        "new_password2": ["Saisissez-le une seconde fois."],
    }


def test_link_lasts_an_hour(superuser):
    with time_machine.travel(NOON, tick=False) as clock:
        account = make_account(COORDINATION, "camille", email="camille@irev.example")
        superuser.force_login(User.objects.get(username="claude"))
        superuser.post(f"/admin/auth/user/{account.pk}/password/")
        link = link_in_the_mail()
        clock.shift(timedelta(seconds=3600))
        in_time = Client().get(link).status_code
        clock.shift(timedelta(seconds=1))
        late = Client().get(link)

    assert (in_time, late.status_code) == (302, 404)
    assert "Ce lien ne marche plus" in text(late)


def test_password_of_somebody_else_cannot_be_typed(superuser):
    account = make_account(COORDINATION, "camille", password=PHRASE, email="camille@irev.example")
    page = f"/admin/auth/user/{account.pk}/password/"

    shown = text(superuser.get(page))
    superuser.post(page, {"password1": "une autre phrase entière", "password2": "une autre"})

    assert 'type="password"' not in shown
    assert logs_in(PHRASE)
    assert link_in_the_mail()


def test_account_without_an_address_is_sent_nothing(superuser):
    account = make_account(COORDINATION, "camille", email="")
    page = f"/admin/auth/user/{account.pk}/password/"

    answers = [text(superuser.get(page)), text(superuser.post(page))]

    assert all("Ce compte n’a pas d’adresse électronique" in answer for answer in answers)
    assert not Message.objects.exists()


def test_account_that_was_closed_meanwhile_is_sent_nothing(superuser):
    account = make_account(COORDINATION, "camille", email="camille@irev.example")
    superuser.post(f"/admin/auth/user/{account.pk}/password/")
    User.objects.filter(pk=account.pk).update(is_active=False)

    assert delivered() == []


def test_link_is_not_kept_with_the_mail(opened):
    _, link = opened

    kept = str(Message.objects.values().get())

    assert link.split("/")[-2] not in kept


def test_choosing_a_password_does_not_replace_the_telephone(opened, settings):
    settings.SECOND_FACTOR = True
    _, link = opened
    visitor = Client()
    address = visitor.get(link, follow=True).redirect_chain[0][0]

    visitor.post(address, CHOSEN)
    visitor.post("/coordination/connexion/", {"username": "camille", "password": PHRASE})

    assert visitor.get("/coordination/")["Location"] == "/compte/code/?next=%2Fcoordination%2F"


def test_link_is_masked_in_the_logs(opened):
    _, link = opened

    assert masked(f"Not Found: {link}") == "Not Found: /compte/mot-de-passe/[lien]"
