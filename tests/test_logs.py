"""A log line is one JSON object that names nobody and opens nothing."""

import json
import logging
import sys
from datetime import datetime

import pytest
from django.db import IntegrityError

from cycle_lcd.logs import SafeFormatter, crash_line, masked
from registrations import tokens

# Always the same: workers that share the tests must give them the same names.
TOKEN = tokens.derive("0" * 64)


def line(message: str, *args, error: BaseException | None = None) -> dict:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("app", logging.ERROR, __file__, 1, message, args, info)
    printed = SafeFormatter().format(record)
    assert printed.isprintable() or printed.isascii()
    assert "\n" not in printed
    return json.loads(printed)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Not Found: /inscriptions/{TOKEN}/", "Not Found: /inscriptions/[lien]/"),
        (f"Not Found: /inscriptions/{TOKEN[:42]}", "Not Found: /inscriptions/[lien]"),
        (
            f"Not Found: /inscriptions/{TOKEN}%3E/modifier/",
            "Not Found: /inscriptions/[lien]/modifier/",
        ),
        (f"/invitations/{TOKEN}/inscription/", "/invitations/[lien]/inscription/"),
        (f"/remplacements/{TOKEN}/", "/remplacements/[lien]/"),
        (f"took {TOKEN}.", "took [lien]."),
        ("to Zébulon <zq7+a@x.example>", "to Zébulon <[adresse]>"),
        ("/?q=zq7@x.example", "/?[paramètres]"),
        (
            "Error handling request /cycles/?profil=Zébulon&a=b now",
            "Error handling request /cycles/?[paramètres] now",
        ),
        ("/admin/auth/user/?q=Qwertz HTTP/1.1", "/admin/auth/user/?[paramètres] HTTP/1.1"),
        ("Pourquoi ? Parce que.",) * 2,
        ("call 06 12 34 56 78 or +33612345678", "call [téléphone] or [téléphone]"),
        ("message 12345 sent again as 12346 by user 7",) * 2,
        ("/cycles/lcd-2021/inscription/",) * 2,
    ],
)
def test_masked_hides_what_leads_to_somebody(text, shown):
    assert masked(text) == shown


@pytest.mark.parametrize("control", ["\n", "\r", "\x1b[2J", "\x9b2J", "\u2028", "\u202e", "\0"])
def test_line_cannot_be_broken_nor_steer_a_terminal(control):
    assert control not in line("Not Found: %s", f"/a{control}b")["message"]


def test_line_says_when_where_and_how_bad():
    said = line("message %s", 12)

    assert (said["level"], said["logger"], said["message"]) == ("ERROR", "app", "message 12")
    assert datetime.fromisoformat(said["at"]).utcoffset().total_seconds() == 0


def test_line_of_an_exception_never_quotes_it():
    try:
        raise ValueError("DETAIL: Key (email)=(zq7@x.example) already exists: Zébulon")
    except ValueError as error:
        said = line("failed", error=error)

    assert said["error"] == "ValueError"
    assert "Zébulon" not in json.dumps(said, ensure_ascii=False)
    assert said["trace"][-1].startswith(sys.modules[__name__].__file__)


def test_program_that_crashes_names_nobody():
    try:
        raise IntegrityError("DETAIL: Key (email)=(zq7@x.example) already exists: Zébulon")
    except IntegrityError as error:
        said = json.loads(crash_line(error))

    assert (said["level"], said["message"]) == ("CRITICAL", "manage.py stopped")
    assert said["error"] == "IntegrityError"
    assert "Zébulon" not in json.dumps(said, ensure_ascii=False)
