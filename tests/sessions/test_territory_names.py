import pytest

from sessions.models import Territory


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("Communauté d’agglomération de Cambrai", "Cambrai, communauté d’agglomération"),
        ("Communauté d’agglomération d’Hénin-Carvin", "Hénin-Carvin, communauté d’agglomération"),
        ("Communauté de communes de l’Est de la Somme", "Est de la Somme, communauté de communes"),
        ("Communauté de communes des 7 Vallées", "7 Vallées, communauté de communes"),
        ("Communauté de communes Flandre Lys", "Flandre Lys, communauté de communes"),
        ("Communauté urbaine d’Arras", "Arras, communauté urbaine"),
        ("Métropole européenne de Lille", "Métropole européenne de Lille"),
        ("Tout le département du Nord (59)", "Tout le département du Nord (59)"),
    ],
)
def test_territory_is_listed_where_one_looks_for_it(name, listed):
    assert Territory(name=name).listed_name == listed
