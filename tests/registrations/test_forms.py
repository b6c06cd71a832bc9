"""The public form, before anything is typed."""

import pytest

from registrations.forms.editing import EditForm
from sessions.territories import load_territories
from tests.factories import make_programme, make_registration, make_territory

pytestmark = pytest.mark.django_db


def offered(registration):
    """The short names of each part of the list of territories."""
    choices = EditForm(registration=registration).fields["territories"].choices
    return [[label.split(",")[0] for _, label in territories] for _, territories in choices]


def test_territories_are_offered_as_a_dictionary_sorts_them():
    registration = make_registration(make_programme())
    registration.territories.all().delete()
    for name in ("Creil Sud Oise", "Épehy", "Compiègne", "Cœur de Flandre", "Laon"):
        make_territory(name)

    contracts, *_ = offered(registration)

    assert contracts == ["Cœur de Flandre", "Compiègne", "Creil Sud Oise", "Épehy", "Laon"]


def test_whole_levels_are_offered_by_number_then_the_region():
    registration = make_registration(make_programme())
    load_territories()

    *_, whole_levels = offered(registration)

    assert whole_levels == [
        "Tout le département de l’Aisne (02)",
        "Tout le département du Nord (59)",
        "Tout le département de l’Oise (60)",
        "Tout le département du Pas-de-Calais (62)",
        "Tout le département de la Somme (80)",
        "Toute la région Hauts-de-France",
    ]
