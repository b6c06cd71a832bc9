"""CSV, XLSX and ODS files, read back by other programs than those that wrote them."""

import csv
import json
import subprocess
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZIP_STORED, ZipFile

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from registrations.exports.opendocument import MIMETYPE, ods_file
from registrations.exports.tables import Column, Sheet
from registrations.exports.writers import csv_stream, neutralise, xlsx_file
from tests.registrations.exports.samples import CELLS, COLUMNS, a_sheet

CORPUS = json.loads((Path(__file__).parents[2] / "data/bad_inputs.json").read_text())

LABELS = [column.label for column in COLUMNS]

# What a CSV file holds of the rows: text only, of which none is a formula.
CSV_CELLS = [
    ["Œuvrard 𠮷田 Żółć", "+33 6 12 34 56 78", "3", "06/04/2021", "06/04/2021 09:00", "oui"],
    ['\'=HYPERLINK("http://evil","x")', "", "0", "", "", "non"],
    [" deux  espaces \n& <b> =1", "+262 692 12 34 56", "", "29/02/2028", "06/04/2021 09:00", ""],
    ["0612345678", "", "-2", "", "", ""],
    ["1E5", "", "", "", "", ""],
    ["abc\nd", "", "", "", "", ""],
    ["https://irev.fr", "", "", "", "", ""],
]

MEMORY = Path("/proc/self/statm")


def csv_rows(content):
    return list(csv.reader(content.decode("utf-8-sig").splitlines(keepends=True), delimiter=";"))


def written(write, *sheets):
    """Give the whole file that `write` makes of the sheets, to be read from memory."""
    with write(sheets) as file:
        return BytesIO(file.read())


def calamine_rows(file):
    """Give the rows of the first sheet as calamine reads them, empty cells as None."""
    rows = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    return [[None if value == "" else value for value in row] for row in rows]


def dates_as_instants(row):
    """Give a row where a date is what openpyxl reads of it: that day at 0h00."""
    return [datetime.combine(cell, time()) if type(cell) is date else cell for cell in row]


def test_csv_stream_is_what_excel_in_french_opens():
    content = b"".join(csv_stream(a_sheet()))

    assert content.startswith('\ufeff"Nom";"Téléphone";'.encode())
    assert content.count(b"\r\n") == len(CSV_CELLS) + 1
    assert csv_rows(content) == [LABELS, *CSV_CELLS]


def test_csv_stream_without_rows_has_its_heading():
    assert csv_rows(b"".join(csv_stream(a_sheet(rows=[])))) == [LABELS]


