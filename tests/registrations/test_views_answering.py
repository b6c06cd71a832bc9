"""What people answer from their personal space: to an offer, to the proof of an address."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registrations.models.messages import MessageKind
from registrations.states import Status
from sessions.typography import moment
from tests.factories import (
    in_days,
    make_programme,
    make_registration,
)
from tests.pages import space, text

pytestmark = pytest.mark.django_db


def wait(cycle, **fields):
    return make_registration(cycle, status=Status.WAITLISTED, queued_at=in_days(-1), **fields)


def test_offer_says_until_when_and_is_accepted(client):
    deadline = timezone.now() + timedelta(hours=3)
    registration = wait(make_programme(), offer_expires_at=deadline)

    page = text(client.get(space(registration)))
    done = client.post(space(registration, "accepter/"), follow=True)

    assert moment(deadline) in page
    assert "Accepter cette place" in page
    assert "Vous êtes sur liste d’attente" not in page
    assert "Votre place est confirmée." in text(done)
    registration.refresh_from_db()
    assert registration.status == Status.CONFIRMED
    assert [message.kind for message in registration.messages.all()] == [MessageKind.CONFIRMATION]


def test_offer_is_not_taken_by_opening_its_address(client):
    registration = wait(make_programme(), offer_expires_at=timezone.now() + timedelta(hours=3))

    response = client.get(space(registration, "accepter/"))

    assert response.status_code == 405
    registration.refresh_from_db()
    assert registration.status == Status.WAITLISTED


@pytest.mark.parametrize(
    "fields",
    [
        # The worker has not come by yet.
        {"offer_expires_at": timezone.now() - timedelta(minutes=1)},
        {"offer_lapsed_at": timezone.now() - timedelta(hours=1)},
    ],
)
def test_offer_that_lapsed_is_not_accepted(client, fields):
    registration = wait(make_programme(), **fields)

    page = text(client.get(space(registration)))
    done = client.post(space(registration, "accepter/"), follow=True)

    assert "Le délai pour accepter la place proposée est passé" in page
    assert "Accepter cette place" not in page
    assert "Cette place n’est plus proposée" in text(done)
    registration.refresh_from_db()
    assert registration.status == Status.WAITLISTED


def test_address_is_verified_by_a_button_and_not_by_opening_the_link(client):
    cycle = make_programme()
    registration = make_registration(cycle, status=Status.PENDING, confirmed_at=None)

    page = text(client.get(space(registration)))
    by_link = client.get(space(registration, "confirmer/"))
    by_button = client.post(space(registration, "confirmer/"), follow=True)

    assert f'action="{space(registration, "confirmer/")}"' in page
    assert by_link.status_code == 405
    assert "Votre adresse est vérifiée." in text(by_button)
    registration.refresh_from_db()
    assert registration.status == Status.CONFIRMED


def test_request_that_the_team_decides_of_offers_no_button(client):
    cycle = make_programme()
    cycle.requires_validation = True
    cycle.save()
    registration = make_registration(cycle, status=Status.PENDING, confirmed_at=None)

    page = text(client.get(space(registration)))
    client.post(space(registration, "confirmer/"))

    assert "confirmer/" not in page
    assert "L’IREV doit encore valider" in page
    registration.refresh_from_db()
    assert registration.status == Status.PENDING
