"""Cancelling one’s registration, and coming back, from the personal space."""

import pytest
from django.utils import timezone

from registrations import services
from registrations.models import Registration
from registrations.states import Status
from tests.factories import (
    make_programme,
    make_registration,
)
from tests.pages import space, text

pytestmark = pytest.mark.django_db


def status(registration: Registration) -> str:
    return Registration.objects.get(pk=registration.pk).status


@pytest.mark.parametrize(("first_day", "is_offered"), [(30, True), (-60, False)])
def test_coming_back_is_offered_while_a_slot_is_ahead(client, first_day, is_offered):
    cycle = make_programme(first_day=first_day)
    registration = make_registration(cycle, status=Status.CANCELLED)

    page = text(client.get(space(registration)))

    assert ("Rétablir mon inscription" in page) is is_offered


def test_cancelling_asks_first(client):
    registration = make_registration(make_programme())

    asked = client.get(space(registration, "annuler/"))
    assert "Vos trois séances seront libérées." in text(asked)
    assert status(registration) == Status.CONFIRMED

    done = client.post(space(registration, "annuler/"), follow=True)
    assert done.redirect_chain == [(space(registration), 303)]
    assert "Votre inscription est annulée." in text(done)
    assert status(registration) == Status.CANCELLED


def test_cancelling_twice_says_the_same(client):
    registration = make_registration(make_programme())
    client.post(space(registration, "annuler/"))

    again = client.post(space(registration, "annuler/"))

    assert again.status_code == 303
    assert status(registration) == Status.CANCELLED


def test_coming_back_gives_the_place_again(client):
    registration = make_registration(make_programme(), status=Status.CANCELLED)

    done = client.post(space(registration, "retablir/"), follow=True)

    assert "Votre inscription est rétablie." in text(done)
    assert status(registration) == Status.CONFIRMED


def test_coming_back_once_the_cycle_is_over_is_refused(client):
    registration = make_registration(make_programme(first_day=-60), status=Status.CANCELLED)

    done = client.post(space(registration, "retablir/"), follow=True)

    assert "Votre inscription est rétablie." not in text(done)
    assert "notice-bad" in text(done)
    assert status(registration) == Status.CANCELLED


def test_person_of_a_cancelled_cycle_cannot_come_back(client):
    cycle = make_programme()
    registration = make_registration(cycle)
    services.cancel_cycle(cycle, now=timezone.now(), by=None)

    page = text(client.get(space(registration)))
    done = client.post(space(registration, "retablir/"), follow=True)

    assert "Ce cycle est annulé&nbsp;: ses séances n’auront pas lieu." in page
    assert "Rétablir mon inscription" not in page
    assert "Les inscriptions à ce cycle ne sont pas ouvertes." in text(done)
    assert status(registration) == Status.CANCELLED
