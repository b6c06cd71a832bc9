import json
import logging
import re
from datetime import UTC, datetime
from types import TracebackType

from django.db import OperationalError

# What a log line must never carry: what follows the address of a personal page, even cut or badly
# copied, what an address asks (a search of the team's is a name), and, anywhere, a personal link's
# token, an e-mail address, a telephone.
PASSWORD_PAGE = re.compile(r"(?<=/mot-de-passe)/\S+")
PERSONAL_PAGE = re.compile(r"(?<=/)(inscriptions|invitations|remplacements)/[^/\s]+")
QUERY = re.compile(r"(?<=\S)\?\S+")
TOKEN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
EMAIL = re.compile(r"[^\s@\"'<>(),;:/=]+@[^\s@\"'<>(),;:/]+")
PHONE = re.compile(r"(?<!\d)(?:\+\d{2,3}|0)(?:[ .-]?\d){9,12}(?!\d)")


# What would start a line, or move the cursor of the terminal where the log is read.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def masked(text: str) -> str:
    """``text`` on one line, without personal links, queries, e-mail addresses and telephones."""
    text = CONTROL.sub("\ufffd", text)
    text = PASSWORD_PAGE.sub("/[lien]", text)
    text = PERSONAL_PAGE.sub(r"\1/[lien]", text)
    text = QUERY.sub("?[paramètres]", text)
    for pattern, label in ((TOKEN, "[lien]"), (EMAIL, "[adresse]"), (PHONE, "[téléphone]")):
        text = pattern.sub(label, text)
    return text


def crash_line(error: Exception) -> str:
    """What to write of the error that ends a program, in place of the traceback, which quotes it.

    In full, but masked, when it is the database that is away: that quotes no row.
    """
    why = f": {error}" if isinstance(error, OperationalError) else ""
    told = (type(error), error, error.__traceback__)
    record = logging.LogRecord(
        "manage", logging.CRITICAL, __file__, 0, "manage.py stopped%s", (why,), told
    )
    return SafeFormatter().format(record)


class SafeFormatter(logging.Formatter):
    """One JSON object a line, in UTC, with personal data and secret links masked.

    Of an exception it keeps the type and the places it passed, not its text: a database error
    quotes the row it refused.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, str | list[str]] = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = self._places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)

    @staticmethod
    def _places(traceback: TracebackType | None) -> list[str]:
        places = []
        while traceback is not None:
            code = traceback.tb_frame.f_code
            places.append(f"{code.co_filename}:{traceback.tb_lineno} {code.co_name}")
            traceback = traceback.tb_next
        return places[-12:]
