"""The public form, before anything is typed."""

import pytest

from registrations.forms import EditForm
from tests.factories import make_programme, make_registration, make_territory

pytestmark = pytest.mark.django_db


def test_territories_are_offered_as_a_dictionary_sorts_them():
    registration = make_registration(make_programme())
    registration.territories.all().delete()
    for name in ("Creil Sud Oise", "Épehy", "Compiègne", "Cœur de Flandre", "Laon"):
        make_territory(name)

    contracts, *_ = EditForm(registration=registration).fields["territories"].choices

    assert [label.split(",")[0] for _, label in contracts[1]] == [
        *("Cœur de Flandre", "Compiègne", "Creil Sud Oise", "Épehy", "Laon")
    ]
