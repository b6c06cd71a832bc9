"""« Annuler le cycle »."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from registrations.models import Message, Registration
from registrations.models.messages import MessageKind
from registrations.states import Status
from sessions.models import Cycle, Slot
from tests.factories import in_days, make_account, make_programme, make_registration
from tests.pages import said, text

pytestmark = pytest.mark.django_db

FIGURES = "2\u00a0courriels, 1\u00a0mise à jour d’agenda, 1\u00a0personne en liste d’attente."


@pytest.fixture
def cycle():
    """With someone confirmed and someone who waits."""
    cycle = make_programme()
    make_registration(cycle, "a@x.example")
    make_registration(cycle, "b@x.example", status=Status.WAITLISTED, queued_at=timezone.now())
    return cycle


def address(cycle, name="cancel"):
    return reverse(f"admin:training_cycle_{name}", args=[cycle.pk])


def rows():
    return [list(model.objects.order_by("pk").values()) for model in (Registration, Message, Slot)]


def test_cycle_page_leads_there_while_something_is_to_come(staff, cycle):
    page = text(staff.get(address(cycle, "change")))
    staff.post(address(cycle))
    after = text(staff.get(address(cycle, "change")))

    assert f'href="{address(cycle)}"' in page
    assert f'href="{address(cycle)}"' not in after


def test_page_says_what_it_would_do_and_does_nothing(staff, cycle):
    before = rows()

    response = staff.get(address(cycle))

    assert response.context["impact"] == [FIGURES]
    assert FIGURES in text(response)
    assert [slot.session.number for slot in response.context["slots"]] == [1, 1, 2, 2, 3]
    assert rows() == before


def test_cycle_is_cancelled_with_what_staff_say(staff, cycle):
    done = staff.post(address(cycle), {"sentence": "Faute d’inscrits."}, follow=True)

    assert done.redirect_chain == [(address(cycle, "change"), 302)]
    assert said(done) == [f"Le cycle est annulé. {FIGURES}"]
    assert {each.status for each in Registration.objects.all()} == {Status.CANCELLED}
    assert not Slot.objects.kept().exists()
    mails = Message.objects.order_by("recipient")
    assert [(mail.kind, mail.recipient) for mail in mails] == [
        (MessageKind.CANCELLED, "a@x.example"),
        (MessageKind.CANCELLED, "b@x.example"),
    ]
    assert all("Faute d’inscrits." in mail.text_body for mail in mails)
    assert [entry.get_change_message() for entry in LogEntry.objects.all()] == [
        "Le cycle est annulé."
    ]


def test_page_of_a_cancelled_cycle_says_so(staff, cycle):
    staff.post(address(cycle))

    page = staff.get(address(cycle, "change"))

    assert page.context["panel"]["state"] == (
        "Publié. Cycle annulé\u00a0: toutes ses séances sont annulées."
    )


def test_sentence_that_is_too_long_is_given_back(staff, cycle):
    before = rows()

    response = staff.post(address(cycle), {"sentence": "x" * 1001})

    assert list(response.context["form"].errors) == ["sentence"]
    assert "x" * 1001 in text(response)
    assert rows() == before


def test_cancelling_twice_tells_nobody_again(staff, cycle):
    staff.post(address(cycle), follow=True)
    before = rows()

    again = staff.post(address(cycle), follow=True)

    assert said(again) == ["Ce cycle n’a aucune séance à venir à annuler."]
    assert rows() == before


@pytest.mark.parametrize(("publication", "first_day"), [("draft", 30), ("published", -60)])
def test_cycle_that_nobody_expects_is_not_cancelled(staff, publication, first_day):
    cycle = make_programme(first_day=first_day)
    Cycle.objects.update(publication=publication)

    response = staff.post(address(cycle), follow=True)

    assert said(response) == ["Ce cycle n’a aucune séance à venir à annuler."]
    assert Slot.objects.kept().count() == 5


def test_what_took_place_stays(staff):
    cycle = make_programme()
    first = Slot.objects.earliest("starts_at")
    Slot.objects.filter(pk=first.pk).update(starts_at=in_days(-2), ends_at=in_days(-1))

    staff.post(address(cycle))

    assert Slot.objects.kept().get() == first


@pytest.mark.parametrize(
    "rights", [["change_cycle"], ["change_registration"], ["view_cycle", "change_registration"]]
)
def test_cancelling_takes_both_rights(client, cycle, rights):
    account = make_account("", "stand-in", is_staff=True)
    account.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(account)

    assert client.post(address(cycle)).status_code == 403
    assert Slot.objects.kept().exists()
