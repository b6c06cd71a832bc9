import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from sessions.models import Territory
from tests.factories import make_territory

pytestmark = pytest.mark.django_db

LIST = reverse("admin:training_territory_changelist")


@pytest.mark.parametrize(
    ("action", "before", "words"),
    [
        ("deactivate", True, "1\N{NO-BREAK SPACE}territoire n’est plus proposé à l’inscription."),
        ("activate", False, "1\N{NO-BREAK SPACE}territoire est proposé à l’inscription."),
    ],
)
def test_territories_are_offered_or_not(staff, action, before, words):
    changed = make_territory("Lille", is_active=before)
    other = make_territory("Amiens", is_active=before)

    response = staff.post(LIST, {"action": action, "_selected_action": [changed.pk]})

    assert [str(message) for message in get_messages(response.wsgi_request)] == [words]
    assert Territory.objects.get(pk=changed.pk).is_active is not before
    assert Territory.objects.get(pk=other.pk).is_active is before


def test_territories_are_renamed(staff):
    territory = make_territory("CC de Flandre intérieure")

    staff.post(
        reverse("admin:training_territory_change", args=[territory.pk]),
        {"name": "CA Cœur de Flandre", "kind": "CA", "is_active": "on"},
    )

    territory.refresh_from_db()
    assert (territory.name, territory.kind) == ("CA Cœur de Flandre", "CA")


def test_territories_are_never_deleted(staff):
    territory = make_territory()

    response = staff.post(
        reverse("admin:training_territory_delete", args=[territory.pk]), {"post": "yes"}
    )
    page = staff.get(LIST)

    assert response.status_code == 403
    assert page.content.decode().count("delete_selected") == 0
    assert Territory.objects.filter(pk=territory.pk).exists()


@pytest.mark.parametrize("query", ["lille", "245900410", "62"])
def test_territories_are_found_by_name_code_and_department(staff, query):
    make_territory("Métropole européenne de Lille", code="245900410", departments="59, 62")
    make_territory("Amiens Métropole", code="248000531", departments="80")

    found = staff.get(LIST, {"q": query}).context["cl"].queryset

    assert [each.name for each in found] == ["Métropole européenne de Lille"]


def test_territories_list_costs_the_same_whatever_its_length(staff, django_assert_num_queries):
    make_territory("Lille")
    with django_assert_num_queries(7):
        staff.get(LIST)

    for name in ("Amiens", "Laon"):
        make_territory(name)
    with django_assert_num_queries(7):
        staff.get(LIST)