def test_csv_stream_gives_the_first_rows_before_reading_the_last():
    read = []

    def rows():
        for number in range(5000):
            read.append(number)
            yield ("Jean", "", number, None, None, None)

    next(csv_stream(a_sheet(rows=rows())))

    assert 0 < len(read) < 1000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(entry["value"], entry["expect"]["stored"], id=entry["id"])
        for entry in CORPUS
        if entry["field"] == "export_cell"
    ],
)
def test_corpus_of_cells(value, expected):
    assert neutralise(value) == expected


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("+33612345678", "+33612345678"),
        ("+33 6 12 34 56 78", "+33 6 12 34 56 78"),
        ("+1+1", "'+1+1"),
        ("+33 6;=1", "'+33 6;=1"),
        ("+", "'+"),
        ("+SUM(A1)", "'+SUM(A1)"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ("\xa0=1", "'\xa0=1"),
        ("\r=1", "'\r=1"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_neutralise(text, cell):
    assert neutralise(text) == cell


def test_xlsx_file_is_read_back_as_it_was_given():
    workbook = openpyxl.load_workbook(written(xlsx_file, a_sheet()))

    rows = [[cell.value for cell in row] for row in workbook["Inscrits"].rows]
    assert rows == [LABELS, *map(dates_as_instants, CELLS)]


def test_xlsx_file_is_read_back_by_calamine():
    assert calamine_rows(written(xlsx_file, a_sheet())) == [LABELS, *CELLS]


def test_xlsx_file_has_text_that_is_no_formula_nor_link():
    sheet = openpyxl.load_workbook(written(xlsx_file, a_sheet())).active

    cells = [sheet.cell(row, 1) for row in range(2, len(CELLS) + 2)]
    assert {(cell.data_type, cell.hyperlink) for cell in cells} == {("s", None)}


def test_xlsx_file_is_laid_out_for_reading():
    sheet = openpyxl.load_workbook(written(xlsx_file, a_sheet())).active

    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:F8")
    assert [round(sheet.column_dimensions[letter].width) for letter in "ABD"] == [31, 19, 13]
    assert [cell.font.b for cell in sheet[1]] == [True] * 6
    assert [cell.number_format for cell in sheet[2]] == [
        *("General", "General", "General", "dd/mm/yyyy", "dd/mm/yyyy hh:mm", "General"),
    ]


@pytest.mark.parametrize("write", [xlsx_file, ods_file])
def test_file_without_rows_has_its_heading(write):
    assert calamine_rows(written(write, a_sheet(rows=[]))) == [LABELS]


@pytest.mark.parametrize("write", [xlsx_file, ods_file])
def test_file_of_several_sheets(write):
    sheets = [a_sheet("Groupe A"), Sheet("L’« autre » groupe", [Column("Nom")], [("Jean",)])]

    workbook = CalamineWorkbook.from_filelike(written(write, *sheets))

    assert workbook.sheet_names == ["Groupe A", "L’« autre » groupe"]
    assert workbook.get_sheet_by_index(1).to_python() == [["Nom"], ["Jean"]]


@pytest.mark.parametrize("write", [xlsx_file, ods_file])
def test_file_whose_rows_fail_is_not_given(write):
    def rows():
        yield ("Jean", "", 1, None, None, None)
        raise LookupError("the query failed")

    with pytest.raises(LookupError, match="the query failed"):
        write([a_sheet(rows=rows())])


def test_ods_file_is_read_back_as_it_was_given():
    assert calamine_rows(written(ods_file, a_sheet())) == [LABELS, *CELLS]


def test_ods_file_is_a_package_that_says_its_type_first():
    archive = ZipFile(written(ods_file, a_sheet("L'été & <l'hiver>")))

    first = archive.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)
    assert archive.read("mimetype").decode() == MIMETYPE
    assert [
        ElementTree.fromstring(archive.read(name)).tag.rpartition("}")[2]
        for name in ("META-INF/manifest.xml", "settings.xml", "content.xml")
    ] == ["manifest", "document-settings", "document-content"]


def test_ods_file_keeps_its_heading_in_view():
    settings = ElementTree.fromstring(ZipFile(written(ods_file, a_sheet())).read("settings.xml"))

    # As LibreOffice says it: a split that is frozen (2) under the first row.
    names = "{urn:oasis:names:tc:opendocument:xmlns:config:1.0}"
    table = settings.find(f".//{names}config-item-map-named/{names}config-item-map-entry")
    assert table.get(f"{names}name") == "Inscrits"
    assert {item.get(f"{names}name"): item.text for item in table} == {
        "VerticalSplitMode": "2",
        "VerticalSplitPosition": "1",
        "ActiveSplitRange": "2",
        "PositionBottom": "1",
    }


def test_ods_file_filters_the_whole_list():
    content = ZipFile(written(ods_file, Sheet("L'été", [Column(str(n)) for n in range(28)], [])))

    assert b"\"'L''\xc3\xa9t\xc3\xa9'.A1:'L''\xc3\xa9t\xc3\xa9'.AB1\"" in content.read(
        "content.xml"
    )


@pytest.mark.libreoffice
@pytest.mark.parametrize(("write", "extension"), [(xlsx_file, "xlsx"), (ods_file, "ods")])
def test_file_is_opened_by_libreoffice(write, extension, tmp_path):
    given = tmp_path / f"inscrits.{extension}"
    given.write_bytes(written(write, a_sheet()).read())

    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            # Semicolon, double quotes, UTF-8, cells as they are shown.
            "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true",
            "--outdir",
            str(tmp_path),
            str(given),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )

    shown = csv_rows((tmp_path / "inscrits.csv").read_bytes())
    formula = CSV_CELLS[1][0].removeprefix("'")
    assert shown == [LABELS, CSV_CELLS[0], [formula, *CSV_CELLS[1][1:]], *CSV_CELLS[2:]]


def growth(write, row_length=1_000):
    """Return by how many bytes the process grew from the 2,000th to the 20,000th row."""
    sizes = []

    def rows():
        for number in range(20_000):
            if number in (2_000, 19_999):
                sizes.append(int(MEMORY.read_text().split()[1]) * 4096)
            yield (f"{number:0{row_length}}", None, number, None, None, None)

    write(a_sheet(rows=rows()))
    return sizes[1] - sizes[0]


def whole_csv(sheet):
    for _piece in csv_stream(sheet):
        pass


@pytest.mark.parametrize(
    "write",
    [whole_csv, lambda sheet: xlsx_file([sheet]).close(), lambda sheet: ods_file([sheet]).close()],
    ids=["csv", "xlsx", "ods"],
)
def test_memory_does_not_grow_with_rows(write):
    assert growth(write) < 4_000_000


def test_memory_is_seen_to_grow_when_rows_are_kept():
    # Long rows: what earlier tests gave back to the process is filled before it grows.
    assert growth(lambda sheet: list(sheet.rows), row_length=5_000) > 15_000_000
