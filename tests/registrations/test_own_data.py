"""What a person is told that is held about them: all of it, and nobody else's."""

import json

import pytest
from django.utils import timezone

from registrations import services
from registrations.models import Message, Registration, Seat
from registrations.own_data import as_json, held_about, of_same_address
from registrations.retention import policy
from tests.factories import (
    make_account,
    make_application,
    make_invitation,
    make_programme,
    make_replacement,
    make_territory,
    paris,
)
from tests.registrations.services.asking import register

pytestmark = pytest.mark.django_db


def fresh(registration):
    return Registration.objects.with_offer().get(pk=registration.pk)


def facts(registration):
    """By part, the labels and words of its first row."""
    return {
        part.title: {fact.label: fact.words for fact in part.rows[0]}
        for part in held_about(fresh(registration))
    }


def rich():
    """A registration with a value in each field that people see."""
    cycle = make_programme()
    registration = register(
        cycle,
        territories=[make_territory()],
        expectations="Des outils",
        access_needs="Sous-titrage",
        invitation=make_invitation(cycle),
    )
    make_replacement(registration)
    services.find_links(registration.email)
    other = register(make_programme("autre"), "autre@nord.example.org")
    make_replacement(
        other, first_name="Alix", last_name="Martin", email="ALIX.Martin@nord.example.org"
    )
    Message.objects.update(sent_at=timezone.now(), last_answer="250 OK", context={"reason": "…"})
    return registration


def test_everything_that_was_written_is_there_in_words():
    registration = rich()

    parts = facts(registration)

    assert list(parts) == [
        "Votre inscription",
        "Vos séances",
        "Ce qui s’est passé",
        "Les courriels",
        "Vos demandes de remplacement",
        "Les demandes de remplacement qui vous nomment",
    ]
    own = parts["Votre inscription"]
    assert [own[label] for label in ("prénom", "nom", "adresse électronique", "téléphone")] == [
        *("Alix", "Martin", "alix.martin@nord.example.org", "06\u00a012\u00a034\u00a056\u00a078")
    ]
    assert own["territoires d’intervention"] == "Métropole européenne de Lille"
    assert own["besoins d’accessibilité"] == "Sous-titrage"
    assert own["type de structure"] == "Préfecture ou sous-préfecture"
    assert parts["Ce qui s’est passé"]["action"] == "Inscription"
    assert parts["Vos demandes de remplacement"]["adresse électronique"] == "lou@nord.example.org"


@pytest.mark.parametrize("model", [Registration, Seat, Message])
def test_each_field_that_the_policy_shows_is_in_the_file(model):
    registration = rich()
    Registration.objects.filter(pk=registration.pk).update(
        replaces=Registration.objects.exclude(pk=registration.pk).get(),
        **dict.fromkeys(
            [
                *("queued_at", "offer_lapsed_at", "confirmed_at"),
                *("cancelled_at", "address_failed_at"),
            ],
            paris(2021, 4, 6),
        ),
        address_failure="550 5.1.1",
    )
    told = {
        fact.name for part in held_about(fresh(registration)) for row in part.rows for fact in row
    }

    # An offer is for those who wait; the link to the registration is the registration itself.
    left_out = {"offer_expires_at", "registration"}
    assert set(policy().shown(model._meta.label)) - told - left_out == set()


def test_file_is_read_by_programs():
    registration = rich()

    document = json.loads(as_json([fresh(registration)], paris(2021, 4, 6)))

    assert document["produit le"] == "2021-04-06T09:00:00+02:00"
    [held] = document["inscriptions"]
    [own] = held["Votre inscription"]
    assert own["inscription le"].startswith(f"{timezone.now().year}-")
    assert own["territoires d’intervention"] == ["Métropole européenne de Lille"]
    assert len(held["Vos séances"]) == 3
    assert document["durées de conservation"] == policy().terms


def test_secret_of_the_link_is_told_nowhere():
    registration = rich()

    text = as_json([fresh(registration)], timezone.now())

    for secret in (registration.token, registration.link_nonce, registration.link_hash):
        assert secret not in text


def test_other_people_are_not_named():
    replaced = register(make_programme(), first_name="Zoé", last_name="Quévrain")
    request = make_replacement(replaced, email="lou@x.example.org")
    newcomer = services.replace(
        request, make_application(replaced.profile, "lou@x.example.org"), now=timezone.now()
    )
    services.edit(
        newcomer,
        profile=newcomer.profile,
        person=make_application(newcomer.profile).person,
        territories=[],
        now=timezone.now(),
        by=make_account(username="camille.durand"),
    )

    text = as_json([fresh(newcomer)], timezone.now())

    assert "Quévrain" not in text
    assert "camille.durand" not in text
    # Whom they replace; in the mail that asked them, twice in the text and twice in the HTML.
    assert (text.count("une autre personne"), text.count("l’équipe de l’IREV")) == (5, 1)


def test_request_that_gave_the_place_is_told_once_the_address_was_corrected():
    replaced = register(make_programme())
    request = make_replacement(replaced)
    newcomer = services.replace(
        request, make_application(replaced.profile, request.email), now=timezone.now()
    )
    services.correct_address(newcomer, "l.petit@nord.example.org", now=timezone.now(), by=None)

    parts = {part.title: part.rows for part in held_about(fresh(newcomer))}

    [told] = parts["Les demandes de remplacement qui vous nomment"]
    assert [fact.words for fact in told if fact.name in ("first_name", "last_name", "email")] == [
        *("Lou", "Petit", "lou@nord.example.org")
    ]
    mails = [{fact.name: fact.value for fact in row} for row in parts["Les courriels"]]
    assert [(mail["kind"], mail["recipient"]) for mail in mails] == [
        ("Demande de remplacement", "lou@nord.example.org"),
        ("Confirmation d’inscription", "lou@nord.example.org"),
        ("Confirmation d’inscription", "l.petit@nord.example.org"),
    ]


def test_registrations_of_one_address_are_found_whatever_its_capitals():
    one = register(make_programme())
    two = register(make_programme("autre"), "Alix.MARTIN@nord.example.org")
    register(make_programme("tiers"), "autre@nord.example.org")

    assert list(of_same_address(one)) == [one, two]


@pytest.mark.parametrize("n", [1, 3])
def test_held_about_is_nine_queries_at_most(django_assert_num_queries, n):
    cycle = make_programme()
    registration = register(cycle, territories=[make_territory(str(i)) for i in range(n)])
    for number in range(n):
        services.find_links(registration.email)
        make_replacement(registration, email=f"lou{number}@x.example.org")
    registration = fresh(registration)

    # Nobody's address was corrected: one less.
    with django_assert_num_queries(8):
        held_about(registration)
