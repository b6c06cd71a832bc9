"""ODS files (OpenDocument 1.3), written row by row into a zip: no kept library does it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from tempfile import TemporaryFile
from typing import IO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from registrations.exports.tables import Cell, Column, Kind, Sheet, sheet_names

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"

_NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
        "number": "datastyle",
        "fo": "xsl-fo-compatible",
        "config": "config",
        "manifest": "manifest",
    }.items()
)
# The name of the settings below is read with this prefix.
_NAMESPACES += ' xmlns:ooo="http://openoffice.org/2004/office"'
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'

_MANIFEST = f"""{_XML}<manifest:manifest {_NAMESPACES} manifest:version="1.3">
<manifest:file-entry manifest:full-path="/" manifest:media-type="{MIMETYPE}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="settings.xml" manifest:media-type="text/xml"/>
</manifest:manifest>"""

_DAY = (
    '<number:day number:style="long"/><number:text>/</number:text>'
    '<number:month number:style="long"/><number:text>/</number:text>'
    '<number:year number:style="long"/>'
)
_HOUR = (
    '<number:text> </number:text><number:hours number:style="long"/>'
    '<number:text>:</number:text><number:minutes number:style="long"/>'
)
_CELL_STYLES = (
    f'<number:date-style style:name="day">{_DAY}</number:date-style>'
    f'<number:date-style style:name="moment">{_DAY}{_HOUR}</number:date-style>'
    '<style:style style:name="DATE" style:family="table-cell" style:data-style-name="day"/>'
    '<style:style style:name="MOMENT" style:family="table-cell" style:data-style-name="moment"/>'
    '<style:style style:name="heading" style:family="table-cell">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
)
_STYLED = {Kind.DATE, Kind.MOMENT}

# What keeps the first row in view.
_FROZEN_HEADING = "".join(
    f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
    for name, kind, value in (
        ("VerticalSplitMode", "short", 2),
        ("VerticalSplitPosition", "int", 1),
        ("ActiveSplitRange", "short", 2),
        ("PositionBottom", "int", 1),
    )
)

_CENTIMETRES_PER_CHARACTER = 0.2


def ods_file(sheets: Sequence[Sheet]) -> IO[bytes]:
    """Return a temporary ODS file at its start; closing it deletes it.

    Text is never a formula, dates are dates, the headings stay in view and filter.
    """
    names = sheet_names(sheets)
    file = TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            # First and uncompressed, so that the type of the file can be read at a fixed place.
            archive.writestr("mimetype", MIMETYPE, ZIP_STORED)
            archive.writestr("META-INF/manifest.xml", _MANIFEST)
            archive.writestr("settings.xml", _settings(names))
            with archive.open("content.xml", "w", force_zip64=True) as content:
                for piece in _content(names, sheets):
                    content.write(piece.encode())
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _settings(names: Sequence[str]) -> str:
    tables = "".join(
        f"<config:config-item-map-entry config:name={quoteattr(name)}>{_FROZEN_HEADING}"
        "</config:config-item-map-entry>"
        for name in names
    )
    return (
        f'{_XML}<office:document-settings {_NAMESPACES} office:version="1.3"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        f'<config:config-item-map-named config:name="Tables">{tables}'
        "</config:config-item-map-named></config:config-item-map-entry>"
        "</config:config-item-map-indexed></config:config-item-set>"
        "</office:settings></office:document-settings>"
    )


def _content(names: Sequence[str], sheets: Sequence[Sheet]) -> Iterator[str]:
    yield f'{_XML}<office:document-content {_NAMESPACES} office:version="1.3">'
    yield f"<office:automatic-styles>{_CELL_STYLES}{_width_styles(sheets)}"
    yield "</office:automatic-styles><office:body><office:spreadsheet>"
    ranges: list[str] = []
    for name, sheet in zip(names, sheets, strict=True):
        yield f"<table:table table:name={quoteattr(name)}>"
        yield "".join(map(_column, sheet.columns))
        yield _row(sheet.columns, sheet.labels, heading=True)
        n_rows = 1
        for cells in sheet.cells():
            yield _row(sheet.columns, cells)
            n_rows += 1
        yield "</table:table>"
        ranges.append(_filter(len(ranges), name, len(sheet.columns), n_rows))
    yield f"<table:database-ranges>{''.join(ranges)}</table:database-ranges>"
    yield "</office:spreadsheet></office:body></office:document-content>"


def _width_styles(sheets: Iterable[Sheet]) -> str:
    widths = sorted({column.width for sheet in sheets for column in sheet.columns})
    return "".join(
        f'<style:style style:name="width{width}" style:family="table-column">'
        "<style:table-column-properties "
        f'style:column-width="{width * _CENTIMETRES_PER_CHARACTER:.2f}cm"/></style:style>'
        for width in widths
    )


def _column(column: Column) -> str:
    return f'<table:table-column table:style-name="width{column.width}"/>'


def _filter(index: int, name: str, n_columns: int, n_rows: int) -> str:
    """The buttons that filter a table; LibreOffice knows an unnamed range by this name."""
    quoted = "'" + name.replace("'", "''") + "'"
    address = f"{quoted}.A1:{quoted}.{_letters(n_columns)}{n_rows}"
    return (
        f'<table:database-range table:name="__Anonymous_Sheet_DB__{index}" '
        f"table:target-range-address={quoteattr(address)} "
        'table:display-filter-buttons="true"/>'
    )


def _letters(number: int) -> str:
    """Return the letters of the column of this number: A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _row(columns: Sequence[Column], cells: Sequence[Cell], *, heading: bool = False) -> str:
    written = "".join(
        _cell(value, "heading" if heading else column.kind.name if column.kind in _STYLED else "")
        for column, value in zip(columns, cells, strict=True)
    )
    return f"<table:table-row>{written}</table:table-row>"


def _cell(value: Cell, style: str) -> str:
    styled = f' table:style-name="{style}"' if style else ""
    match value:
        case None:
            return "<table:table-cell/>"
        case str():
            text = "".join(f"<text:p>{_paragraph(line)}</text:p>" for line in value.split("\n"))
            return f'<table:table-cell{styled} office:value-type="string">{text}</table:table-cell>'
        case datetime() | date():
            typed = f'office:value-type="date" office:date-value="{value.isoformat()}"'
        case _:
            typed = f'office:value-type="float" office:value="{value}"'
    return f"<table:table-cell{styled} {typed}/>"


def _paragraph(line: str) -> str:
    """Return a line as XML where its runs of spaces, which readers collapse, are kept."""
    return re.sub(
        "^ +| {2,}| $", lambda spaces: f'<text:s text:c="{len(spaces.group())}"/>', escape(line)
    )
