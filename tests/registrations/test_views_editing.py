"""« Modifier mon inscription », and what it says first of a change of group."""

import pytest

from registrations.models import Registration
from registrations.models.messages import MessageKind
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
from tests.pages import space, text

pytestmark = pytest.mark.django_db


def test_editing_with_errors_keeps_what_was_typed(client):
    registration = make_registration(make_programme())
    posted = form_data(registration.cycle, make_territory(), first_name="Camille", organisation="")

    response = client.post(space(registration, "modifier/"), posted)

    assert response.status_code == 400
    assert 'value="Camille"' in text(response)
    assert Registration.objects.get(pk=registration.pk).first_name == "Alix"


def test_editing_within_ones_group_is_done_at_once(client):
    registration = make_registration(make_programme())
    posted = form_data(registration.cycle, make_territory(), last_name="Durand", email="ignored")

    done = client.post(space(registration, "modifier/"), posted, follow=True)

    assert done.redirect_chain == [(space(registration), 303)]
    assert "Vos modifications sont enregistrées." in text(done)
    edited = Registration.objects.get(pk=registration.pk)
    assert (edited.last_name, edited.email) == ("Durand", registration.email)


def change_of_group(registration, **fields):
    """What is typed to go to the group of the afternoon, and something else with it."""
    other = Profile.objects.get(group__slug="chefs-de-projet", group__cycle=registration.cycle)
    return form_data(
        registration.cycle,
        make_territory(),
        **{"profile": other.pk, "job_title": "Cheffe de projet", "expectations": "a\nb", **fields},
    )


def test_editing_another_group_says_first_what_moves(client):
    registration = make_registration(make_programme())
    posted = change_of_group(registration)

    response = client.post(space(registration, "modifier/"), posted)

    page = text(response)
    assert response.status_code == 200
    assert [
        (move.session.number, move.before.starts_at, move.after.starts_at)
        for move in response.context["moves"]
    ] == [
        (1, in_days(30), in_days(30, 13, 30)),
        (2, in_days(37), in_days(37, 13, 30)),
    ]
    assert page.count("Vous quittez la séance du") == page.count("Vous venez à celle du") == 2
    assert "Vous recevrez un courriel avec vos nouvelles dates" in page
    untouched = Registration.objects.get(pk=registration.pk)
    assert (untouched.profile, untouched.job_title) == (registration.profile, "Déléguée du préfet")
    assert not registration.events.exists()
    assert not registration.messages.exists()


def hidden(response) -> dict[str, list[str]]:
    """What the page would post again."""
    posted = dict.fromkeys((name for name, _ in response.context["posted"]))
    return {
        name: [value for each, value in response.context["posted"] if each == name]
        for name in posted
    }


def test_editing_another_group_is_done_once_it_was_read(client):
    registration = make_registration(make_programme())
    asked = client.post(space(registration, "modifier/"), change_of_group(registration))

    posted = {**hidden(asked), "reviewed": asked.context["form"].cleaned_data["profile"].pk}
    done = client.post(space(registration, "modifier/"), posted, follow=True)

    assert f'name="reviewed" value="{posted["reviewed"]}"' in text(asked)
    assert "Vos modifications sont enregistrées." in text(done)
    edited = Registration.objects.get(pk=registration.pk)
    assert (edited.job_title, edited.expectations) == ("Cheffe de projet", "a\nb")
    assert [territory.name for territory in edited.territories.all()] == [
        "Métropole européenne de Lille"
    ]
    assert [seat.slot.starts_at for seat in edited.own_seats] == [
        in_days(30, 13, 30),
        in_days(37, 13, 30),
        in_days(44),
    ]
    assert [message.kind for message in edited.messages.all()] == [MessageKind.SEATS_CHANGED]


