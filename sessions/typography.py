"""French for dates, hours, durations, numbers and punctuation, as IREV writes them.

Instants are given aware and always told in Europe/Paris, whatever language or time zone is
active: a mail and a page must say the same thing from any process. No-break spaces are kept
where a line must not break (between a day and its month, a number and its noun).
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.html import format_html
from django.utils.safestring import SafeString

PARIS = ZoneInfo("Europe/Paris")
NBSP = "\N{NO-BREAK SPACE}"
NNBSP = "\N{NARROW NO-BREAK SPACE}"

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def in_paris(instant: datetime) -> datetime:
    """Return the same instant on the clock of Paris. Raises `ValueError` if it is naive."""
    if instant.tzinfo is None:
        raise ValueError("A naive datetime is no instant: give it a time zone.")
    return instant.astimezone(PARIS)


def day(value: date) -> str:
    """« mardi 6 avril 2021 », « jeudi 1er avril 2021 », of a date or of an instant."""
    on = _date(value)
    return f"{_DAYS[on.weekday()]} {_day_and_month(on)} {on.year}"


def short_day(value: date) -> str:
    """« 06/04/2021 », of a date or of an instant. For tables only."""
    return f"{_date(value):%d/%m/}{_date(value).year:04}"


def hour(instant: datetime) -> str:
    """« 9h00 »."""
    local = in_paris(instant)
    return f"{local.hour}h{local.minute:02}"


def hours(starts_at: datetime, ends_at: datetime) -> str:
    """« 9h00 à 12h00 »."""
    return f"{hour(starts_at)} à {hour(ends_at)}"


def moment(instant: datetime) -> str:
    """« mardi 6 avril 2021 à 9h00 »."""
    return f"{day(instant)} à {hour(instant)}"


def dates(values: Iterable[date]) -> str:
    """« 6, 13 et 20 avril 2021 », of dates or instants in any order; a day is said once.

    The month and the year are written only where they change: « 30 mars, 6 et 13 avril 2021 »,
    « 22 décembre 2020 et 5 janvier 2021 ». Returns "" for no date.
    """
    days = sorted({_date(value) for value in values})
    last_of_year = {on.year: on for on in days}
    parts, month = [], []
    for _, same_month in groupby(days, lambda on: (on.year, on.month)):
        month = list(same_month)
        text = _enumerate([_ordinal(on.day) for on in month]) + NBSP + _MONTHS[month[0].month - 1]
        is_last_of_year = month[-1] == last_of_year[month[-1].year]
        parts.append(f"{text} {month[-1].year}" if is_last_of_year else text)
    # « 30 mars et 6 et 13 avril » would be read twice.
    return ", ".join(parts) if len(month) > 1 else _enumerate(parts)


def duration(length: timedelta) -> str:
    """« 3 h », « 1 h 30 », « 45 min », to the minute below."""
    whole_hours, minutes = divmod(length // timedelta(minutes=1), 60)
    if not whole_hours:
        return f"{minutes}{NBSP}min"
    return f"{whole_hours}{NBSP}h" + (f"{NBSP}{minutes:02}" if minutes else "")


def plural(number: int, singular: str, plural_form: str) -> str:
    """Return the word that agrees with `number`: in French 0 and 1 are singular."""
    return singular if abs(number) < 2 else plural_form


def count(number: int, singular: str, plural_form: str) -> str:
    """« 0 place », « 1 place », « 1 234 places »."""
    digits = f"{number:,}".replace(",", NNBSP)
    return f"{digits}{NBSP}{plural(number, singular, plural_form)}"


def in_words(number: int) -> str:
    """« trois », up to nine; in figures beyond, as French texts do."""
    return _WORDS[number] if 0 <= number < len(_WORDS) else str(number)


def french(text: str) -> str:
    """Return plain text with its apostrophes and the spaces of its punctuation made French.

    Only spaces that are already there change before `: ; ! ?`, so that addresses of pages stay
    whole. Doing it twice changes nothing more. Never for a person's name, kept as typed.
    """
    for pattern, replacement in _PUNCTUATION:
        text = pattern.sub(replacement, text)
    return text


def time_tag(value: date, text: str) -> SafeString:
    """Return `text` in a `<time>` whose machine-readable value is `value`, in Europe/Paris."""
    if isinstance(value, datetime):
        machine = in_paris(value).isoformat(timespec="minutes")
    else:
        machine = value.isoformat()
    return format_html('<time datetime="{}">{}</time>', machine, text)


_WORDS = ("zéro", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")

_PUNCTUATION = (
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    (re.compile(r"[ \u00a0]+(?=[;!?])"), NNBSP),
    (re.compile(r" +(?=[:%€»])"), NBSP),
    (re.compile(r"« *(?![\s\u00a0])"), f"«{NBSP}"),
    (re.compile(r"(?<![\s\u00a0])»"), f"{NBSP}»"),
    (re.compile(r"\b([nN]°) +(?=\d)"), rf"\1{NBSP}"),
    (re.compile(rf"\b(\d{{1,2}}|1er) +(?=(?:{'|'.join(_MONTHS)})\b)"), rf"\1{NBSP}"),
)


def _date(value: date) -> date:
    """Return the day in Paris: an instant near midnight is not on the same day in UTC."""
    return in_paris(value).date() if isinstance(value, datetime) else value


def _ordinal(number: int) -> str:
    return "1er" if number == 1 else str(number)


def _day_and_month(on: date) -> str:
    return f"{_ordinal(on.day)}{NBSP}{_MONTHS[on.month - 1]}"


def _enumerate(parts: list[str]) -> str:
    """« a, b et c »."""
    return " et ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
