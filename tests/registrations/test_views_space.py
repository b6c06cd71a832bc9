"""The personal space, behind its secret link."""

import pytest

from registrations.models import Registration
from registrations.states import Status
from sessions.models import Profile
from tests.factories import form_data, in_days, make_programme, make_registration, make_territory

pytestmark = pytest.mark.django_db

UNKNOWN = "A" * 43


def text(response) -> str:
    return response.content.decode()


def space(registration: Registration, page: str = "") -> str:
    return f"/inscriptions/{registration.token}/{page}"


def status(registration: Registration) -> str:
    return Registration.objects.get(pk=registration.pk).status


@pytest.mark.parametrize("page", ["", "calendrier.ics", "modifier/", "annuler/", "remplacer/"])
def test_unknown_and_malformed_links_get_the_same_answer(client, page):
    make_registration(make_programme())

    unknown = client.get(f"/inscriptions/{UNKNOWN}/{page}")
    malformed = client.get(f"/inscriptions/1/{page}")

    assert (unknown.status_code, malformed.status_code) == (404, 404)
    assert unknown.content == malformed.content


@pytest.mark.parametrize("n_territories", [1, 3])
def test_space_asks_three_things(client, django_assert_num_queries, n_territories):
    registration = make_registration(make_programme())
    registration.territories.set(make_territory(f"Territoire {n}") for n in range(n_territories))

    with django_assert_num_queries(3):
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


@pytest.mark.parametrize(("first_day", "is_offered"), [(30, True), (-60, False)])
def test_coming_back_is_offered_while_a_slot_is_ahead(client, first_day, is_offered):
    cycle = make_programme(first_day=first_day)
    registration = make_registration(cycle, status=Status.CANCELLED)

    page = text(client.get(space(registration)))

    assert ("Rétablir mon inscription" in page) is is_offered


@pytest.mark.parametrize(("is_private", "n_links"), [(False, 1), (True, 0)])
def test_space_leads_to_the_page_of_a_cycle_that_is_open_to_all(client, is_private, n_links):
    cycle = make_programme()
    cycle.is_private = is_private
    cycle.save()

    page = text(client.get(space(make_registration(cycle))))

    assert page.count(f'href="{cycle.get_absolute_url()}"') == n_links


def test_cancelling_asks_first(client):
    registration = make_registration(make_programme())

    asked = client.get(space(registration, "annuler/"))
    assert "Vos 3 séances seront libérées." in text(asked)
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


def test_editing_with_errors_keeps_what_was_typed(client):
    registration = make_registration(make_programme())
    posted = form_data(registration.cycle, make_territory(), first_name="Camille", organisation="")

    response = client.post(space(registration, "modifier/"), posted)

    assert response.status_code == 400
    assert 'value="Camille"' in text(response)
    assert Registration.objects.get(pk=registration.pk).first_name == "Alix"


def test_editing_another_profile_moves_the_seats(client):
    registration = make_registration(make_programme())
    other = Profile.objects.get(group__slug="chefs-de-projet")
    posted = form_data(registration.cycle, make_territory(), profile=other.pk, email="ignored")

    done = client.post(space(registration, "modifier/"), posted, follow=True)

    assert "Vos modifications sont enregistrées." in text(done)
    edited = Registration.objects.get(pk=registration.pk)
    assert edited.email == registration.email
    assert [seat.slot.starts_at for seat in edited.own_seats] == [
        in_days(30, 13, 30),
        in_days(37, 13, 30),
        in_days(44),
    ]


def test_editing_what_was_cancelled_leads_back(client):
    registration = make_registration(make_programme(), status=Status.CANCELLED)

    response = client.get(space(registration, "modifier/"))

    assert (response.status_code, response["Location"]) == (303, space(registration))
