"""The register of destructions as a file, to join to a request to the archives."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase

from registrations.exports.responses import FileFormat, export_response
from registrations.exports.tables import Column, Kind, Sheet
from registrations.models import Destruction
from sessions.typography import in_paris

_COLUMNS = (
    Column("Date", Kind.MOMENT, width=18),
    Column("Données", width=50),
    Column("Nombre", Kind.INTEGER, width=10),
    Column("Sort", width=24),
    Column("Cycle", width=50),
    Column("Durée de conservation", width=40),
    Column("Motif", width=44),
)


def export_register(
    lines: QuerySet[Destruction], file_format: FileFormat, *, now: datetime
) -> HttpResponseBase:
    """These lines as a file to download, the oldest first. It names nobody, of the team neither."""
    sheet = Sheet("Destructions", _COLUMNS, _rows(lines.order_by("at", "pk")))
    name = f"registre-des-destructions-{in_paris(now):%Y-%m-%d}"
    return export_response([sheet], file_format, name)


def _rows(lines: QuerySet[Destruction]) -> Iterator[list[Any]]:
    for line in lines.iterator():
        yield [
            line.at,
            line.data,
            line.n,
            line.get_fate_display(),
            line.cycle_title,
            line.ground,
            line.get_cause_display(),
        ]
