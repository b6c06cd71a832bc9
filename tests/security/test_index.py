"""What the documents on security say of tests is true: each that they name exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
DOCUMENTS = ROOT / "docs" / "securite"
REFERENCE = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@cache
def functions_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def rows_of(name: str) -> dict[str, str]:
    """Each row of the tables, by its first cell."""
    lines = (DOCUMENTS / name).read_text().splitlines()
    cells = [line.strip("|").split("|", 1) for line in lines if re.match(r"\| [A0-9]", line)]
    return {first.strip(): rest for first, rest in cells}


@pytest.mark.parametrize("document", ["menaces.md", "asvs.md"])
def test_every_test_that_is_named_exists(document):
    named = REFERENCE.findall((DOCUMENTS / document).read_text())

    assert len(named) > 30
    assert [
        f"{path}::{test}"
        for path, test in named
        if not (ROOT / path).exists() or test not in functions_in(ROOT / path)
    ] == []


def test_each_threat_names_its_tests():
    rows = rows_of("menaces.md")

    assert list(rows) == [f"A{number}" for number in range(1, 31)]
    assert [threat for threat, row in rows.items() if not REFERENCE.search(row)] == []


def test_each_requirement_says_how_it_stands():
    rows = rows_of("asvs.md")
    standings = ("oui", "en partie", "non", "sans objet")

    assert len(rows) > 110
    assert [
        number
        for number, row in rows.items()
        if not row.split("|")[1].strip().startswith(standings)
    ] == []
