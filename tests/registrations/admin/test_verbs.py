"""What the team does to a registration, each on a page that says it first."""

import pytest
from django.urls import reverse
from django.utils import timezone

from registrations import services
from registrations.admin.verbs import VERBS
from registrations.models.messages import MessageKind
from registrations.states import Status
from tests.factories import in_days, make_account, make_programme, make_registration
from tests.pages import said

pytestmark = pytest.mark.django_db


def address(name, registration):
    return reverse(f"admin:registrations_registration_{name}", args=[registration.pk])


def offered(client, registration):
    """The verbs that the page of a registration offers, in order."""
    return [label for label, _ in client.get(address("change", registration)).context["verbs"]]


@pytest.mark.parametrize(
    ("status", "labels"),
    [
        (
            Status.PENDING,
            [
                *("Accepter la demande", "Refuser la demande"),
                *("Renvoyer le lien", "Corriger l’adresse", "Annuler l’inscription"),
            ],
        ),
        (
            Status.CONFIRMED,
            ["Renvoyer le lien", "Corriger l’adresse", "Annuler l’inscription"],
        ),
        (
            Status.WAITLISTED,
            [
                *("Refuser la demande", "Attribuer une place"),
                *("Renvoyer le lien", "Corriger l’adresse", "Annuler l’inscription"),
            ],
        ),
        (Status.REFUSED, ["Attribuer une place"]),
        (Status.CANCELLED, ["Rétablir l’inscription"]),
    ],
)
def test_page_offers_what_makes_sense_in_each_state(staff, status, labels):
    registration = make_registration(make_programme(), status=status, queued_at=in_days(0))

    assert offered(staff, registration) == labels


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_verb_only_asks_on_get(staff, verb):
    registration = make_registration(
        make_programme(), status=verb.statuses[0], queued_at=in_days(0)
    )

    response = staff.get(verb.url(registration))

    assert verb.explanation in response.content.decode()
    registration.refresh_from_db()
    assert registration.status == verb.statuses[0]
    assert not registration.messages.exists()
    assert not registration.events.exists()


@pytest.mark.parametrize(
    ("name", "before", "given", "after", "verb", "kind"),
    [
        ("accept", "pending", {}, "confirmed", "accepted", MessageKind.CONFIRMATION),
        ("refuse", "pending", {"reason": "Hors région"}, "refused", "refused", MessageKind.REFUSED),
        ("promote", "waitlisted", {}, "confirmed", "promoted", MessageKind.PROMOTED),
        ("cancel", "confirmed", {}, "cancelled", "cancelled", MessageKind.CANCELLED),
        ("restore", "cancelled", {}, "confirmed", "restored", MessageKind.CONFIRMATION),
    ],
)
def test_verb_is_done_and_mailed_on_post(staff, name, before, given, after, verb, kind):
    registration = make_registration(make_programme(), status=before, queued_at=in_days(0))

    response = staff.post(address(name, registration), given)

    assert (response.status_code, response["Location"]) == (302, address("change", registration))
    registration.refresh_from_db()
    event = registration.events.get()
    assert (registration.status, event.verb, event.by.username) == (after, verb, "camille")
    assert [message.kind for message in registration.messages.all()] == [kind]


def test_resend_queues_the_mail_again(staff):
    registration = make_registration(make_programme())

    response = staff.post(address("resend", registration), follow=True)

    assert said(response) == ["Le courriel part dans un instant."]
    assert [message.kind for message in registration.messages.all()] == [MessageKind.CONFIRMATION]


def test_address_is_corrected_by_the_team(staff):
    registration = make_registration(make_programme(), "alix.matrin@nord.example.org")

    asked = staff.get(address("correct_address", registration)).content.decode()
    response = staff.post(
        address("correct_address", registration),
        {"email": " alix.martin@NORD.example.org"},
        follow=True,
    )

    assert 'value="alix.matrin@nord.example.org"' in asked
    assert said(response) == [
        "L’adresse est enregistrée, et le courriel d’inscription part dans un instant."
    ]
    registration.refresh_from_db()
    event = registration.events.get()
    assert registration.email == "alix.martin@nord.example.org"
    assert (event.verb, event.by.username) == ("address_corrected", "camille")
    assert [message.recipient for message in registration.messages.all()] == [registration.email]


def test_address_that_is_none_is_not_taken(staff):
    registration = make_registration(make_programme())

    response = staff.post(address("correct_address", registration), {"email": "alix@nord"})

    assert "email" in response.context["form"].errors
    assert not registration.events.exists()


def test_refusal_of_a_service_is_told_in_its_words(staff):
    registration = make_registration(make_programme(), status=Status.CANCELLED)

    response = staff.post(address("resend", registration), follow=True)

    assert said(response) == ["Seule une inscription active a un lien à envoyer."]
    assert not registration.messages.exists()


def test_refusing_needs_a_reason(staff):
    registration = make_registration(make_programme(), status=Status.PENDING)

    response = staff.post(address("refuse", registration), {"reason": " "})

    assert response.context["form"].errors == {
        "reason": ["Donnez le motif\u00a0: il est envoyé à la personne."]
    }
    registration.refresh_from_db()
    assert registration.status == Status.PENDING


