"""CSV and XLSX files, written row by row."""

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import StringIO
from tempfile import NamedTemporaryFile
from typing import IO

from rustpy_xlsxwriter import Format, write_worksheets

from registrations.exports.tables import Cell, Kind, Sheet, sheet_names

_BYTES_AT_ONCE = 16_384

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
# A plus before digits is a telephone: as a formula it could only be that number.
_TELEPHONE = re.compile(r"\+[0-9][0-9 \u00a0\u202f]*")

_NUMBER_FORMATS = {Kind.DATE: "dd/mm/yyyy", Kind.MOMENT: "dd/mm/yyyy hh:mm"}


def csv_stream(sheet: Sheet) -> Iterator[bytes]:
    """Give a CSV file by pieces: semicolons and UTF-8 with BOM, as Excel in French opens it.

    Text that a spreadsheet would run as a formula begins with an apostrophe.
    """
    buffer = StringIO()
    writer = csv.writer(buffer, delimiter=";", quoting=csv.QUOTE_ALL)
    buffer.write("\N{ZERO WIDTH NO-BREAK SPACE}")  # the BOM
    writer.writerow([neutralise(label) for label in sheet.labels])
    for cells in sheet.cells():
        writer.writerow([_csv_text(value) for value in cells])
        if buffer.tell() > _BYTES_AT_ONCE:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def neutralise(text: str) -> str:
    """Return `text` as a CSV cell that no spreadsheet runs; « +33 6... » stays as it is."""
    if _FORMULA.match(text) and not _TELEPHONE.fullmatch(text):
        return f"'{text}"
    return text


def xlsx_file(sheets: Sequence[Sheet]) -> IO[bytes]:
    """Return a temporary XLSX file at its start; closing it deletes it.

    Text is never a formula nor a link, dates are dates, the headings stay in view and filter.
    """
    by_name = dict(zip(sheet_names(sheets), sheets, strict=True))
    file = NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the caller closes it
    try:
        write_worksheets(
            [(name, _records(sheet)) for name, sheet in by_name.items()],
            file.name,
            freeze_panes={"general": {"row": 1, "col": 0}},
            autofilter=dict.fromkeys(by_name, True),
            header_format={name: Format().set_bold() for name in by_name},
            column_widths={
                name: [float(column.width) for column in sheet.columns]
                for name, sheet in by_name.items()
            },
            column_formats={
                name: {
                    column.label: Format().set_num_format(_NUMBER_FORMATS[column.kind])
                    for column in sheet.columns
                    if column.kind in _NUMBER_FORMATS
                }
                for name, sheet in by_name.items()
            },
            # No green triangle on « 0612345678 », which is text on purpose.
            ignore_errors={name: sheet.labels for name, sheet in by_name.items()},
        )
    except BaseException:
        file.close()
        raise
    return file


def _records(sheet: Sheet) -> Iterator[dict[str, Cell]]:
    """Give the rows as the library takes them, at least one: it writes no heading without."""
    labels = sheet.labels
    cells = sheet.cells()
    yield dict(zip(labels, next(cells, [None] * len(labels)), strict=True))
    for row in cells:
        yield dict(zip(labels, row, strict=True))


def _csv_text(value: Cell) -> str:
    match value:
        case None:
            return ""
        case str():
            return neutralise(value)
        case datetime():
            return f"{value:%d/%m/%Y %H:%M}"
        case date():
            return f"{value:%d/%m/%Y}"
        case _:
            return str(value)
