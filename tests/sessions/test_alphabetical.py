import pytest

from sessions.alphabetical import Alphabetical, alphabetical_key
from sessions.models import Territory
from tests.factories import make_territory

# What a French directory says, from first to last.
IN_ORDER = [
    *("Adam", "Ægir", "Agnès", "de Boer", "De Groote", "D’Hondt", "d'Hoore", "ÉCUYER", "Eluard"),
    *("Fusil", "Fußmann", "Futuna", "Łaski", "Lasko", "Odin", "Œuvrard", "Ogier", "Ørsted"),
    *("Petit", "Pétit", "Petit Jean", "Petit-Jean", "Petit Paul", "Petitjean"),
    *("Sénéchal", "Szymanski", "ÜNAL", "Zola", "Żuk"),
]


def test_alphabetical_key_is_that_of_a_french_directory():
    names = list(reversed(IN_ORDER))

    names.sort(key=alphabetical_key)

    assert names == IN_ORDER


@pytest.mark.django_db
def test_alphabetical_order_of_the_database_is_the_same():
    for name in reversed(IN_ORDER):
        make_territory(name)

    in_order = Territory.objects.order_by(Alphabetical("name"))

    assert [territory.name for territory in in_order] == IN_ORDER
