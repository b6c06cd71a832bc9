"""The territories kept as data: complete, fit for the form, and never loaded over staff's work."""

from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError

from sessions.models import Territory
from sessions.territories import TERRITORIES, load_territories, read_territories
from sessions.typography import french
from tests.factories import make_territory

HEADER = "code,name,kind,departments,has_city_contract"
LILLE = "200093201,Métropole européenne de Lille,METRO,59,yes"
ARRAS = "200033579,Communauté urbaine d’Arras,CU,62,yes"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "territories.csv"


def write(file: Path, *lines: str) -> Path:
    file.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    return file


def refusal(file: Path) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        read_territories(file)
    return refused.value.messages


def test_territories_are_those_of_hauts_de_france():
    territories = read_territories(TERRITORIES)

    assert Counter(territory.kind for territory in territories) == {
        "CC": 64,
        "CA": 25,
        "CU": 2,
        "METRO": 1,
        "DEPARTMENT": 5,
        "REGION": 1,
    }
    assert sum(territory.has_city_contract for territory in territories) == 39


def test_territories_with_contract_by_department():
    territories = read_territories(TERRITORIES)

    assert Counter(
        territory.departments for territory in territories if territory.has_city_contract
    ) == {"02": 7, "59": 13, "60": 8, "62": 9, "80": 2}


def test_territories_whole_levels_say_it():
    levels = [territory for territory in read_territories(TERRITORIES) if territory.is_whole_level]

    assert [(level.code, level.name, level.departments) for level in levels] == [
        ("02", "Tout le département de l’Aisne (02)", "02"),
        ("59", "Tout le département du Nord (59)", "59"),
        ("60", "Tout le département de l’Oise (60)", "60"),
        ("62", "Tout le département du Pas-de-Calais (62)", "62"),
        ("80", "Tout le département de la Somme (80)", "80"),
        ("32", "Toute la région Hauts-de-France", "02, 59, 60, 62, 80"),
    ]


def test_territories_are_known_by_their_siren():
    sirens = [
        territory.code
        for territory in read_territories(TERRITORIES)
        if not territory.is_whole_level
    ]

    assert [code for code in sirens if not (len(code) == 9 and _has_luhn_key(code))] == []


def test_territories_names_are_written_in_french():
    names = [territory.name for territory in read_territories(TERRITORIES)]

    assert [name for name in names if french(name) != name or "oe" in name] == []


@pytest.mark.django_db
def test_territories_loaded_are_all_created(django_assert_num_queries):
    with django_assert_num_queries(5):
        created = load_territories()

    assert len(created) == Territory.objects.active().count() == 98


@pytest.mark.django_db
def test_territories_loaded_twice_are_the_same(django_assert_num_queries):
    load_territories()
    before = list(Territory.objects.order_by("pk").values())

    with django_assert_num_queries(3):
        created = load_territories()

    assert created == []
    assert list(Territory.objects.order_by("pk").values()) == before


@pytest.mark.django_db
def test_territories_keep_what_staff_changed():
    load_territories()
    changed = {"name": "MEL", "is_active": False, "has_city_contract": False, "departments": ""}
    Territory.objects.filter(code="200093201").update(**changed)
    Territory.objects.get(code="200033579").delete()

    created = load_territories()

    assert [territory.code for territory in created] == ["200033579"]
    assert Territory.objects.filter(code="200093201").values(*changed).get() == changed


@pytest.mark.django_db
def test_territories_without_code_stay(file):
    commune = make_territory("Fourmies", code=None, kind=Territory.Kind.COMMUNE)

    load_territories(write(file, LILLE))

    assert set(Territory.objects.values_list("code", "name")) == {
        (None, commune.name),
        ("200093201", "Métropole européenne de Lille"),
    }


@pytest.mark.django_db
def test_territories_name_of_another_is_refused(file):
    make_territory("Métropole européenne de Lille", code=None)

    with pytest.raises(ValidationError) as refused:
        load_territories(write(file, ARRAS, LILLE))

    assert refused.value.messages == [
        "un territoire sans ce code s’appelle déjà "
        "«\u00a0Métropole européenne de Lille\u00a0»\u00a0: "
        "donnez-lui dans l’administration le code 200093201, ou un autre nom."
    ]
    assert Territory.objects.count() == 1


