"""Everything that is held about one person, as « Mes données » shows it and hands it over.

Which fields that is, the retention policy says: a new one shows here by itself.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model, Q
from django.http import HttpResponse
from django.utils.html import escape

from registrations import emails
from registrations.cleaning import format_phone
from registrations.models import Message, Registration
from registrations.models.registrations import RegistrationQuerySet
from registrations.retention import policy
from registrations.traces import traces_of
from sessions.models import Slot
from sessions.typography import NBSP, day, hours, in_paris, moment

# Only in the file: the same words as elsewhere, or what programs alone read.
_ONLY_IN_FILE = {"html_body", "calendars", "context"}
# Other people are not named: theirs are not the data that were asked for.
SOMEBODY = "une autre personne"
# Longer, a text is folded on the page.
_SHORT = 200


@dataclass(frozen=True)
class Fact:
    """A field that says something."""

    name: str
    label: str
    value: Any

    @property
    def words(self) -> str:
        """The value as people read it."""
        match self.value:
            case datetime():
                return moment(self.value)
            case Slot(starts_at=starts_at, ends_at=ends_at):
                return f"{day(starts_at)}, {hours(starts_at, ends_at)}"
            case [*values]:
                return ", ".join(map(str, values))
            case str() if self.name == "phone":
                return format_phone(self.value)
            case _:
                return str(self.value)

    @property
    def data(self) -> Any:
        """The value as programs read it: instants in ISO 8601, on the clock of Paris."""
        match self.value:
            case datetime():
                return in_paris(self.value).isoformat()
            case Slot(starts_at=starts_at, ends_at=ends_at):
                return f"{in_paris(starts_at).isoformat()}/{in_paris(ends_at).isoformat()}"
            case [*values]:
                return values
            case dict():
                return self.value
            case _:
                return str(self.value)

    @property
    def is_long(self) -> bool:
        return len(self.words) > _SHORT


@dataclass(frozen=True)
class Part:
    """Rows of one kind. ``title`` names them."""

    title: str
    rows: list[list[Fact]]

    @property
    def on_page(self) -> list[list[Fact]]:
        return [[fact for fact in row if fact.name not in _ONLY_IN_FILE] for row in self.rows]


def held_about(registration: Registration) -> list[Part]:
    """All that is held with this registration and this address, in the order of the page.

    Parts without anything are left out. Nine queries at most, for a registration
    ``with_offer()``.
    """
    traces = traces_of(registration)
    mails = Message.objects.filter(Q(registration=registration) | Q(pk__in=traces.mails))
    mails = mails.select_related("registration").order_by("pk")
    parts: dict[str, Iterable[Model]] = {
        "Votre inscription": [registration],
        "Vos séances": registration.seats.in_order(),
        "Ce qui s’est passé": registration.events.order_by("at", "pk"),
        "Les courriels": [_without_others(mail, registration) for mail in mails],
        "Vos demandes de remplacement": registration.replacements.order_by("pk"),
        "Les demandes de remplacement qui vous nomment": traces.requests,
    }
    filled = (Part(title, [list(_facts(row)) for row in rows]) for title, rows in parts.items())
    return [part for part in filled if part.rows]


def as_json(registrations: Iterable[Registration], now: datetime) -> str:
    """The same of one or several registrations, for another program to read."""
    document = {
        "produit le": in_paris(now).isoformat(timespec="seconds"),
        "inscriptions": [
            {
                part.title: [{fact.label: fact.data for fact in row} for row in part.rows]
                for part in held_about(registration)
            }
            for registration in registrations
        ],
        "durées de conservation": policy().terms,
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def own_data_response(registrations: Iterable[Registration], *, now: datetime) -> HttpResponse:
    """``as_json`` as a file to download, whose name names nobody; not to be kept by caches."""
    response = HttpResponse(
        as_json(registrations, now), content_type="application/json; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="donnees-personnelles.json"'
    response["Cache-Control"] = "no-store, private"
    return response


def of_same_address(registration: Registration) -> RegistrationQuerySet:
    """All the registrations of this address, in any cycle and state, this one included."""
    same = Registration.objects.filter(email_key=registration.email_key)
    return same.with_offer().order_by("created_at", "pk")


def _without_others(mail: Message, registration: Registration) -> Message:
    """A mail of somebody else's registration names whoever offered their place."""
    if mail.registration not in (None, registration):
        name = mail.registration.full_name
        mail.text_body = mail.text_body.replace(name, SOMEBODY)
        mail.html_body = mail.html_body.replace(escape(name), SOMEBODY)
    return mail


def _facts(row: Model) -> Iterator[Fact]:
    shown = policy().shown(row._meta.label)
    fields: list[Any] = [*row._meta.local_fields, *row._meta.local_many_to_many]
    for field in fields:
        if field.name in shown and (value := _value(row, field)) not in (None, "", [], {}):
            yield Fact(field.name, str(field.verbose_name), value)


def _value(row: Any, field: Any) -> Any:
    name = field.name
    if field.many_to_many:
        return [str(each) for each in getattr(row, name).all()]
    if field.related_model in (Registration, User):
        return _somebody(row, field)
    value = getattr(row, name)
    if field.choices:
        return getattr(row, f"get_{name}_display")()
    if isinstance(value, str) and name.endswith("_body"):
        return emails.hide_links(value, f"[lien personnel{NBSP}: il n’est gardé nulle part]")
    return value if isinstance(value, datetime | Slot | list | dict) or not value else str(value)


def _somebody(row: Any, field: Any) -> str:
    if getattr(row, field.attname) is None:
        return ""
    if field.related_model is User:
        return "l’équipe de l’IREV"
    return SOMEBODY if field.name == "replaces" else ""
