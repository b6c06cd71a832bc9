"""What an invitation opens to whoever has its link."""

import pytest
from django.utils import timezone

from registrations import services
from registrations.models import Invitation, Message, Registration
from registrations.states import Status
from sessions.models import Cycle, Profile
from tests.factories import (
    form_data,
    in_days,
    make_invitation,
    make_programme,
    make_registration,
    make_territory,
)
from tests.pages import text

pytestmark = pytest.mark.django_db

UNKNOWN = f"/invitations/{'A' * 43}/"
PARTS = ("", "inscription/", "inscription/merci/")


def page_of(invitation) -> str:
    return f"/invitations/{invitation.token}/"


@pytest.fixture
def cycle():
    """A private one."""
    cycle = make_programme()
    cycle.is_private = True
    cycle.save()
    return cycle


def test_invitation_opens_a_private_cycle_from_end_to_end(client, cycle):
    invitation = make_invitation(cycle)
    page, form = page_of(invitation), f"{page_of(invitation)}inscription/"

    programme = client.get(page)
    done = client.post(form, form_data(cycle, make_territory()), follow=True)

    assert f'href="{form}"' in text(programme)
    assert done.redirect_chain == [(f"{form}merci/", 303)]
    assert "alix.martin@nord.example.org" in text(done)
    registration = Registration.objects.get()
    assert (registration.status, registration.invitation) == (Status.CONFIRMED, invitation)


@pytest.mark.parametrize("part", PARTS)
def test_pages_of_an_invitation_lead_to_no_page_that_is_closed(client, cycle, part):
    invitation = make_invitation(cycle)

    shown = text(client.get(page_of(invitation) + part))

    assert cycle.title in shown
    assert f'"{cycle.get_absolute_url()}' not in shown


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "fields", [{"expires_at": in_days(-1)}, {"is_active": False}, {"publication": "draft"}]
)
def test_invitation_that_opens_nothing_is_not_told_from_an_unknown_one(client, cycle, part, fields):
    invitation = make_invitation(cycle)
    if "publication" in fields:
        Cycle.objects.update(**fields)
    else:
        Invitation.objects.update(**fields)

    closed = client.get(page_of(invitation) + part)
    unknown, malformed = client.get(UNKNOWN + part), client.get(f"/invitations/1/{part}")

    assert [each.status_code for each in (closed, unknown, malformed)] == [404] * 3
    assert closed.content == unknown.content == malformed.content


def test_invitation_that_ended_registers_nobody(client, cycle):
    invitation = make_invitation(cycle, expires_at=in_days(-1))

    response = client.post(f"{page_of(invitation)}inscription/", form_data(cycle, make_territory()))

    assert response.status_code == 404
    assert not Registration.objects.exists()


def test_form_has_what_the_invitation_is_for_already_chosen(client, cycle):
    profile, lille = Profile.objects.last(), make_territory("Lille")
    invitation = make_invitation(cycle, profile=profile, territory=lille)

    form = client.get(f"{page_of(invitation)}inscription/").context["form"]

    assert (form["profile"].value(), form["territories"].value()) == (
        str(profile.pk),
        [str(lille.pk)],
    )


def test_form_with_another_profile_is_an_error_of_that_field(client, cycle):
    first, last = Profile.objects.order_by("group__position")
    invitation = make_invitation(cycle, profile=last)

    response = client.post(
        f"{page_of(invitation)}inscription/",
        form_data(cycle, make_territory(), profile=first.pk),
    )

    assert response.status_code == 400
    assert response.context["form"].errors == {
        "profile": [f"Votre invitation est réservée à\u00a0: {last}."]
    }
    assert not Registration.objects.exists()


def test_form_with_another_territory_is_an_error_of_that_field(client, cycle):
    lille, arras = make_territory("Lille"), make_territory("Arras")
    invitation = make_invitation(cycle, territory=lille)

    response = client.post(f"{page_of(invitation)}inscription/", form_data(cycle, arras))

    assert response.status_code == 400
    assert response.context["form"].errors == {
        "territories": ["Votre invitation est réservée au territoire\u00a0: Lille."]
    }
    assert not Registration.objects.exists()


def test_places_kept_are_said_to_be_free_to_who_is_invited_alone(client):
    cycle = make_programme(capacity=1)
    invitation = make_invitation(cycle, n_places=1)

    invited, others = client.get(page_of(invitation)), client.get(cycle.get_absolute_url())
    form = client.get(f"{page_of(invitation)}inscription/")

    assert (invited.context["registration"].code, others.context["registration"].code) == (
        "open",
        "full",
    )
    assert "Ce groupe est complet" not in text(form)
    assert "Ce groupe est complet" in text(client.get(f"{cycle.get_absolute_url()}inscription/"))


def test_known_address_gets_the_same_answer(client, cycle):
    invitation = make_invitation(cycle)
    data = form_data(cycle, make_territory())
    make_registration(cycle, data["email"])
    form = f"{page_of(invitation)}inscription/"

    known = client.post(form, data, follow=True)
    client.cookies.clear()
    unknown = client.post(form, data | {"email": "autre@nord.example.org"}, follow=True)

    assert known.redirect_chain == unknown.redirect_chain
    assert text(known) == text(unknown).replace("autre@nord", "alix.martin@nord")


def test_closing_while_the_form_is_filled_in_is_not_an_error_page(client, cycle, monkeypatch):
    """Between the reading of the link and the lock that the service takes."""
    invitation = make_invitation(cycle)
    register = services.register

    def closed_meanwhile(*args, **kwargs):
        Invitation.objects.update(is_active=False)
        return register(*args, **kwargs)

    monkeypatch.setattr(services, "register", closed_meanwhile)
    form = f"{page_of(invitation)}inscription/"

    response = client.post(form, form_data(cycle, make_territory()))

    assert (response.status_code, response["Location"]) == (303, form)
    assert not Registration.objects.exists()


def test_looking_changes_nothing(client, cycle):
    invitation = make_invitation(cycle, n_places=1)
    before = [list(model.objects.values()) for model in (Invitation, Registration, Message)]

    for part in PARTS:
        client.get(page_of(invitation) + part)
        client.head(page_of(invitation) + part)

    after = [list(model.objects.values()) for model in (Invitation, Registration, Message)]
    assert after == before


def test_pages_are_kept_by_no_cache_nor_search_engine(client, cycle):
    invitation = make_invitation(cycle)

    for part in PARTS:
        response = client.get(page_of(invitation) + part)
        assert response["Cache-Control"] == "no-store, private"
        assert response["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("n", [0, 3])
def test_pages_ask_the_same_whoever_came(client, django_assert_num_queries, cycle, n):
    invitation = make_invitation(cycle, n_places=5)
    make_territory()
    for number in range(n):
        make_registration(cycle, f"{number}@x.example", invitation=invitation)

    # One more than the pages open to all for the invitation, and one for what is kept.
    with django_assert_num_queries(10):
        client.get(page_of(invitation))
    with django_assert_num_queries(10):
        client.get(f"{page_of(invitation)}inscription/")


def test_closed_registration_says_so_to_who_is_invited(client, cycle):
    Cycle.objects.update(registration_closes_at=timezone.now())
    invitation = make_invitation(cycle)

    page = text(client.get(f"{page_of(invitation)}inscription/"))

    assert "Les inscriptions sont closes depuis le" in page
    assert f'href="{page_of(invitation)}"' in page