def test_file_notes_and_empty_lines_are_skipped(file):
    file.write_text(f"# note\n\n{HEADER}\n{LILLE}\n# note\n\n", encoding="utf-8")

    assert [territory.code for territory in read_territories(file)] == ["200093201"]


def test_file_saved_by_a_spreadsheet_is_read(file):
    file.write_bytes("\r\n".join([HEADER, ARRAS]).encode("utf-8-sig"))

    assert [territory.name for territory in read_territories(file)] == [
        "Communauté urbaine d’Arras"
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1,Arras,CU,62", "il faut 5 colonnes, il y en a 4."),
        ("1,Arras,CU,62,yes,", "il faut 5 colonnes, il y en a 6."),
        (",Arras,CU,62,yes", "il manque le code."),
        (f"{'1' * 21},Arras,CU,62,yes", "20 caractères"),
        ("1,,CU,62,yes", "Ce champ ne peut pas être vide."),
        (f"1,{'A' * 151},CU,62,yes", "150 caractères"),
        ("1,Arras,ville,62,yes", "n’est pas un choix valide."),
        ("1,Arras,CU,62,oui", "has_city_contract vaut yes ou no, pas «\u00a0oui\u00a0»."),
        ("200093201,Arras,CU,62,yes", "«\u00a0200093201\u00a0» est déjà à la ligne 2."),
        (
            "1,Métropole européenne de Lille,CU,62,yes",
            "«\u00a0Métropole européenne de Lille\u00a0» est déjà à la ligne 2.",
        ),
        ('1,"Arras,CU,62,yes', "des guillemets ne sont pas fermés, ou mal placés."),
        ('1,"Arras" ,CU,62,yes', "des guillemets ne sont pas fermés, ou mal placés."),
    ],
)
def test_file_wrong_line_is_named(file, line, message):
    refused = refusal(write(file, LILLE, line))

    assert len(refused) == 1
    assert refused[0].startswith("ligne 3\u00a0: ")
    assert message in refused[0]


def test_file_wrong_lines_are_all_named(file):
    refused = refusal(write(file, ",Arras,CU,62,yes", LILLE, ",Lens,CA,62,yes"))

    assert refused == ["ligne 2\u00a0: il manque le code.", "ligne 4\u00a0: il manque le code."]


@pytest.mark.parametrize("content", ["", "# note\n", "nom,code\n", f"{HEADER.replace(',', ';')}\n"])
def test_file_with_other_columns_is_refused(file, content):
    file.write_text(content, encoding="utf-8")

    assert refusal(file) == [f"la première ligne doit être\u00a0: {HEADER}."]


def test_file_not_in_utf8_is_refused(file):
    file.write_bytes(f"{HEADER}\n{ARRAS}\n".encode("cp1252"))

    assert refusal(file) == ["le fichier n’est pas en UTF-8."]


@pytest.mark.django_db
def test_command_says_how_many_were_created(file):
    outputs = [StringIO(), StringIO()]

    for output in outputs:
        call_command("load_territories", write(file, LILLE, ARRAS), stdout=output)

    assert [output.getvalue() for output in outputs] == [
        "2\u00a0territoires ajoutés.\n",
        "0\u00a0territoire ajouté.\n",
    ]


@pytest.mark.django_db
def test_command_on_a_wrong_file_creates_nothing_and_says_what_to_do(file):
    with pytest.raises(CommandError) as refused:
        call_command("load_territories", write(file, LILLE, ",Arras,CU,62,yes"))

    assert str(refused.value) == (
        f"Rien n’a été ajouté. Dans {file}\u00a0:\n"
        "- ligne 3\u00a0: il manque le code.\n"
        "Corrigez, enregistrez en CSV UTF-8, puis relancez la commande."
    )
    assert refused.value.returncode == 1
    assert not Territory.objects.exists()


@pytest.mark.django_db
def test_command_on_a_missing_file_names_it(file):
    with pytest.raises(CommandError) as refused:
        call_command("load_territories", file)

    assert str(refused.value) == f"{file} n’existe pas ou ne peut pas être lu."


def _has_luhn_key(code: str) -> bool:
    """A SIREN ends with a digit that makes this sum a multiple of ten."""
    digits = [int(digit) * (2 if rank % 2 else 1) for rank, digit in enumerate(reversed(code))]
    return sum(digit - 9 if digit > 9 else digit for digit in digits) % 10 == 0
