import csv

import pytest
from django.contrib.admin.models import LogEntry

from registrations.reachability import mark
from registrations.roles import COORDINATION, STAFF
from registrations.states import Status
from sessions.models import Slot
from sessions.states import Publication
from tests.factories import (
    in_days,
    make_account,
    make_cycle,
    make_programme,
    make_registration,
    make_territory,
)
from tests.pages import text

pytestmark = pytest.mark.django_db

HOME = "/coordination/"
CYCLE = "/coordination/cycles/cycle-lcd/"
ROSTER = f"{CYCLE}inscrits/"
UNREACHABLE = f"{CYCLE}pas-joignables/"
LOGIN = "/coordination/connexion/"
PASSWORD = "la pluie sur les toits de Lille"


@pytest.fixture
def coordinator(client):
    """The client of a coordinator, who is logged in."""
    client.force_login(make_account(COORDINATION))
    return client


def addresses(cycle):
    """Each address of the coordinators for this cycle, with what it takes."""
    group, slot = cycle.groups.first(), Slot.objects.of_cycle(cycle).first()
    root = f"/coordination/cycles/{cycle.slug}/"
    rosters = [f"{root}inscrits/", f"{root}groupes/{group.pk}/", f"{root}seances/{slot.pk}/"]
    return [
        *(("get", address) for address in (HOME, root, f"{root}pas-joignables/", *rosters)),
        *(("post", f"{address}exporter/") for address in rosters),
    ]


def ask(client, method, address):
    return getattr(client, method)(address, {"format": "csv"} if method == "post" else None)


def test_anonymous_visitors_are_sent_to_log_in(client):
    cycle = make_programme()
    make_registration(cycle)

    for method, address in addresses(cycle):
        response = ask(client, method, address)
        assert (response.status_code, response["Location"]) == (302, f"{LOGIN}?next={address}")


def test_account_without_the_right_is_refused(client):
    cycle = make_programme()
    make_registration(cycle)
    client.force_login(make_account("", is_staff=True))

    for method, address in addresses(cycle):
        response = ask(client, method, address)
        assert response.status_code == 403
        assert "Martin" not in text(response)


@pytest.mark.parametrize("role", [COORDINATION, STAFF])
def test_accounts_with_the_right_see_all_of_it(client, role):
    cycle = make_programme()
    client.force_login(make_account(role))

    assert [ask(client, *address).status_code for address in addresses(cycle)] == [200] * 9


def test_draft_is_not_found(coordinator):
    cycle = make_programme()
    cycle.publication = Publication.DRAFT
    cycle.save()

    statuses = [ask(coordinator, *address).status_code for address in addresses(cycle)]

    assert statuses == [200] + [404] * 8
    assert cycle.title not in text(coordinator.get(HOME))


def test_parts_of_another_cycle_are_not_found(coordinator):
    make_programme()
    other = make_programme("other")
    group, slot = other.groups.first(), Slot.objects.of_cycle(other).first()

    assert coordinator.get(f"{CYCLE}groupes/{group.pk}/").status_code == 404
    assert coordinator.get(f"{CYCLE}seances/{slot.pk}/").status_code == 404


def test_cancelled_slot_is_not_found(coordinator):
    slot = Slot.objects.of_cycle(make_programme()).first()
    slot.cancelled_at = in_days(0)
    slot.save()

    assert coordinator.get(f"{CYCLE}seances/{slot.pk}/").status_code == 404


def test_coordinator_has_no_admin(coordinator):
    registration = make_registration(make_programme())

    for address in (
        "/admin/",
        "/admin/training/cycle/",
        f"/admin/registrations/registration/{registration.pk}/change/",
    ):
        assert coordinator.get(address).status_code == 403


def test_coordinator_logs_in_and_out(client):
    make_account(COORDINATION, "dominique", password=PASSWORD)

    wrong = client.post(LOGIN, {"username": "dominique", "password": "wrong"})
    right = client.post(LOGIN, {"username": "dominique", "password": PASSWORD})
    again = client.get(LOGIN)
    by_link = client.get("/coordination/deconnexion/")
    out = client.post("/coordination/deconnexion/")

    assert (wrong.status_code, right.status_code, right["Location"]) == (200, 302, HOME)
    assert (again.status_code, again["Location"]) == (302, HOME)
    assert by_link.status_code == 405
    assert (out.status_code, out["Location"]) == (302, "/")
    assert client.get(HOME).status_code == 302


