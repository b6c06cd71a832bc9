"""What gunicorn itself answers and writes, with the product's configuration."""

import contextlib
import http.client
import io
import json
import logging
import socket
from collections.abc import Iterator

import pytest
from django.test import Client

from cycle_lcd.web_server import Anonymous
from tests.factories import make_account
from tests.faults.programs import Programs, Web
from tests.registrations.test_send_messages import database_url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def web(tmp_path) -> Iterator[Web]:
    variables = {"DJANGO_SETTINGS_MODULE": "tests.security.web_settings", "SECOND_FACTOR": "on"}
    with Programs(tmp_path, database_url(), smtp_port=1).web(**variables) as web:
        yield web


def ask(web: Web, method: str, path: str, **headers: str) -> tuple[http.client.HTTPResponse, str]:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)) as line:
        line.request(method, path, headers=headers)
        answer = line.getresponse()
        return answer, answer.read().decode()


def cookie_of_the_team(settings) -> str:
    """Of whoever has given the password alone."""
    client = Client()
    client.force_login(make_account())
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def send(web: Web, request: bytes) -> bytes:
    """The whole answer to what no client would send."""
    with socket.create_connection(("127.0.0.1", web.port), timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


ANSWERS = {
    ("GET", "/"): 200,
    ("GET", "/static/css/site.css"): 200,
    # Neither what is beside the files that are served, nor their list.
    ("GET", "/.git/config"): 404,
    ("GET", "/static/.git/config"): 404,
    ("GET", "/static/../.git/config"): 404,
    ("GET", "/static/%2e%2e/.git/config"): 404,
    ("GET", "/.env"): 404,
    ("GET", "/static/"): 404,
    ("GET", "/static/css/"): 404,
    ("GET", "/metrics"): 404,
    ("TRACE", "/"): 405,
    ("TRACE", "/admin/"): 405,
    ("TRACE", "/admin/login/"): 405,
    ("TRACE", "/static/css/site.css"): 405,
    ("TRACE", "/nulle-part/"): 404,
}


def test_answers_say_neither_what_serves_them_nor_what_was_asked(web):
    answers = {each: ask(web, *each, **{"X-Mark": "zebulon"}) for each in ANSWERS}

    assert {each: answer.status for each, (answer, _) in answers.items()} == ANSWERS
    for answer, body in answers.values():
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        said = f"{answer.headers} {body}".casefold()
        assert [name for name in ("gunicorn", "server:", "python", "zebulon") if name in said] == []


def test_account_of_the_team_traces_nothing(client):
    client.force_login(make_account())

    assert client.trace("/admin/").status_code == 405


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "SCRIPT-NAME", "Script_Name"])
def test_header_moves_no_page_out_of_what_asks_for_a_code(web, settings, name):
    cookie = cookie_of_the_team(settings)
    pages = ("/admin/", "/x/admin/", "/x/admin/registrations/registration/")

    answers = [ask(web, "GET", page, **{name: "/x", "Cookie": cookie}) for page in pages]

    assert [answer.status for answer, _ in answers] == [302, 404, 404]
    assert answers[0][0].headers["Location"] == "/compte/code/?next=%2Fadmin%2F"


def test_header_names_no_page(web):
    answer, _ = ask(web, "GET", "/nulle-part/", PATH_INFO="/", SCRIPT_NAME="/nulle-part")

    assert answer.status == 404


NO_REQUESTS = {
    b"GET /admin/?q=Zebulon Qwertz HTTP/1.1": b"400",
    b"GET /admin/?q=Zebulon HTTP/7.3": b"400",
    b"zebulon / HTTP/1.1": b"400",
    b"GET /" + b"Zebulon" * 1000 + b" HTTP/1.1": b"414",
    b"GET / HTTP/1.1\r\nZebulon: a\r\n folded": b"400",
    b"GET / HTTP/1.1\r\nZebulon Qwertz": b"400",
}


def test_what_is_no_request_is_logged_without_whom_it_came_from(web, tmp_path):
    answers = {each: send(web, each + b"\r\nHost: 127.0.0.1\r\n\r\n") for each in NO_REQUESTS}

    lines = (tmp_path / "web.log").read_text().splitlines()
    said = [json.loads(line)["message"] for line in lines if "gunicorn.error" in line]
    assert {each: answer.split()[1] for each, answer in answers.items()} == NO_REQUESTS
    assert [answer for answer in answers.values() if b"Server:" in answer] == []
    assert said == ["Invalid request"] * len(NO_REQUESTS)
    assert [line for line in lines if "127.0.0.1" in line or "bulon" in line] == []


def test_failure_of_gunicorn_is_logged_without_what_was_asked():
    logger = logging.Logger("gunicorn.error")
    logger.addFilter(Anonymous())
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    logger.addHandler(handler)

    logger.error("Error handling request %s %s", "GET", "/admin/?q=Zebulon")
    logger.error("Worker (pid:%s) exited with code %s.", 12, 1)

    assert lines.getvalue() == "Error handling request\nWorker (pid:12) exited with code 1.\n"
