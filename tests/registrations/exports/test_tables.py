"""What the cells of a list hold, whatever the format of the file."""

import pytest

from registrations.exports.tables import Column, Kind, Sheet, cell, sheet_names
from tests.registrations.exports.samples import CELLS, a_sheet


def test_sheet_cells_hold_what_readers_must_find():
    assert list(a_sheet().cells()) == CELLS


def test_sheet_with_a_row_too_short_is_refused():
    sheet = a_sheet(rows=[("Jean",)])

    with pytest.raises(ValueError, match="shorter"):
        list(sheet.cells())


def test_sheet_with_one_label_twice_is_refused():
    with pytest.raises(ValueError, match="same label"):
        Sheet("Inscrits", [Column("Nom"), Column("Nom")], [])


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("é" * 32_767, "é" * 32_767),
        ("é" * 32_768, "é" * 32_766 + "…"),
        # A letter of four bytes counts twice, and is never cut in two.
        ("𠮷" * 16_383, "𠮷" * 16_383),
        ("𠮷" * 16_384, "𠮷" * 16_383 + "…"),
        ("a" + "𠮷" * 16_384, "a" + "𠮷" * 16_382 + "…"),
    ],
    ids=["longest", "too long", "longest of four bytes", "too long of four bytes", "odd"],
)
def test_cell_is_cut_where_spreadsheets_would_refuse_it(text, written):
    assert cell(Kind.TEXT, text) == written


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        (["Inscrits"], ["Inscrits"]),
        ([""], ["Liste"]),
        (["Groupe A/B : [tous] ?"], ["Groupe A B tous"]),
        (["'Cycle'"], ["Cycle"]),
        (["a" * 40], ["a" * 31]),
        (["Inscrits", "inscrits", "Inscrits"], ["Inscrits", "inscrits (2)", "Inscrits (3)"]),
        (["a" * 40, "a" * 40], ["a" * 31, "a" * 27 + " (2)"]),
    ],
)
def test_sheet_names_are_those_that_spreadsheets_allow(titles, names):
    assert sheet_names([a_sheet(title) for title in titles]) == names