def test_login_never_leads_out_of_the_site(client):
    make_account(COORDINATION, "dominique", password=PASSWORD)
    credentials = {"username": "dominique", "password": PASSWORD}

    response = client.post(LOGIN, {**credentials, "next": "https://evil.example/"})

    assert response["Location"] == HOME


def test_home_sorts_cycles_by_whether_they_are_over(coordinator):
    make_programme("later", first_day=60)
    make_programme("soon", first_day=10)
    make_programme("last-year", first_day=-300)
    make_programme("last-month", first_day=-60)
    archived = make_programme("archived", first_day=-500)
    archived.publication = Publication.ARCHIVED
    archived.save()
    make_cycle("undated")
    make_cycle("draft", publication=Publication.DRAFT)

    context = coordinator.get(HOME).context

    assert {
        name: [card["cycle"].slug for card in context[name]] for name in ("coming", "over")
    } == {
        "coming": ["soon", "later", "undated"],
        "over": ["last-month", "last-year", "archived"],
    }


@pytest.mark.parametrize("n", [1, 3])
def test_home_asks_eight_things(coordinator, django_assert_num_queries, n):
    for number in range(n):
        make_registration(make_programme(f"cycle-{number}"))

    # The session, the account, its rights twice; cycles, groups, figures of people, past figures.
    with django_assert_num_queries(8):
        response = coordinator.get(HOME)

    assert len(response.context["coming"]) == n


@pytest.mark.parametrize("n", [1, 3])
def test_cycle_asks_eleven_things(coordinator, django_assert_num_queries, n):
    cycle = make_programme(capacity=20)
    for number in range(n):
        make_registration(cycle, f"{number}@x.example")

    with django_assert_num_queries(11):
        response = coordinator.get(CYCLE)

    assert response.context["figures"].total.counts == [n, 0]


def test_cycle_counts_those_who_do_not_get_our_mails(coordinator):
    cycle = make_programme()
    make_registration(cycle)
    before = text(coordinator.get(CYCLE))
    mark("alix.martin@nord.example.org", "550 5.1.1", now=in_days(0))
    after = text(coordinator.get(CYCLE))

    assert "Personne n’est signalé comme ne recevant pas nos courriels." in before
    assert "1\u00a0personne ne reçoit pas nos courriels." in after
    assert f'href="{UNREACHABLE}"' in after


def test_unreachable_are_listed_with_their_telephones_and_what_is_wrong(coordinator):
    cycle = make_programme()
    make_registration(cycle, phone="+33612345678")
    make_registration(cycle, "reached@x.example", last_name="Bernard")
    make_registration(make_programme("other"), "other@x.example", last_name="Chevalier")
    for address in ("alix.martin@nord.example.org", "other@x.example"):
        mark(address, "550 5.1.1", now=in_days(0))

    page = text(coordinator.get(UNREACHABLE))

    for shown in (
        "Martin Alix",
        'href="tel:+33612345678"',
        "06\u00a012\u00a034\u00a056\u00a078",
        "Délégués du préfet et professionnels de la DDCS",
        "alix.martin@nord.example.org",
        "Adresse refusée\u00a0: boîte inconnue (550 5.1.1)",
    ):
        assert shown in page
    assert "Bernard" not in page
    assert "Chevalier" not in page


def test_unreachable_of_nobody_says_so(coordinator):
    make_registration(make_programme())

    assert "Personne n’est signalé" in text(coordinator.get(UNREACHABLE))


@pytest.mark.parametrize("n", [1, 3])
def test_unreachable_asks_six_things(coordinator, django_assert_num_queries, n):
    cycle = make_programme()
    for number in range(n):
        make_registration(cycle, f"{number}@x.example")
        mark(f"{number}@x.example", "550 5.1.1", now=in_days(0))

    # The session, the account, its rights twice; the cycle, who.
    with django_assert_num_queries(6):
        response = coordinator.get(UNREACHABLE)

    assert len(response.context["people"]) == n


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("part", ["inscrits/", "group", "slot"])
def test_roster_asks_for_people_and_their_territories(
    coordinator, django_assert_num_queries, n, part
):
    cycle = make_programme()
    territory = make_territory()
    for number in range(n):
        make_registration(cycle, f"{number}@x.example").territories.add(territory)
    path = {
        "inscrits/": "inscrits/",
        "group": f"groupes/{cycle.groups.first().pk}/",
        "slot": f"seances/{Slot.objects.of_cycle(cycle).earliest('starts_at').pk}/",
    }[part]

    # The session, the account, its rights twice; the cycle, how many, who, their territories;
    # then the group or the slot.
    with django_assert_num_queries(8 if part == "inscrits/" else 9):
        response = coordinator.get(f"{CYCLE}{path}")

    assert len(response.context["people"]) == n


