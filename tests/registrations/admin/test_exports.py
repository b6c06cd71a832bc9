"""The files that the team takes away: from the list, and from the page of a cycle."""

import csv

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse

from sessions.models import Slot
from sessions.states import Publication
from tests.factories import make_account, make_programme, make_registration

pytestmark = pytest.mark.django_db

LIST = "/admin/registrations/registration/"


def address(cycle):
    return reverse("admin:registrations_registration_export", args=[cycle.pk])


def rows(response):
    text = b"".join(response).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines(keepends=True), delimiter=";"))


def test_export_page_offers_each_list_of_the_cycle(staff):
    cycle = make_programme()
    cycle.publication = Publication.DRAFT
    cycle.save()

    form = staff.get(address(cycle)).context["form"]

    slots = Slot.objects.of_cycle(cycle).in_order()
    assert [key for key, _ in form.fields["part"].choices] == [
        "cycle",
        *(f"group-{group.pk}" for group in cycle.groups.all()),
        *(f"slot-{slot.pk}" for slot in slots),
    ]
    assert not LogEntry.objects.exists()


def test_export_of_a_group_with_what_its_people_need(staff):
    cycle = make_programme()
    make_registration(cycle, "first@x.example")
    second = cycle.groups.last()
    make_registration(
        cycle, "second@x.example", profile=second.profiles.get(), access_needs="Sous-titrage"
    )

    response = staff.post(
        address(cycle),
        {"part": f"group-{second.pk}", "file_format": "csv", "with_needs": "on"},
    )

    assert [(row["Adresse électronique"], row["Besoins d’accessibilité"]) for row in rows(response)]
    assert LogEntry.objects.get().change_message == (
        "Export CSV des inscrits (Chefs de projet politique de la ville, avec attentes et besoins)"
        "\u00a0: 1\u00a0personne."
    )


def test_export_without_the_right_to_read_needs_has_none(client):
    cycle = make_programme()
    make_registration(cycle, access_needs="Sous-titrage")
    account = make_account("", "stand-in", is_staff=True)
    account.user_permissions.set(Permission.objects.filter(codename="coordinate"))
    client.force_login(account)

    page = client.get(address(cycle)).content.decode()
    response = client.post(
        address(cycle), {"part": "cycle", "file_format": "csv", "with_needs": "on"}
    )

    assert "with_needs" not in page
    assert "Besoins d’accessibilité" not in rows(response)[0]


@pytest.mark.parametrize(
    "given",
    [
        {"part": "cycle"},
        {"part": "cycle", "file_format": "pdf"},
        {"part": "group-999", "file_format": "csv"},
    ],
)
def test_export_of_what_is_not_offered_is_refused(staff, given):
    response = staff.post(address(make_programme()), given)

    assert response.context["form"].errors
    assert not LogEntry.objects.exists()


def select(client, file_format, *registrations):
    return client.post(
        LIST,
        {
            "action": f"export_{file_format}",
            "_selected_action": [registration.pk for registration in registrations],
        },
    )


def test_selection_is_exported_from_the_list(staff):
    cycle = make_programme()
    one = make_registration(cycle, "one@x.example", status="cancelled", access_needs="Boucle")
    make_registration(cycle, "two@x.example")

    response = select(staff, "csv", one)

    assert [(row["Adresse électronique"], row["État"]) for row in rows(response)] == [
        ("one@x.example", "Annulée")
    ]
    assert LogEntry.objects.get().change_message == (
        "Export CSV des inscrits (Sélection)\u00a0: 1\u00a0personne."
    )


@pytest.mark.parametrize("file_format", ["xlsx", "ods"])
def test_selection_of_several_cycles_is_a_spreadsheet(staff, file_format):
    people = [make_registration(make_programme(slug)) for slug in ("first", "second")]

    response = select(staff, file_format, *people)

    assert b"".join(response).startswith(b"PK")
    assert LogEntry.objects.count() == 2


def test_selection_of_several_cycles_is_no_csv_file(staff):
    people = [make_registration(make_programme(slug)) for slug in ("first", "second")]

    response = staff.get(select(staff, "csv", *people)["Location"])

    (message,) = response.context["messages"]
    assert str(message).startswith("Un fichier CSV ne tient qu’une liste")
    assert not LogEntry.objects.exists()
