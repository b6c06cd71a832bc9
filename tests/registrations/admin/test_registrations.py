"""The list of registrations and the page of one, as the team sees them."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from registrations import services
from registrations.admin import RegistrationAdmin
from registrations.exceptions import TransitionRefused
from registrations.models import Registration
from registrations.models.messages import MessageKind
from registrations.outbox import queue
from registrations.reachability import mark
from registrations.states import Status
from tests.factories import (
    in_days,
    make_account,
    make_programme,
    make_registration,
    make_territory,
)
from tests.pages import text

pytestmark = pytest.mark.django_db

LIST = "/admin/registrations/registration/"


@pytest.fixture
def staff(staff):
    # Read once by a process, and kept.
    ContentType.objects.get_for_model(Registration)
    return staff


def page_of(registration):
    return f"{LIST}{registration.pk}/change/"


def names(response):
    return [registration.last_name for registration in response.context["cl"].result_list]


def posted(registration, **changed):
    """What a browser posts for the page of a registration, but for what is ``changed``."""
    return {
        "first_name": registration.first_name,
        "last_name": registration.last_name,
        "phone": registration.phone,
        "organisation": registration.organisation,
        "organisation_kind": registration.organisation_kind,
        "job_title": registration.job_title,
        "territories": [territory.pk for territory in registration.territories.all()],
        "expectations": registration.expectations,
        "access_needs": registration.access_needs,
        **changed,
    }


def stand_in(*rights):
    """An account of the team with only these rights on registrations."""
    account = make_account("", "stand-in", is_staff=True)
    account.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return account


def test_list_shows_who_and_how_to_reach_them(staff):
    make_registration(make_programme(), phone="+33612345678")

    page = text(staff.get(LIST))

    for shown in ("Martin Alix", "Préfecture du Nord", "06\u00a012\u00a034\u00a056\u00a078"):
        assert shown in page
    assert "Inscrire une personne" in page


@pytest.mark.parametrize("n", [1, 3])
def test_list_asks_the_same_whatever_it_shows(staff, django_assert_num_queries, n):
    territory = make_territory()
    for number in range(n):
        cycle = make_programme(f"cycle-{number}")
        make_registration(cycle, f"{number}@x.example").territories.add(territory)

    with django_assert_num_queries(9):
        response = staff.get(LIST)

    assert len(names(response)) == n


def test_list_is_searched_by_name_structure_and_address(staff):
    cycle = make_programme()
    make_registration(cycle, "a@x.example", last_name="Arnaud")
    make_registration(cycle, "b@x.example", organisation="Ville de Roubaix", last_name="Bernard")
    make_registration(cycle, "chloe@calais.example", last_name="Chevalier")

    assert names(staff.get(LIST, {"q": "arnau"})) == ["Arnaud"]
    assert names(staff.get(LIST, {"q": "roubaix"})) == ["Bernard"]
    assert names(staff.get(LIST, {"q": "@calais"})) == ["Chevalier"]


def test_list_of_the_unreachable_says_whom_to_telephone_and_why(staff):
    cycle = make_programme()
    make_registration(cycle, phone="+33612345678")
    make_registration(cycle, "reached@x.example", last_name="Bernard")
    mark("alix.martin@nord.example.org", "550 5.1.1", now=in_days(0))

    response = staff.get(LIST, {"cycle__id__exact": cycle.pk, "unreachable": "yes"})

    assert (response.context["title"], names(response)) == ("Pas joignables", ["Martin"])
    for shown in (
        "06\u00a012\u00a034\u00a056\u00a078",
        "alix.martin@nord.example.org",
        "Délégués du préfet et professionnels de la DDCS",
        "Adresse refusée\u00a0: boîte inconnue (550 5.1.1)",
    ):
        assert shown in text(response)


@pytest.mark.parametrize("n", [1, 3])
def test_list_of_the_unreachable_asks_the_same_whatever_it_shows(
    staff, django_assert_num_queries, n
):
    for number in range(n):
        make_registration(make_programme(f"cycle-{number}"), f"{number}@x.example")
        mark(f"{number}@x.example", "550 5.1.1", now=in_days(0))

    with django_assert_num_queries(9):
        response = staff.get(LIST, {"unreachable": "yes"})

    assert len(names(response)) == n


@pytest.mark.parametrize("value", ["no", "", "\u00e9"])
def test_list_is_whole_whatever_else_is_asked_of_the_unreachable(staff, value):
    make_registration(make_programme())

    assert names(staff.get(LIST, {"unreachable": value})) == ["Martin"]


def test_page_tells_of_an_address_that_is_refused(staff):
    registration = make_registration(make_programme())
    before = text(staff.get(page_of(registration)))
    mark(registration.email, "550 5.1.1", now=in_days(0))

    after = text(staff.get(page_of(registration)))

    assert "nos courriels&nbsp;: boîte inconnue (550 5.1.1)." in after
    assert "Adresse qui ne reçoit pas" in after
    assert "Son adresse ne reçoit pas" not in before


def test_list_is_filtered_by_cycle_then_group_state_and_territory(staff):
    cycle, other = make_programme(), make_programme("other")
    second = cycle.groups.last()
    lens = make_territory("Lens-Liévin")
    make_registration(cycle, "a@x.example", last_name="Arnaud")
    make_registration(
        cycle, "b@x.example", last_name="Bernard", profile=second.profiles.get()
    ).territories.add(lens)
    make_registration(other, "c@x.example", last_name="Chevalier", status=Status.CANCELLED)

    of_cycle = {"cycle__id__exact": cycle.pk}
    assert names(staff.get(LIST, of_cycle)) == ["Arnaud", "Bernard"]
    assert names(staff.get(LIST, {**of_cycle, "group": second.pk})) == ["Bernard"]
    assert names(staff.get(LIST, {"status__exact": "cancelled"})) == ["Chevalier"]
    assert names(staff.get(LIST, {"territories__id__exact": lens.pk})) == ["Bernard"]


@pytest.mark.parametrize("group", ["0", "x", "999999999"])
def test_list_ignores_a_group_that_is_not_offered(staff, group):
    cycle = make_programme()
    make_registration(cycle)

    response = staff.get(LIST, {"cycle__id__exact": cycle.pk, "group": group})

    assert (response.status_code, names(response)) == (200, ["Martin"])


@pytest.mark.parametrize("n", [1, 3])
def test_page_asks_the_same_whatever_happened(staff, django_assert_num_queries, n):
    registration = make_registration(make_programme())
    for number in range(n):
        registration.territories.add(make_territory(f"Territory {number}"))
        registration.events.create(verb="edited", to_status="confirmed", at=in_days(0))
        queue(MessageKind.CONFIRMATION, registration=registration)

    # The session, the account, its rights twice; the registration, its cycle, seats, journal and
    # mails; the territories offered and those chosen.
    with django_assert_num_queries(11):
        response = staff.get(page_of(registration))

    assert len(response.context["events"]) == len(response.context["sent"]) == n


def test_journal_says_that_the_team_acted_once_the_account_is_gone(staff):
    registration = make_registration(make_programme())
    account = make_account("", "dominique")
    registration.events.create(
        verb="promoted", to_status="confirmed", at=in_days(0), by_staff=True, by=account
    )
    account.delete()

    page = text(staff.get(page_of(registration)))

    assert ("l’équipe\n" in page, "la personne, ou les règles" in page) == (True, False)


def test_page_shows_seats_mails_and_journal_to_read(staff):
    registration = make_registration(make_programme())
    registration.events.create(
        verb="registered",
        to_status="confirmed",
        at=in_days(0),
        by_staff=True,
        by=make_account("", "dominique"),
    )
    message = queue(MessageKind.CONFIRMATION, registration=registration)

    page = text(staff.get(page_of(registration)))

    assert page.count("Session 1\u00a0:") + page.count("Session 1&nbsp;:") == 1
    assert reverse("admin:registrations_message_change", args=[message.pk]) in page
    assert "dominique" in page
    assert registration.token not in page


def test_page_corrects_what_the_person_wrote(staff):
    registration = make_registration(make_programme(), phone="+33612345678")
    before, after = make_territory("Calaisis", is_active=False), make_territory("Lens-Liévin")
    registration.territories.add(before)

    response = staff.post(
        page_of(registration),
        posted(
            registration,
            last_name="  martin-DURAND ",
            phone="03 20 00 00 00",
            territories=[before.pk, after.pk],
        ),
    )

    assert (response.status_code, response["Location"]) == (302, LIST)
    registration.refresh_from_db()
    assert (registration.last_name, registration.phone) == ("martin-DURAND", "+33320000000")
    assert set(registration.territories.all()) == {before, after}
    event = registration.events.get()
    assert (event.verb, event.by.username) == ("edited", "camille")


def test_page_says_what_is_wrong_as_the_public_form_does(staff):
    registration = make_registration(make_programme())

    response = staff.post(page_of(registration), posted(registration, first_name=""))

    assert response.context["adminform"].form.errors == {"first_name": ["Saisissez votre prénom."]}
    assert not registration.events.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "cancelled"),
        ("email", "other@x.example"),
        ("confirmed_at_0", "2020-01-01"),
        ("cycle", "999"),
    ],
)
def test_page_changes_nothing_else(staff, name, value):
    registration = make_registration(make_programme())
    before = Registration.objects.values().get()

    staff.post(page_of(registration), posted(registration, **{name: value}))

    assert Registration.objects.values().get() == before


def test_page_of_a_cancelled_registration_is_to_read(staff):
    registration = make_registration(make_programme(), status=Status.CANCELLED)

    page = staff.get(page_of(registration))
    response = staff.post(page_of(registration), posted(registration, last_name="Autre"))

    assert "_save" not in text(page)
    assert response.status_code == 403
    registration.refresh_from_db()
    assert registration.last_name == "Martin"


def test_page_saved_when_the_person_has_just_cancelled_says_so(staff, monkeypatch):
    registration = make_registration(make_programme())
    services.cancel(registration, now=timezone.now())
    # What the admin read before the person cancelled; the service reads again under its lock.
    may_change = RegistrationAdmin.has_change_permission
    monkeypatch.setattr(
        RegistrationAdmin,
        "has_change_permission",
        lambda self, request, obj=None: may_change(self, request),
    )

    response = staff.post(page_of(registration), posted(registration), follow=True)

    assert [str(message) for message in response.context["messages"]] == [TransitionRefused.message]
    assert [event.verb for event in registration.events.all()] == ["cancelled"]


def test_edition_is_logged_without_the_name(staff):
    registration = make_registration(make_programme())

    staff.post(page_of(registration), posted(registration, job_title="Directrice"))

    entry = LogEntry.objects.get()
    assert (entry.object_repr, entry.user.username) == (
        f"Inscription n°\u00a0{registration.pk}",
        "camille",
    )
    assert "Directrice" not in entry.change_message


def test_access_needs_are_for_those_who_may_read_them(client):
    registration = make_registration(make_programme(), access_needs="Sous-titrage")
    client.force_login(stand_in("view_registration", "change_registration"))

    page = text(client.get(page_of(registration)))
    client.post(page_of(registration), posted(registration, access_needs="", job_title="Autre"))

    assert "Sous-titrage" not in page
    registration.refresh_from_db()
    assert (registration.access_needs, registration.job_title) == ("Sous-titrage", "Autre")


def test_nothing_is_deleted(staff):
    registration = make_registration(make_programme())

    assert "delete_selected" not in text(staff.get(LIST))
    assert staff.post(f"{LIST}{registration.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Registration.objects.exists()


def test_account_with_the_right_to_read_does_nothing_else(client):
    registration = make_registration(make_programme())
    client.force_login(stand_in("view_registration"))

    page = text(client.get(page_of(registration)))

    assert "Annuler l’inscription" not in page
    for name in ("cancel", "resend", "profile"):
        address = reverse(f"admin:registrations_registration_{name}", args=[registration.pk])
        assert (client.get(address).status_code, client.post(address).status_code) == (403, 403)
    cycle = [registration.cycle_id]
    assert client.get(f"{LIST}add/").status_code == 403
    for name in ("register", "export"):
        address = reverse(f"admin:registrations_registration_{name}", args=cycle)
        assert client.get(address).status_code == 403
    assert "export_xlsx" not in text(client.get(LIST))
