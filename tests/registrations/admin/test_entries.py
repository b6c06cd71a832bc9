"""« Inscrire une personne »: the public form, filled in by the team."""

import pytest
from django.urls import reverse

from registrations.models import Registration
from registrations.retention import policy
from registrations.states import Status
from sessions.models import Slot
from sessions.states import Publication
from tests.factories import (
    form_data,
    in_days,
    make_programme,
    make_registration,
    make_territory,
)
from tests.pages import said, text

pytestmark = pytest.mark.django_db

CYCLES = "/admin/registrations/registration/add/"


def address(cycle):
    return reverse("admin:registrations_registration_register", args=[cycle.pk])


def test_cycles_offered_are_those_on_the_site_that_are_not_over(staff):
    make_programme("open")
    closed = make_programme("closed")
    closed.registration_closes_at = in_days(-1)
    closed.save()
    make_programme("over", first_day=-60)
    draft = make_programme("draft")
    draft.publication = Publication.DRAFT
    draft.save()

    cycles = staff.get(CYCLES).context["cycles"]

    assert sorted(cycle.slug for cycle in cycles) == ["closed", "open"]


def test_team_is_told_what_to_say_to_whoever_it_registers(staff):
    page = text(staff.get(address(make_programme())))

    assert f"garde ces données {policy().rule('registrations').until} pour gérer" in page
    assert '<a href="/donnees-personnelles/">Données personnelles</a>' in page


def test_person_is_registered_by_the_team(staff):
    cycle = make_programme()

    response = staff.post(address(cycle), form_data(cycle, make_territory()), follow=True)

    registration = Registration.objects.get()
    assert response.redirect_chain[-1][0] == reverse(
        "admin:registrations_registration_change", args=[registration.pk]
    )
    assert said(response) == [
        "La personne est inscrite. Un courriel de confirmation lui est envoyé."
    ]
    assert (registration.status, registration.phone) == (Status.CONFIRMED, "+33612345678")
    event = registration.events.get()
    assert (event.verb, event.by.username) == ("registered", "camille")
    assert [message.kind for message in registration.messages.all()] == ["confirmation"]


@pytest.mark.parametrize(
    "fields",
    [
        {"registration_closes_at": in_days(-1)},
        {"registration_opens_at": in_days(1)},
        {"is_private": True},
    ],
    ids=["closed", "not open yet", "private"],
)
def test_team_registers_when_the_public_form_does_not(staff, client, fields):
    cycle = make_programme()
    for name, value in fields.items():
        setattr(cycle, name, value)
    cycle.save()

    staff.post(address(cycle), form_data(cycle, make_territory()))

    assert Registration.objects.get().status == Status.CONFIRMED


def test_team_puts_people_on_the_waiting_list_of_a_full_group(staff):
    cycle = make_programme(capacity=1)
    make_registration(cycle, "first@x.example")

    page = staff.get(address(cycle))
    staff.post(address(cycle), form_data(cycle, make_territory()))

    assert "Ce groupe est complet." in page.content.decode()
    assert Registration.objects.latest("pk").status == Status.WAITLISTED


def test_address_that_is_registered_already_leads_to_its_registration(staff):
    cycle = make_programme()
    known = make_registration(cycle)

    response = staff.post(
        address(cycle), form_data(cycle, make_territory(), last_name="Autre"), follow=True
    )

    assert response.context["original"] == known
    assert said(response) == [
        "Cette adresse était déjà inscrite à ce cycle\u00a0: voici son inscription, telle qu’elle "
        "était. Un courriel le lui rappelle."
    ]
    event = known.events.get()
    assert (event.verb, event.by.username) == ("asked_again", "camille")


def test_cycle_that_is_over_takes_nobody(staff):
    cycle = make_programme()
    Slot.objects.update(starts_at=in_days(-10, 9), ends_at=in_days(-10, 12))

    response = staff.post(address(cycle), form_data(cycle, make_territory()), follow=True)

    assert said(response) == ["Les inscriptions à ce cycle ne sont pas ouvertes."]
    assert not Registration.objects.exists()


def test_what_is_missing_is_said_and_nothing_is_lost(staff):
    cycle = make_programme()

    response = staff.post(address(cycle), form_data(cycle, make_territory(), last_name=""))

    page = response.content.decode()
    assert response.status_code == 400
    assert page.count("<title>Erreur&nbsp;: Inscrire une personne") == 1
    assert "L’inscription n’est pas enregistrée" in page
    assert 'href="#id_last_name">Saisissez votre nom.</a>' in page
    assert 'value="Alix"' in page


def test_draft_is_not_found(staff):
    cycle = make_programme()
    cycle.publication = Publication.DRAFT
    cycle.save()

    assert staff.get(address(cycle)).status_code == 404
