"""What is installed: secrets that are nowhere in the sources, and no more files than it takes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.test_settings import PRODUCTION, read

ROOT = Path(settings.BASE_DIR)
PUBLISHED = ("cycle_lcd", "sessions", "registrations", "templates", "static", "scripts", "docs")
# Keys, and passwords within addresses, but those that say what to write in their place.
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|AGE-SECRET-KEY"
    r"|(?:SECRET_KEY|PASSWORD|TOKEN)[\"']?\s*[:=]\s*[\"']?[A-Za-z0-9_-]{20,}"
    r"|\w://[\w.-]+:(?!mot-de-passe@|password@|…@)[^\s/@\"'{}$<]+@"
)


def published() -> Iterator[Path]:
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.name != ".env")
    for folder in PUBLISHED:
        yield from (path for path in (ROOT / folder).rglob("*") if path.is_file())


def test_no_secret_is_in_the_sources():
    paths = [path for path in published() if "__pycache__" not in path.parts]

    assert len(paths) > 300
    found = {path: SECRET.search(path.read_text(errors="ignore")) for path in paths}
    assert [f"{path}: {match[0]}" for path, match in found.items() if match] == []


@pytest.mark.parametrize(
    "written",
    [
        "SECRET_KEY=p4fXo0Vn3Kq8Yc1Zt6Ws2Jd9",
        'SECRET_KEY = "p4fXo0Vn3Kq8Yc1Zt6Ws2Jd9"',
        "postgres://irev:lapluie@base/cycle_lcd",
        "EMAIL_URL=smtp+tls://irev:lapluie@smtp.irev.example:587",
        "-----BEGIN PRIVATE KEY-----",
    ],
)
def test_secret_would_be_found(written):
    assert SECRET.search(written)


def test_secrets_are_those_of_the_environment_alone():
    given = {
        "SECRET_KEY": "one-0123456789-0123456789-0123456789-0123456789-abcdef",
        "EMAIL_URL": "smtp+tls://irev:un-mot@smtp.irev.example:587",
        "DATABASE_URL": "postgres://irev:un-autre@base.irev.example/cycle_lcd",
    }

    said = read("SECRET_KEY", "SECRET_KEY_FALLBACKS", "EMAIL_HOST_PASSWORD", "DATABASES", **given)

    assert said.pop("DATABASES")["default"]["PASSWORD"] == "un-autre"
    assert said == {
        "SECRET_KEY": given["SECRET_KEY"],
        "SECRET_KEY_FALLBACKS": [],
        "EMAIL_HOST_PASSWORD": "un-mot",
    }
    assert "SECRET_KEY" not in PRODUCTION
    assert "/.env" in (ROOT / ".gitignore").read_text().splitlines()


def test_image_holds_what_runs_and_nothing_else():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    copied = re.findall(
        r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE
    )

    runs = {"cycle_lcd", "sessions", "registrations", "templates", "static"}
    files = {"manage.py", "gunicorn.conf.py", "requirements.txt"}
    assert (ignored[0], ignored[-1]) == ("*", "**/__pycache__")
    assert {line.removeprefix("!") for line in ignored[1:-1]} == runs | files
    assert set(" ".join(copied).split()) == runs | files