def test_going_back_to_the_form_loses_nothing_and_changes_nothing(client):
    registration = make_registration(make_programme())
    asked = client.post(space(registration, "modifier/"), change_of_group(registration))

    back = client.post(space(registration, "modifier/"), {**hidden(asked), "_back": "1"})

    assert back.status_code == 200
    assert 'value="Cheffe de projet"' in text(back)
    assert back.context["form"]["profile"].value() == hidden(asked)["profile"][0]
    assert not registration.events.exists()


def test_what_was_read_of_one_profile_is_not_said_of_another(client):
    registration = make_registration(make_programme())
    posted = change_of_group(registration, reviewed=registration.profile_id)

    response = client.post(space(registration, "modifier/"), posted)

    assert len(response.context["moves"]) == 2
    assert not registration.events.exists()


def test_editing_to_a_full_group_is_refused_by_the_profile(client):
    cycle = make_programme()
    late = cycle.groups.last()
    late.slots.filter(session__number=1).update(capacity=1)
    make_registration(cycle, "autre@mel.example.org", profile=late.profiles.get())
    registration = make_registration(cycle)
    posted = change_of_group(registration)

    response = client.post(space(registration, "modifier/"), posted)
    forced = client.post(
        space(registration, "modifier/"), {**posted, "reviewed": posted["profile"]}
    )

    for answer in (response, forced):
        assert answer.status_code == 400
        assert answer.context["form"].errors == {
            "profile": ["Ce groupe est complet\u00a0: l’inscription reste dans le groupe actuel."]
        }
        assert 'value="Cheffe de projet"' in text(answer)
    assert not registration.events.exists()


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (Status.WAITLISTED, "Vous gardez votre rang sur la liste d’attente."),
        (Status.PENDING, "L’IREV doit toujours valider votre inscription."),
    ],
)
def test_editing_another_group_promises_no_mail_to_who_has_no_place(client, state, sentence):
    cycle = make_programme()
    registration = make_registration(cycle, status=state, queued_at=cycle.created_at)

    page = text(client.post(space(registration, "modifier/"), change_of_group(registration)))

    assert sentence in page
    assert "Vous recevrez un courriel" not in page


def test_editing_what_was_cancelled_leads_back(client):
    registration = make_registration(make_programme(), status=Status.CANCELLED)

    response = client.get(space(registration, "modifier/"))

    assert (response.status_code, response["Location"]) == (303, space(registration))


def test_editing_keeps_to_whom_the_invitation_is_for(client):
    cycle = make_programme()
    Cycle.objects.update(is_private=True)
    lille, arras = make_territory("Lille"), make_territory("Arras")
    invitation = make_invitation(
        cycle, profile=Profile.objects.get(group__slug="delegues"), territory=lille
    )
    registration = make_registration(cycle, invitation=invitation)
    registration.territories.set([lille])
    other = Profile.objects.get(group__slug="chefs-de-projet")
    page = space(registration, "modifier/")

    refused = client.post(page, form_data(cycle, arras, profile=other.pk))
    kept = client.post(page, form_data(cycle, lille, job_title="Cheffe de projet"))

    assert refused.status_code == 400
    assert refused.context["form"].errors == {
        "profile": [f"Votre invitation est réservée à\u00a0: {invitation.profile}."],
        "territories": ["Votre invitation est réservée au territoire\u00a0: Lille."],
    }
    assert (kept.status_code, kept["Location"]) == (303, space(registration))
    registration.refresh_from_db()
    assert (registration.profile, registration.job_title) == (
        invitation.profile,
        "Cheffe de projet",
    )


def test_editing_keeps_what_one_had_before_the_invitation_was_for_others(client):
    cycle = make_programme()
    arras = make_territory("Arras")
    other = Profile.objects.get(group__slug="chefs-de-projet")
    invitation = make_invitation(
        cycle, n_places=3, profile=other, territory=make_territory("Lille")
    )
    registration = make_registration(cycle, invitation=invitation)
    registration.territories.set([arras])

    done = client.post(space(registration, "modifier/"), form_data(cycle, arras))

    assert (done.status_code, done["Location"]) == (303, space(registration))
