"""What a request says of its encoding, through the very program that servers run."""

from collections.abc import Iterator
from io import BytesIO
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.signals import request_started
from django.db import close_old_connections

from cycle_lcd.middleware import CONTENT_SECURITY_POLICY
from cycle_lcd.wsgi import application

pytestmark = pytest.mark.django_db

FORM_TYPE = "application/x-www-form-urlencoded"
FIND = "/mes-inscriptions/"
LOGIN = "/coordination/connexion/"
NOT_OURS = [
    *("rot13", "undefined", "hex", "zip", "bz2", "base64", "idna", "punycode", "unicode_escape"),
    *("raw_unicode_escape", "utf-16", "utf-7", "utf-8-sig", "latin-1", "cp037", "mbcs", "none"),
    *("x" * 200, "utf-8\0", '"', "'utf-8'", "ｕｔｆ-8", ""),
]
OURS = ["utf-8", "UTF-8", '"utf-8"', "utf8", '"UTF8"']


@pytest.fixture(autouse=True)
def _connection_of_the_test_stays_open() -> Iterator[None]:
    """As Django's own test client does."""
    request_started.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)


def ask(method: str, path: str, content_type: str, body: bytes = b"") -> tuple[str, dict, bytes]:
    """The status, the headers and the page."""
    path, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "HTTP_HOST": "testserver",
    }
    setup_testing_defaults(environ)
    started = []
    page = application(environ, lambda *answer: started.append(answer))
    ((status, headers),) = started
    return status, dict(headers), b"".join(page)


def multipart(encoding: str) -> tuple[str, bytes]:
    names = ("email", "first_name", "username", "password")
    parts = [
        f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\nx\\ud800\r\n'
        for name in names
    ]
    return f"multipart/form-data; boundary=B; charset={encoding}", "".join(
        [*parts, "--B--\r\n"]
    ).encode()


@pytest.mark.parametrize("encoding", NOT_OURS)
def test_encoding_that_is_not_ours_is_refused_with_a_page(encoding):
    answers = [
        ask("GET", "/?q=%C3%A9", f"text/plain; charset={encoding}"),
        ask("POST", FIND, f"{FORM_TYPE}; charset={encoding}", b"email=x"),
        ask("POST", FIND, *multipart(encoding)),
        ask("POST", LOGIN, *multipart(encoding)),
    ]

    for status, headers, page in answers:
        assert status == "400 Bad Request"
        assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert "<h1" in page.decode()


@pytest.mark.parametrize("encoding", ["rot13", "undefined", "nothing", "us-ascii", "utf-8"])
@pytest.mark.parametrize("name", ["charset", "boundary", "a"])
def test_parameter_in_an_encoding_of_its_own_is_refused(name, encoding):
    status, _, _ = ask("POST", f"{FIND}?q=x", f"multipart/form-data; {name}*={encoding}''B")

    assert status == "400 Bad Request"


@pytest.mark.parametrize("encoding", OURS)
def test_utf8_is_read_however_it_is_written(encoding):
    asked = ask("GET", "/?q=%C3%A9", f"text/plain; charset={encoding}")
    posted = ask("POST", FIND, f"{FORM_TYPE}; charset={encoding}", b"email=x")

    # The form came without its token.
    assert (asked[0], posted[0]) == ("200 OK", "403 Forbidden")


@pytest.mark.parametrize("content_type", ["", "text/plain", FORM_TYPE, "a/b;;;;", ";", "é"])
def test_request_that_says_nothing_of_it_is_read(content_type):
    assert ask("GET", "/?q=%C3%A9", content_type)[0] == "200 OK"


@pytest.mark.parametrize(
    "header",
    [
        *("name*=rot13''B", "name*=undefined''B", "name*=nothing''B", "name*=idna''%FF"),
        *("name*=unicode_escape''%5Cud800", 'name="x\\ud800"', "name*0*=zip''B"),
    ],
)
def test_field_named_in_an_encoding_of_its_own_fails_nothing(header):
    body = f"--B\r\nContent-Disposition: form-data; {header}\r\n\r\nx\r\n--B--\r\n"

    status, _, _ = ask("POST", FIND, "multipart/form-data; boundary=B", body.encode())

    assert status == "403 Forbidden"
