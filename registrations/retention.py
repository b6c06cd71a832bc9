"""The retention policy: ``data/retention.toml``, which people read too, as the program reads it.

What the file says stands in it alone: the purge, the pages and the personal space ask here.
"""

import calendar
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from sessions.typography import NBSP, french, in_paris

# How the lines of the file begin, for errors to name them.
_KEY = re.compile(r'key = "(\w+)"')
_MODEL = re.compile(r'"([\w.]+)" = \[')
_MORE_FIELDS = re.compile(r' *(?:"|\])')
_NAME = re.compile(r'"(\w+)"')

FILE = Path(__file__).parent / "data" / "retention.toml"


class RetentionError(Exception):
    """The file cannot be followed; the text names the line."""


class Fate(StrEnum):
    """What becomes of data when their time is over."""

    BLANK = "blank"
    DELETE = "delete"
    COUNT = "count"
    ANONYMISE = "anonymise"
    KEEP = "keep"


@dataclass(frozen=True)
class Period:
    """A number of days or of months of the calendar of Paris."""

    days: int = 0
    months: int = 0

    def __str__(self) -> str:
        return f"{self.months or self.days}{NBSP}" + (
            "mois" if self.months else "jour" if self.days == 1 else "jours"
        )

    def before(self, instant: datetime) -> datetime:
        """What happened until then is over at ``instant``.

        A month ends at the latest on its last day: one month before March 31 is February 28.
        """
        if self.days or not self.months:
            return instant - timedelta(days=self.days)
        local = in_paris(instant)
        year, month = divmod(local.year * 12 + local.month - 1 - self.months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return local.replace(year=year, month=month + 1, day=min(local.day, last))


@dataclass(frozen=True)
class Rule:
    """Data that are kept together: of whom, what for, until when, and what becomes of them."""

    key: str
    data: str
    people: str
    why: str
    fate: Fate
    # In words, whole: « 12 mois après la fin du cycle ».
    until: str
    # How long, from which event; "" for what is kept.
    period: Period
    event: str
    # What is left afterwards, in words.
    remains: str
    # « registrations.Registration.phone »; those that are never shown are among them.
    fields: tuple[str, ...]
    secrets: frozenset[str]

    def of_model(self, label: str) -> list[str]:
        """The names of its fields in this model."""
        prefix = f"{label}."
        return [name.removeprefix(prefix) for name in self.fields if name.startswith(prefix)]


@dataclass(frozen=True)
class Outside:
    """Data outside the database, that whoever runs the service destroys."""

    key: str
    data: str
    why: str
    until: str


@dataclass(frozen=True)
class Policy:
    """The whole file. A field is in one rule, or among those that say nothing of anybody."""

    rules: tuple[Rule, ...]
    outside: tuple[Outside, ...]
    impersonal: frozenset[str]
    events: Mapping[str, str]
    # A figure below it is put with others.
    smallest_figure: int

    def rule(self, key: str) -> Rule:
        """Raises KeyError."""
        for rule in self.rules:
            if rule.key == key:
                return rule
        raise KeyError(key)

    def kept_outside(self, key: str) -> Outside:
        """Raises KeyError."""
        for outside in self.outside:
            if outside.key == key:
                return outside
        raise KeyError(key)

    @property
    def classed(self) -> frozenset[str]:
        return self.impersonal.union(*(rule.fields for rule in self.rules))

    @property
    def terms(self) -> dict[str, str]:
        """Until when each kind of data is kept, in words."""
        inside = {rule.data: rule.until for rule in self.rules}
        return inside | {kept.data: kept.until for kept in self.outside}

    def shown(self, label: str) -> set[str]:
        """The names of the fields of a model that a person has a right to see."""
        return {
            name
            for rule in self.rules
            for name in rule.of_model(label)
            if f"{label}.{name}" not in rule.secrets
        }


@cache
def policy() -> Policy:
    """The policy in force. Raises RetentionError."""
    return read(FILE.read_text(encoding="utf-8"))


def read(text: str) -> Policy:
    """The policy that ``text`` writes. Raises RetentionError."""
    return _Reader(text).policy()


class _Reader:
    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        try:
            self.data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise RetentionError(f"retention.toml\u00a0: {error}") from error
        self.events: Mapping[str, str] = {
            key: french(said) for key, said in self.data.get("events", {}).items()
        }

    def policy(self) -> Policy:
        policy = Policy(
            rules=tuple(self.rule(table) for table in self.data.get("rules", ())),
            outside=tuple(
                Outside(*(self.text(table, name) for name in ("key", "data", "why", "until")))
                for table in self.data.get("outside", ())
            ),
            impersonal=frozenset(_joined(self.data.get("impersonal", {}))),
            events=self.events,
            smallest_figure=self.data.get("figures", {}).get("smallest", 1),
        )
        self.refuse_twice()
        return policy

    def rule(self, table: dict[str, Any]) -> Rule:
        key = self.text(table, "key")
        fields = list(_joined(table.get("fields", {})))
        secrets = list(_joined(table.get("secret", {})))
        try:
            fate = Fate(table.get("then", ""))
        except ValueError:
            raise self.error(
                f"«\u00a0then\u00a0» ne peut pas être «\u00a0{table.get('then', '')}\u00a0»", key
            ) from None
        period, event, until = self.term(table, key, fate)
        return Rule(
            key=key,
            data=self.text(table, "data"),
            people=self.text(table, "people"),
            why=self.text(table, "why"),
            fate=fate,
            until=until,
            period=period,
            event=event,
            remains=french(table.get("remains", "")),
            fields=(*fields, *secrets),
            secrets=frozenset(secrets),
        )

    def term(self, table: dict[str, Any], key: str, fate: Fate) -> tuple[Period, str, str]:
        if fate is Fate.KEEP:
            return Period(), "", self.text(table, "until")
        event = table.get("since", "")
        if event not in self.events:
            raise self.error(f"l’événement «\u00a0{event}\u00a0» n’est pas dans [events]", key)
        match table.get("after"):
            case {"days": int(days), **rest} if not rest and days >= 0:
                period = Period(days=days)
            case {"months": int(months), **rest} if not rest and months > 0:
                period = Period(months=months)
            case _:
                raise self.error(
                    "«\u00a0after\u00a0» doit être { days = n } ou { months = n }", key
                )
        said = self.events[event]
        until = f"jusqu’à {said}" if period == Period() else f"{period} après {said}"
        return period, event, until

    def text(self, table: dict[str, Any], name: str) -> str:
        """As it is printed: the file is typed with ordinary spaces."""
        value = table.get(name)
        if not isinstance(value, str) or not value:
            raise self.error(f"«\u00a0{name}\u00a0» manque", table.get("key", ""))
        return french(value)

    def refuse_twice(self) -> None:
        """Two rules of one name, or two places for one field."""
        seen: set[str] = set()
        label = ""
        for number, line in enumerate(self.lines, start=1):
            if key := _KEY.match(line):
                names = [key[1]]
            else:
                model = _MODEL.match(line)
                label = model[1] if model else label if _MORE_FIELDS.match(line) else ""
                names = [
                    f"{label}.{name}" for name in _NAME.findall(line.partition("=")[2] or line)
                ]
                names = names if label else []
            for name in names:
                if name in seen:
                    raise RetentionError(_at(number, f"«\u00a0{name}\u00a0» y est déjà plus haut"))
                seen.add(name)

    def error(self, what: str, key: str) -> RetentionError:
        """``key``: of the rule at fault."""
        for number, line in enumerate(self.lines, start=1):
            found = _KEY.match(line)
            if found and found[1] == key:
                return RetentionError(_at(number, what))
        return RetentionError(_at(1, what))


def _at(number: int, what: str) -> str:
    return f"retention.toml, ligne {number}\u00a0: {what}."


def _joined(by_model: Mapping[str, list[str]]) -> Iterator[str]:
    for label, names in by_model.items():
        for name in names:
            yield f"{label}.{name}"
