"""The page of a cycle, where the team finds the people registered for it."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils.html import escape

from registrations.reachability import mark
from sessions.states import Publication
from tests.factories import in_days, make_account, make_programme, make_registration

pytestmark = pytest.mark.django_db

LIST = "/admin/registrations/registration/"


def people_actions(client, cycle):
    """The buttons of the cycle's page that lead to people, by their addresses."""
    page = client.get(reverse("admin:training_cycle_change", args=[cycle.pk]))
    return {
        action.label: action.url
        for action in page.context["actions"]
        if action.url.startswith(LIST) and f'href="{escape(action.url)}"' in page.content.decode()
    }


def test_cycle_leads_to_its_people(client):
    cycle = make_programme()
    client.force_login(make_account())

    assert people_actions(client, cycle) == {
        "Voir les inscriptions": f"{LIST}?cycle__id__exact={cycle.pk}",
        "Liste d’attente": f"{LIST}cycles/{cycle.pk}/attente/",
        "Pas joignables\u00a0: 0": f"{LIST}?cycle__id__exact={cycle.pk}&unreachable=yes",
        "Inscrire une personne": f"{LIST}cycles/{cycle.pk}/inscrire/",
        "Exporter les inscrits": f"{LIST}cycles/{cycle.pk}/exporter/",
    }


def test_cycle_counts_those_who_do_not_get_our_mails(client):
    cycle = make_programme()
    make_registration(cycle)
    make_registration(cycle, "reached@x.example")
    make_registration(make_programme("other"), "other@x.example")
    for address in ("alix.martin@nord.example.org", "other@x.example"):
        mark(address, "550 5.1.1", now=in_days(0))
    client.force_login(make_account())

    assert "Pas joignables\u00a0: 1" in people_actions(client, cycle)


def test_draft_takes_nobody(client):
    cycle = make_programme()
    cycle.publication = Publication.DRAFT
    cycle.save()
    client.force_login(make_account())

    assert list(people_actions(client, cycle)) == [
        "Voir les inscriptions",
        "Liste d’attente",
        "Pas joignables\u00a0: 0",
        "Exporter les inscrits",
    ]


def test_account_of_the_offer_alone_is_led_to_nobody(client):
    cycle = make_programme()
    account = make_account("", is_staff=True)
    account.user_permissions.set(Permission.objects.filter(content_type__app_label="training"))
    client.force_login(account)

    assert people_actions(client, cycle) == {}


def test_cycle_leads_to_its_invitations(client):
    cycle = make_programme()
    client.force_login(make_account())

    page = client.get(reverse("admin:training_cycle_change", args=[cycle.pk]))

    assert {action.label: action.url for action in page.context["actions"]}["Invitations"] == (
        f"/admin/registrations/invitation/?cycle__id__exact={cycle.pk}"
    )
