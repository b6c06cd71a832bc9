"""What the team does for whoever asks: hands over, or erases."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse

from registrations.models import Destruction, Registration
from tests.factories import make_account, make_destruction, make_programme
from tests.registrations.services.asking import register

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account(username="camille", first_name="Camille", last_name="Durand")


@pytest.fixture
def staff(client, account):
    client.force_login(account)
    return client


@pytest.fixture
def registration():
    return register(make_programme())


def address(name, registration):
    return reverse(f"admin:registrations_registration_{name}", args=[registration.pk])


def test_page_of_a_registration_leads_to_both(staff, registration):
    html = staff.get(address("change", registration)).content.decode()

    for name in ("own_data", "erase"):
        assert f'href="{address(name, registration)}"' in html


def test_file_holds_all_that_the_address_registered_for_and_is_logged(staff, account, registration):
    register(make_programme("autre"))
    register(make_programme("tiers"), "autre@nord.example.org")
    page = staff.get(address("own_data", registration)).content.decode()
    assert LogEntry.objects.count() == 0

    response = staff.post(address("own_data", registration))

    assert page.count("inscription du") == 2
    assert len(response.json()["inscriptions"]) == 2
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr, entry.change_message) == (
        *(account, f"Inscription n°\u00a0{registration.pk}"),
        "Données de la personne téléchargées.",
    )


def test_file_is_not_for_who_may_not_read_access_needs(client, registration):
    account = make_account("", is_staff=True)
    rights = ("change_registration", "view_registration")
    account.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(account)

    assert client.post(address("own_data", registration)).status_code == 403


def test_erasing_wants_a_reason(staff, registration):
    response = staff.post(address("erase", registration), {})

    assert "Choisissez le motif." in response.content.decode()
    assert Registration.objects.count() == 1


def test_erasing_keeps_the_reason_and_who_did_it(staff, account, registration):
    other = register(make_programme("autre"))

    response = staff.post(address("erase", registration), {"cause": "objection"}, follow=True)

    assert "1\u00a0inscription effacée." in response.content.decode()
    assert list(Registration.objects.all()) == [other]
    line = Destruction.objects.get()
    assert (line.cause, line.by) == ("objection", account)


def test_erasing_everywhere_takes_all_of_the_address_and_nobody_else(staff, registration):
    register(make_programme("autre"))
    someone = register(make_programme("tiers"), "autre@nord.example.org")

    staff.post(address("erase", registration), {"cause": "asked", "everywhere": "on"})

    assert list(Registration.objects.all()) == [someone]
    assert Destruction.objects.count() == 2


def test_erasing_names_who_has_taken_lists_away(staff, registration):
    staff.post(
        reverse("admin:registrations_registration_export", args=[registration.cycle_id]),
        {"part": "cycle", "file_format": "csv"},
    )

    html = staff.get(address("erase", registration)).content.decode()

    assert "Camille Durand" in html
    assert "Export CSV des inscrits (Tout le cycle)" in html


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("name", ["own_data", "erase"])
def test_pages_ask_as_much_for_one_registration_as_for_three(
    staff, registration, n, name, django_assert_num_queries
):
    for number in range(n):
        register(make_programme(f"autre-{number}"))

    with django_assert_num_queries({"own_data": 7, "erase": 8}[name]):
        staff.get(address(name, registration))


@pytest.mark.parametrize("file_format", ["csv", "ods", "xlsx"])
def test_register_is_read_and_downloaded(staff, file_format):
    line = make_destruction(n=21)
    changelist = reverse("admin:registrations_destruction_changelist")
    html = staff.get(changelist).content.decode()

    response = staff.post(
        changelist, {"action": f"export_{file_format}", "_selected_action": [line.pk]}
    )

    assert "Détruites et comptées" in html
    response.close()
    assert f"registre-des-destructions-{line.at:%Y}" in response["Content-Disposition"]


def test_register_as_csv_has_a_line_for_each_destruction(staff):
    make_destruction(n=21)
    make_destruction(rule="access_needs", data="Besoins d’accessibilité", fate="blank")
    lines = Destruction.objects.values_list("pk", flat=True)

    response = staff.post(
        reverse("admin:registrations_destruction_changelist"),
        {"action": "export_csv", "_selected_action": list(lines)},
    )

    rows = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert rows[0] == ('"Date";"Données";"Nombre";"Sort";"Cycle";"Durée de conservation";"Motif"')
    assert [row.split(";")[1:4] for row in rows[1:]] == [
        ['"Inscription et coordonnées"', '"21"', '"Détruites et comptées"'],
        ['"Besoins d’accessibilité"', '"1"', '"Vidées"'],
    ]