def test_roster_shows_how_to_reach_each_person(coordinator):
    cycle = make_programme()
    registration = make_registration(
        cycle, "o'brien+lcd@x.example", phone="+33612345678", last_name="L’Hôte"
    )
    registration.territories.add(make_territory("Lens-Liévin"), make_territory("Calais"))

    page = text(coordinator.get(ROSTER))

    for shown in (
        "L’Hôte Alix",
        "Confirmée",
        "Préfecture du Nord",
        "Déléguée du préfet",
        "Calais,",
        'href="tel:+33612345678"',
        "06\u00a012\u00a034\u00a056\u00a078",
        'href="mailto:o%27brien%2Blcd@x.example"',
    ):
        assert shown in page


def test_roster_never_shows_expectations_nor_access_needs_nor_links(coordinator):
    cycle = make_programme()
    registration = make_registration(
        cycle, expectations="Comprendre le cadre légal", access_needs="Sous-titrage"
    )

    response = coordinator.post(f"{ROSTER}exporter/", {"format": "csv", "with_needs": "on"})
    pages = text(coordinator.get(ROSTER)) + b"".join(response).decode()

    assert "Martin" in pages
    for secret in ("cadre légal", "Sous-titrage", registration.token, "visio.numerique"):
        assert secret not in pages


def test_roster_is_cut_in_pages(coordinator):
    cycle = make_programme()
    for number in range(101):
        make_registration(cycle, f"{number}@x.example", last_name=f"Nom {number:03}")

    response = coordinator.get(ROSTER, {"page": 2})

    assert [person.last_name for person in response.context["people"]] == ["Nom 100"]
    assert "Page 2 sur 2" in text(response)
    assert "101\u00a0personnes" in text(response)


def test_roster_without_people_says_so(coordinator):
    make_registration(make_programme(), status=Status.CANCELLED)

    assert "Personne n’est inscrit pour le moment." in text(coordinator.get(ROSTER))


def test_export_is_the_list_of_the_page(coordinator):
    cycle = make_programme()
    make_registration(cycle)
    make_registration(cycle, "gone@x.example", status=Status.CANCELLED)
    second = cycle.groups.last().profiles.get()
    make_registration(cycle, "second@x.example", profile=second)

    response = coordinator.post(f"{CYCLE}groupes/{second.group_id}/exporter/", {"format": "csv"})

    content = b"".join(response).decode("utf-8-sig")
    rows = list(csv.DictReader(content.splitlines(), delimiter=";"))
    assert [row["Adresse électronique"] for row in rows] == ["second@x.example"]


def test_export_is_logged_before_it_leaves(coordinator):
    cycle = make_programme()
    make_registration(cycle)

    response = coordinator.post(f"{ROSTER}exporter/", {"format": "xlsx"})

    entry = LogEntry.objects.get()
    assert b"".join(response).startswith(b"PK")
    assert entry.user.username == "camille"
    assert entry.get_edited_object() == cycle
    assert entry.change_message == (
        "Export XLSX des inscrits (Tout le cycle)\u00a0: 1\u00a0personne."
    )


@pytest.mark.parametrize("file_format", ["", "pdf", "XLSX"])
def test_export_in_an_unknown_format_is_refused(coordinator, file_format):
    make_programme()

    response = coordinator.post(f"{ROSTER}exporter/", {"format": file_format})

    assert response.status_code == 400
    assert not LogEntry.objects.exists()


def test_export_by_a_link_is_refused(coordinator):
    make_programme()

    response = coordinator.get(f"{ROSTER}exporter/", {"format": "csv"})

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert not LogEntry.objects.exists()


def test_export_from_another_site_is_refused(client):
    make_programme()
    client.handler.enforce_csrf_checks = True
    client.force_login(make_account(COORDINATION))

    response = client.post(f"{ROSTER}exporter/", {"format": "csv"})

    assert response.status_code == 403
    assert not LogEntry.objects.exists()


def test_pages_are_kept_by_no_cache(coordinator):
    cycle = make_programme()

    for method, address in addresses(cycle):
        assert ask(coordinator, method, address)["Cache-Control"] == "no-store, private"
