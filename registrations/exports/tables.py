"""What a list to export is made of, and what a cell of it holds whatever the file's format."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any

from registrations.cleaning import format_phone_from_abroad
from sessions.typography import in_paris

# What the formats of spreadsheets allow in one cell, counted in halves of UTF-16 characters.
MAX_CELL_LENGTH = 32_767

_MAX_NAME_LENGTH = 31

# Characters that XML cannot hold, or that show nothing.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

Cell = str | int | date | None


class Kind(Enum):
    """What a column holds: the value given by a row, then what its cells hold."""

    TEXT = auto()  # str, as it is
    PHONE = auto()  # str in E.164, as « +33 6 12 34 56 78 »
    INTEGER = auto()  # int
    DATE = auto()  # date
    MOMENT = auto()  # aware datetime, as the naive datetime of the clock of Paris
    YES_NO = auto()  # bool, as « oui » or « non »


@dataclass(frozen=True)
class Column:
    """A column: its heading, what it holds, its width in characters."""

    label: str
    kind: Kind = Kind.TEXT
    width: int = 20


@dataclass(frozen=True)
class Sheet:
    """A list: its title, its columns (no two with one label), and rows as long as the columns.

    The rows are read once, while they are written.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]

    def __post_init__(self) -> None:
        if len({column.label for column in self.columns}) < len(self.columns):
            raise ValueError("Two columns of a sheet have the same label.")

    @property
    def labels(self) -> list[str]:
        return [column.label for column in self.columns]

    def cells(self) -> Iterator[list[Cell]]:
        """Give the cells of each row. Raises `ValueError` for a row that is not a whole one."""
        for row in self.rows:
            yield [
                cell(column.kind, value) for column, value in zip(self.columns, row, strict=True)
            ]


def cell(kind: Kind, value: Any) -> Cell:
    """Return what a cell holds of `value`: text fit for any file, or None for an empty cell."""
    if value is None or value == "":
        return None
    match kind:
        case Kind.TEXT:
            return _writable(value)
        case Kind.PHONE:
            return _writable(format_phone_from_abroad(value))
        case Kind.YES_NO:
            return "oui" if value else "non"
        case Kind.MOMENT:
            # To the second: spreadsheets count a day in decimals.
            return in_paris(value).replace(tzinfo=None, microsecond=0)
        case _:
            return value


def sheet_names(sheets: Sequence[Sheet]) -> list[str]:
    """Return a name for each sheet from its title, short, allowed and met once, as Excel wants."""
    names: list[str] = []
    for sheet in sheets:
        title = re.sub(r"[\[\]:*?/\\\s]+", " ", _writable(sheet.title)).strip(" '") or "Liste"
        name, number = title[:_MAX_NAME_LENGTH].strip(" '"), 1
        while name.casefold() in {other.casefold() for other in names}:
            number += 1
            suffix = f" ({number})"
            name = title[: _MAX_NAME_LENGTH - len(suffix)].strip(" '") + suffix
        names.append(name)
    return names


def _writable(text: str) -> str:
    """Return `text` without what files cannot hold, cut where spreadsheets would refuse it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # LibreOffice loses a tab inside a cell.
    text = _UNPRINTABLE.sub("", text.replace("\t", " "))
    encoded = text.encode("utf-16-le")
    if len(encoded) > 2 * MAX_CELL_LENGTH:
        text = encoded[: 2 * (MAX_CELL_LENGTH - 1)].decode("utf-16-le", errors="ignore") + "…"
    return text