def test_promotion_above_capacity_asks_for_it(staff):
    cycle = make_programme(capacity=1)
    make_registration(cycle, "first@x.example")
    waiting = make_registration(cycle, status=Status.WAITLISTED, queued_at=in_days(0))

    refused = staff.post(address("promote", waiting), follow=True)
    waiting.refresh_from_db()
    status_before = waiting.status
    staff.post(address("promote", waiting), {"over_capacity": "on"})

    waiting.refresh_from_db()
    assert said(refused) == ["Il n’y a plus de place dans une des séances."]
    assert (status_before, waiting.status) == (Status.WAITLISTED, Status.CONFIRMED)
    assert [event.verb for event in waiting.events.all()] == ["forced"]


def test_unknown_registration_is_not_found(staff):
    assert staff.get("/admin/registrations/registration/999/annuler/").status_code == 404


def test_cancelling_twice_changes_nothing_more(staff):
    registration = make_registration(make_programme())

    for _ in range(2):
        staff.post(address("cancel", registration))

    assert (registration.events.count(), registration.messages.count()) == (1, 1)


def profiles_of(cycle):
    return [group.profiles.get() for group in cycle.groups.all()]


def test_profile_is_chosen_among_the_others(staff):
    cycle = make_programme()
    _, second = profiles_of(cycle)
    make_programme("other")
    registration = make_registration(cycle)

    form = staff.get(address("profile", registration)).context["form"]

    assert [label for _, label in form.fields["profile"].choices] == [
        f"{second.label} (groupe\u00a0: Chefs de projet politique de la ville)"
    ]


def test_change_of_profile_says_what_it_moves_and_moves_nothing_on_get(staff):
    cycle = make_programme()
    _, second = profiles_of(cycle)
    registration = make_registration(cycle)

    response = staff.get(address("profile", registration), {"profile": second.pk})

    moves = response.context["moves"]
    assert [
        (move.session.number, move.before.starts_at.hour < move.after.starts_at.hour, move.is_full)
        for move in moves
    ] == [(1, True, False), (2, True, False)]
    page = response.content.decode()
    assert page.count("quitte la séance du") == 2
    assert page.count("13h30 à 16h30") == 2
    assert not registration.events.exists()


def test_change_of_profile_moves_the_seats_on_post(staff):
    cycle = make_programme()
    _, second = profiles_of(cycle)
    registration = make_registration(cycle, last_name="L’Hôte", access_needs="Sous-titrage")

    staff.post(address("profile", registration), {"profile": second.pk})

    registration = cycle.registrations.get()
    assert registration.profile == second
    assert (registration.last_name, registration.access_needs) == ("L’Hôte", "Sous-titrage")
    assert {seat.slot for seat in registration.own_seats} == set(second.group.slots.all())
    assert [(event.verb, event.by.username) for event in registration.events.all()] == [
        ("moved", "camille"),
        ("edited", "camille"),
    ]
    assert [message.kind for message in registration.messages.all()] == [MessageKind.SEATS_CHANGED]


def test_change_of_profile_to_a_full_group_is_refused(staff):
    cycle = make_programme(capacity=2)
    first, second = profiles_of(cycle)
    registration = make_registration(cycle)
    for slot in second.group.slots.all():
        slot.capacity = 1
        slot.save()
    make_registration(cycle, "second@x.example", profile=second)

    preview = staff.get(address("profile", registration), {"profile": second.pk})
    response = staff.post(address("profile", registration), {"profile": second.pk}, follow=True)

    assert "Cette séance est complète." in preview.content.decode()
    assert said(response) == [
        "Ce groupe est complet\u00a0: l’inscription reste dans le groupe actuel."
    ]
    registration.refresh_from_db()
    assert registration.profile == first


def test_change_of_profile_within_the_group_moves_nothing(staff):
    cycle = make_programme()
    group = cycle.groups.first()
    other = group.profiles.create(label="Autre profil")
    registration = make_registration(cycle)
    # Placed by the team in the slot of the other group.
    slot = cycle.groups.last().slots.earliest("starts_at")
    services.move_seat(registration, slot, now=timezone.now(), by=make_account("", "dominique"))

    preview = staff.get(address("profile", registration), {"profile": other.pk})
    staff.post(address("profile", registration), {"profile": other.pk})

    assert preview.context["moves"] == []
    assert "aucun courriel n’est envoyé" in preview.content.decode()
    registration = cycle.registrations.get()
    assert registration.profile == other
    assert slot in [seat.slot for seat in registration.own_seats]


@pytest.mark.parametrize("profile", ["", "x", "999"])
def test_change_to_a_profile_that_is_not_offered_is_refused(staff, profile):
    registration = make_registration(make_programme())

    response = staff.post(address("profile", registration), {"profile": profile})

    assert response.status_code == 200
    assert "profile" in response.context["form"].errors
    assert not registration.events.exists()
