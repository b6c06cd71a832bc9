"""The answers that hand over lists: type, name, and what caches may do."""

import pytest

from registrations.exports.responses import FileFormat, export_response, file_name
from tests.registrations.exports.samples import a_sheet


# Closing the answer ends the request, which looks at the connection.
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("file_format", "content_type", "start"),
    [
        (
            FileFormat.XLSX,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            b"PK\x03\x04",
        ),
        (FileFormat.ODS, "application/vnd.oasis.opendocument.spreadsheet", b"PK\x03\x04"),
        (FileFormat.CSV, "text/csv; charset=utf-8", b'\xef\xbb\xbf"Nom"'),
    ],
)
def test_export_response(file_format, content_type, start):
    response = export_response([a_sheet()], file_format, "Inscrits")

    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == f'attachment; filename="Inscrits.{file_format.value}"'
    assert response["Cache-Control"] == "no-store, private"
    assert b"".join(response).startswith(start)
    response.close()


def test_export_response_names_the_file_in_french():
    response = export_response([a_sheet()], FileFormat.CSV, "Séance du 6 avril")

    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''S%C3%A9ance%20du%206%20avril.csv"
    )


def test_export_response_of_several_sheets_as_csv_is_refused():
    with pytest.raises(ValueError, match="too many values"):
        export_response([a_sheet(), a_sheet()], FileFormat.CSV, "Inscrits")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Inscrits", "Inscrits"),
        ("../../etc/passwd", "etc passwd"),
        ('a"b\r\nc:d', "a b c d"),
        ("", "export"),
        ("é" * 200, "é" * 100),
    ],
)
def test_file_name(title, name):
    assert file_name(title) == name
