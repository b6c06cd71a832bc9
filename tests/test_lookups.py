"""What the lists of the admin are filtered by: what they offer, and nothing that a role may not
read."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.test import Client

from registrations.models import Registration
from tests.factories import make_account, make_invitation, make_programme, make_registration

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/registrations/registration/"


def reader(codename: str) -> Client:
    """Logged in with this right alone."""
    account = make_account("", "lecture", is_staff=True)
    account.user_permissions.add(Permission.objects.get(codename=codename))
    client = Client()
    client.force_login(account)
    return client


def test_people_are_not_told_apart_by_what_is_not_offered():
    make_registration(make_programme(), access_needs="Fauteuil roulant")
    client = reader("view_registration")
    names = [field.name for field in Registration._meta.get_fields()]
    suffixes = ["", "__startswith", "__icontains", "__regex", "__gt", "__in"]

    told = {
        lookup: answer.status_code
        for lookup in (f"{name}{suffix}" for name in names for suffix in suffixes)
        if (answer := client.get(PEOPLE, {lookup: "F"})).status_code != 400
    }

    assert told == {}


@pytest.mark.parametrize(
    ("listed", "lookup"),
    [
        ("registrations/invitation", "link_nonce__startswith"),
        ("registrations/invitation", "registrations__email__startswith"),
        ("registrations/message", "registration__access_needs__icontains"),
        ("registrations/message", "text_body__contains"),
        ("registrations/destruction", "by__password__startswith"),
        ("training/cycle", "registrations__email__startswith"),
        ("auth/user", "password__startswith"),
        ("auth/group", "name__startswith"),
    ],
)
def test_list_is_not_filtered_by_what_it_does_not_offer(listed, lookup):
    make_invitation(make_programme())

    answer = reader(f"view_{listed.partition('/')[2]}").get(f"/admin/{listed}/", {lookup: "F"})

    assert answer.status_code == 400


def test_every_filter_that_is_offered_answers(staff):
    cycle = make_programme()
    make_registration(cycle)
    invitation = make_invitation(cycle)
    asked = {
        f"{PEOPLE}?cycle__id__exact={cycle.pk}": 1,
        f"{PEOPLE}?status__exact=confirmed": 1,
        f"{PEOPLE}?status__exact=cancelled": 0,
        f"{PEOPLE}?territories__isnull=True": 1,
        f"{PEOPLE}?invitation__id__exact={invitation.pk}": 0,
        f"{PEOPLE}?unreachable=yes": 0,
        "/admin/registrations/destruction/?at__year=2026&at__month=1&at__day=31": 0,
        f"/admin/registrations/message/?registration__cycle__id__exact={cycle.pk}": 0,
        "/admin/training/territory/?is_active__exact=1": 0,
    }

    answers = {address: staff.get(address) for address in asked}

    assert {a: each.context["cl"].result_count for a, each in answers.items()} == asked


FILTERED = [each for each in admin.site._registry.values() if each.list_filter]


@pytest.mark.parametrize("model_admin", FILTERED, ids=str)
def test_links_of_the_filters_of_a_list_are_offered(model_admin):
    client = Client()
    client.force_login(User.objects.create_superuser("chef"))
    make_registration(make_programme())
    options = model_admin.opts
    root = f"/admin/{options.app_label}/{options.model_name}/"
    page = client.get(root).context["cl"]

    links = [
        choice["query_string"]
        for spec in page.filter_specs
        for choice in spec.choices(page)
        if "query_string" in choice
    ]

    assert [link for link in links if client.get(root + link).status_code != 200] == []


@pytest.mark.parametrize(
    "query",
    [
        *("at__year=9999", "at__year=9999999999", "at__year=1", "at__year=-1", "at__year="),
        *("at__year=2026&at__month=9999999999", "at__year=2026&at__month=1&at__day=99999999999"),
        *("at__gte=0001-01-01T00:00:00", "at__range=1,2", "at__lt=9999-12-31"),
    ],
)
def test_hierarchy_of_dates_refuses_what_is_no_date(staff, query):
    assert staff.get(f"/admin/registrations/destruction/?{query}").status_code == 400
