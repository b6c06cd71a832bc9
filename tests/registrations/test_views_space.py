"""The personal space, behind its secret link: what its page shows."""

import pytest
from django.utils import timezone

from registrations.states import Status
from sessions.models import Cycle, Slot
from tests.factories import (
    in_days,
    make_invitation,
    make_programme,
    make_registration,
    make_territory,
)
from tests.pages import space, text
from tests.shapes import make_in_person

pytestmark = pytest.mark.django_db

UNKNOWN = "A" * 43


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["", "calendrier.ics", "modifier/", "annuler/", "remplacer/"])
def test_unknown_and_malformed_links_get_the_same_answer(client, page):
    make_registration(make_programme())

    unknown = client.get(f"/inscriptions/{UNKNOWN}/{page}")
    malformed = client.get(f"/inscriptions/1/{page}")

    assert (unknown.status_code, malformed.status_code) == (404, 404)
    assert unknown.content == malformed.content


@pytest.mark.parametrize("n_territories", [1, 3])
def test_space_asks_five_things(client, django_assert_num_queries, n_territories):
    registration = make_registration(make_programme())
    registration.territories.set(make_territory(f"Territoire {n}") for n in range(n_territories))

    # The registration, the dates of its cycle, the seats, those that were lost, the territories.
    with django_assert_num_queries(5):
        client.get(space(registration))


def test_space_gives_the_links_of_ones_own_slots_only(client):
    cycle = make_programme()
    own, other = cycle.groups.all()
    other.slots.update(video_url="https://visio.numerique.gouv.fr/not-for-me")
    # The common one among them.
    own.slots.update(video_url="https://visio.numerique.gouv.fr/own-own-own")
    registration = make_registration(cycle, profile=own.profiles.get())

    page = text(client.get(space(registration)))

    # Three slots, and the next one again, in large.
    assert page.count("https://visio.numerique.gouv.fr/own-own-own") == 4
    assert "not-for-me" not in page


@pytest.mark.parametrize("state", [Status.WAITLISTED, Status.PENDING, Status.CANCELLED])
def test_space_gives_no_link_without_a_place(client, state):
    cycle = make_programme()
    registration = make_registration(cycle, status=state, queued_at=cycle.created_at)

    page = text(client.get(space(registration)))

    assert cycle.title in page
    assert "visio.numerique.gouv.fr" not in page


def test_space_offers_nothing_more_once_all_is_over(client):
    registration = make_registration(make_programme(first_day=-60))

    page = text(client.get(space(registration)))

    assert "Vos séances sont terminées." in page
    offered = [name for name in ("calendrier.ics", "remplacer/", "annuler/") if name in page]
    assert offered == []


@pytest.mark.parametrize(("is_private", "n_links"), [(False, 1), (True, 0)])
def test_space_leads_to_the_page_of_a_cycle_that_is_open_to_all(client, is_private, n_links):
    cycle = make_programme()
    cycle.is_private = is_private
    cycle.save()

    page = text(client.get(space(make_registration(cycle))))

    assert page.count(f'href="{cycle.get_absolute_url()}"') == n_links


def test_state_is_said_in_words(client):
    cycle = make_programme()
    cycle.requires_validation = True
    cycle.save()
    sentences = {
        Status.CONFIRMED: "Votre prochaine séance",
        Status.WAITLISTED: "Vous êtes sur liste d’attente",
        Status.PENDING: "L’IREV doit encore valider votre inscription.",
        Status.REFUSED: "L’IREV n’a pas pu accepter votre inscription à ce cycle.",
        Status.CANCELLED: "Votre inscription est annulée.",
    }
    pages = {
        state: text(
            client.get(
                space(
                    make_registration(cycle, f"{state}@x.org", status=state, queued_at=in_days(0))
                )
            )
        )
        for state in sentences
    }

    assert {
        state: [each for each, sentence in sentences.items() if sentence in page]
        for state, page in pages.items()
    } == {state: [state] for state in sentences}


def lose_slots(registration, **which):
    """As when staff cancel slots: see ``services.announce``."""
    seats = registration.seats.filter(**which)
    Slot.objects.filter(seats__in=seats).update(cancelled_at=timezone.now())
    seats.update(slot=None)


def test_cancelled_slot_is_told_among_ones_own(client):
    registration = make_registration(make_programme())
    lose_slots(registration, session__number=1)

    response = client.get(space(registration))

    page = text(response)
    assert [seat.session.number for seat in response.context["lost_seats"]] == [1]
    assert (
        page.count("Séance annulée. Si une autre date est fixée, un courriel vous la donnera.") == 1
    )
    assert response.context["next_seat"].session.number == 2


def test_session_that_ones_group_does_not_follow_is_not_told_as_cancelled(client):
    registration = make_registration(make_programme())
    registration.seats.filter(session__number=1).update(slot=None)

    response = client.get(space(registration))

    assert response.context["lost_seats"] == []
    assert "annulée" not in text(response)


def test_person_whose_slots_are_all_cancelled_is_not_thanked(client):
    cycle = make_programme()
    registration = make_registration(cycle)
    lose_slots(registration)
    Slot.objects.update(cancelled_at=timezone.now())

    page = text(client.get(space(registration)))

    assert "Ce cycle est annulé&nbsp;: ses séances n’auront pas lieu." in page
    assert page.count("Séance annulée.") == 3
    assert "Merci d’avoir suivi ce cycle" not in page
    assert "Ajouter à mon agenda" not in page
    assert "Me faire remplacer" not in page


def test_space_says_where_and_how_one_attends(client):
    cycle = make_in_person()
    Slot.objects.filter(mode="video").update(place="Préfecture, Lille")
    registration = make_registration(cycle)

    page = " ".join(text(client.get(space(registration))).split())

    # The first one again at the top.
    assert page.count("En visioconférence et sur place&nbsp;: Préfecture, Lille") == 2
    assert page.count("En présentiel&nbsp;: IREV, Lille") == 1
    assert page.count("Rejoindre la visioconférence") == 2


def test_link_that_is_not_known_yet_is_promised(client):
    registration = make_registration(make_programme())
    Slot.objects.filter(session__number=1).update(video_url="")

    page = text(client.get(space(registration)))

    # At the top and in the list.
    assert page.count("Le lien de connexion vous sera envoyé par courriel.") == 2


@pytest.mark.parametrize(("is_active", "n_links"), [(True, 1), (False, 0)])
def test_space_of_a_private_cycle_leads_back_by_the_invitation(client, is_active, n_links):
    cycle = make_programme()
    Cycle.objects.update(is_private=True)
    invitation = make_invitation(cycle, is_active=is_active)

    page = text(client.get(space(make_registration(cycle, invitation=invitation))))

    assert page.count(f'href="/invitations/{invitation.token}/"') == n_links


def test_space_tells_nothing_of_others(client):
    cycle = make_programme()
    make_registration(cycle, "chloe.petit@x.example", first_name="Chloé", last_name="Petit")
    registration = make_registration(cycle)

    for page in ("", "modifier/", "annuler/", "remplacer/"):
        shown = text(client.get(space(registration, page)))
        assert cycle.title in shown
        assert "Chloé" not in shown
        assert "chloe" not in shown.lower()
