"""The reference list of territories, kept as data."""

import csv
from collections.abc import Iterator
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from sessions.models import Territory
from sessions.typography import NBSP

TERRITORIES = Path(__file__).parent / "data" / "territories.csv"

COLUMNS = ["code", "name", "kind", "departments", "has_city_contract"]
_CONTRACT = {"yes": True, "no": False}


@transaction.atomic
def load_territories(path: Path = TERRITORIES) -> list[Territory]:
    """Creates the territories of a file whose code is not known yet, and returns them.

    The others stay as staff keep them: renamed, not offered any more. Raises what
    ``read_territories`` raises, and ValidationError for a name that another territory has; nothing
    is created then.
    """
    known = set(Territory.objects.values_list("code", flat=True))
    absent = [territory for territory in read_territories(path) if territory.code not in known]
    taken = Territory.objects.filter(name__in=[territory.name for territory in absent])
    if names := sorted(taken.values_list("name", flat=True)):
        code_of = {territory.name: territory.code for territory in absent}
        raise ValidationError(
            [
                f"un territoire sans ce code s’appelle déjà «{NBSP}{name}{NBSP}»{NBSP}: "
                f"donnez-lui dans l’administration le code {code_of[name]}, ou un autre nom."
                for name in names
            ]
        )
    return Territory.objects.bulk_create(absent)


def read_territories(path: Path) -> list[Territory]:
    """The territories of a CSV file in UTF-8, unsaved, in the order of its lines.

    Lines that start with # say something of the file. Raises OSError when it cannot be read, and
    ValidationError with a French sentence for each wrong line.
    """
    territories: list[Territory] = []
    errors: list[str] = []
    seen: dict[str, int] = {}
    for line, row in _rows(path):
        try:
            territory = _territory(row)
        except ValidationError as error:
            errors.append(f"ligne {line}{NBSP}: {' '.join(error.messages)}")
            continue
        for key in row[:2]:
            if key in seen:
                errors.append(
                    f"ligne {line}{NBSP}: «{NBSP}{key}{NBSP}» est déjà à la ligne {seen[key]}."
                )
            seen[key] = line
        territories.append(territory)
    if errors:
        raise ValidationError(errors)
    return territories


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of the file with the number of their line, without its notes and its header."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            rows = [(reader.line_num, row) for row in reader if row and not row[0].startswith("#")]
        except UnicodeDecodeError:
            raise ValidationError("le fichier n’est pas en UTF-8.") from None
        except csv.Error:
            raise ValidationError(
                f"ligne {reader.line_num}{NBSP}: des guillemets ne sont pas fermés, ou mal placés."
            ) from None
    if not rows or rows[0][1] != COLUMNS:
        raise ValidationError(f"la première ligne doit être{NBSP}: {','.join(COLUMNS)}.")
    yield from rows[1:]


def _territory(row: list[str]) -> Territory:
    if len(row) != len(COLUMNS):
        raise ValidationError(f"il faut {len(COLUMNS)} colonnes, il y en a {len(row)}.")
    code, name, kind, departments, has_city_contract = row
    if has_city_contract not in _CONTRACT:
        raise ValidationError(
            f"has_city_contract vaut yes ou no, pas «{NBSP}{has_city_contract}{NBSP}»."
        )
    territory = Territory(
        code=code,
        name=name,
        kind=kind,
        departments=departments,
        has_city_contract=_CONTRACT[has_city_contract],
    )
    if not code:
        raise ValidationError("il manque le code.")
    territory.clean_fields()
    return territory
