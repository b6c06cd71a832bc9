"""Answers that hand over a list as a file."""

import re
from collections.abc import Sequence
from enum import Enum

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from registrations.exports.opendocument import MIMETYPE as ODS_TYPE
from registrations.exports.opendocument import ods_file
from registrations.exports.tables import Sheet
from registrations.exports.writers import csv_stream, xlsx_file


class FileFormat(Enum):
    """The formats a list can be had in; the value is the extension of the file."""

    XLSX = "xlsx"
    CSV = "csv"
    ODS = "ods"

    @property
    def content_type(self) -> str:
        return _CONTENT_TYPES[self]


_CONTENT_TYPES = {
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.ODS: ODS_TYPE,
}


def export_response(
    sheets: Sequence[Sheet], file_format: FileFormat, name: str
) -> HttpResponseBase:
    """Return the sheets as a file to download, `name` being its name without the extension.

    A CSV file holds one sheet: `ValueError` for more. The answer is not to be kept by caches.
    """
    response: HttpResponseBase
    if file_format is FileFormat.CSV:
        (sheet,) = sheets
        response = StreamingHttpResponse(csv_stream(sheet))
    else:
        write = xlsx_file if file_format is FileFormat.XLSX else ods_file
        response = FileResponse(write(sheets))
    response["Content-Type"] = file_format.content_type
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{file_name(name)}.{file_format.value}"
    )
    response["Cache-Control"] = "no-store, private"
    return response


def file_name(title: str) -> str:
    """Return a title as a name that every system can save: no path, no control character."""
    name = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]+', " ", title)
    return re.sub(r"\s+", " ", name).strip(" .")[:100] or "export"
