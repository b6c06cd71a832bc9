"""The lists of people as files. Who takes one away, which and how long is written in the log.

A file is asked for with POST, never with GET: the log is a write, and a link that a mail gateway
or a browser opens by itself must not take a list of people away.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db.models import Prefetch
from django.http import HttpResponseBase

from registrations.exceptions import NotOneList
from registrations.exports.responses import FileFormat, export_response
from registrations.exports.tables import Column, Kind, Sheet
from registrations.exports.watch import watch
from registrations.models import Registration, Seat
from registrations.models.registrations import RegistrationQuerySet
from registrations.rosters import Roster
from sessions.models import Cycle, Session
from sessions.typography import count, in_paris

# Rows read at once, with their territories and their seats: what memory is bounded by.
ROWS_AT_ONCE = 500

_PERSON = (
    Column("Nom"),
    Column("Prénom"),
    Column("Adresse électronique", width=34),
    Column("Téléphone", Kind.PHONE, width=19),
    Column("Structure", width=34),
    Column("Type de structure", width=26),
    Column("Fonction", width=34),
    Column("Profil", width=34),
    Column("Groupe", width=34),
    Column("Territoires", width=40),
    Column("Contrat de ville", Kind.YES_NO, width=16),
    Column("État", width=20),
    Column("Inscrit le", Kind.MOMENT, width=18),
)
_NEEDS = (
    Column("Attentes", width=50),
    Column("Besoins d’accessibilité", width=50),
)


def export_roster(
    roster: Roster,
    file_format: FileFormat,
    *,
    by: User,
    now: datetime,
    with_needs: bool = False,
) -> HttpResponseBase:
    """The list as a file to download; of a whole cycle, XLSX and ODS hold each part in a sheet.

    ``with_needs`` adds what people expect and the access they need, for those who may read it.
    """
    rosters = [roster] if file_format is FileFormat.CSV else [roster, *roster.parts()]
    sessions = list(roster.cycle.training_sessions.all())
    sheets = [
        _sheet(part.short_title, part.registrations, sessions, with_needs=with_needs)
        for part in rosters
    ]
    details = f"{roster.title}, avec attentes et besoins" if with_needs else roster.title
    _log(roster.cycle, details, file_format, roster.registrations.count(), by=by)
    return export_response(sheets, file_format, _dated(roster.file_name, now))


def export_selection(
    registrations: RegistrationQuerySet,
    file_format: FileFormat,
    *,
    by: User,
    now: datetime,
) -> HttpResponseBase:
    """Registrations in any state as a file to download, with a sheet for each of their cycles.

    Raises NotOneList for several cycles, or none, in a CSV file.
    """
    cycles = list(Cycle.objects.filter(registrations__in=registrations).distinct())
    if file_format is FileFormat.CSV and len(cycles) != 1:
        raise NotOneList
    sessions = {
        cycle_pk: list(sessions)
        for cycle_pk, sessions in groupby(
            Session.objects.filter(cycle__in=cycles).order_by("cycle_id", "number"),
            key=lambda session: session.cycle_id,
        )
    }
    sheets = []
    for cycle in cycles:
        of_cycle = registrations.filter(cycle=cycle).select_related("profile__group")
        of_cycle = of_cycle.prefetch_related(None)
        sheets.append(_sheet(cycle.title, of_cycle, sessions.get(cycle.pk, []), with_needs=False))
        _log(cycle, "Sélection", file_format, of_cycle.count(), by=by)
    name = f"inscrits-{cycles[0].slug}" if len(cycles) == 1 else "inscrits"
    return export_response(sheets, file_format, _dated(name, now))


def _sheet(
    title: str,
    registrations: RegistrationQuerySet,
    sessions: list[Session],
    *,
    with_needs: bool,
) -> Sheet:
    columns = [
        *_PERSON,
        *(Column(f"Session {session.number}", Kind.MOMENT, width=18) for session in sessions),
        *(_NEEDS if with_needs else ()),
    ]
    return Sheet(title, columns, _rows(registrations, sessions, with_needs=with_needs))


def _rows(
    registrations: RegistrationQuerySet, sessions: Iterable[Session], *, with_needs: bool
) -> Iterator[list[Any]]:
    """Three queries for ROWS_AT_ONCE rows, two more for each further lot."""
    if not with_needs:
        registrations = registrations.defer("expectations", "access_needs")
    registrations = registrations.prefetch_related(
        "territories", Prefetch("seats", Seat.objects.select_related("slot"))
    )
    for registration in registrations.iterator(chunk_size=ROWS_AT_ONCE):
        row = [*_person(registration), *_starts(registration, sessions)]
        if with_needs:
            row += [registration.expectations, registration.access_needs]
        yield row


def _person(registration: Registration) -> list[Any]:
    territories = registration.territories.all()
    return [
        registration.last_name,
        registration.first_name,
        registration.email,
        registration.phone,
        registration.organisation,
        registration.get_organisation_kind_display(),
        registration.job_title,
        registration.profile.label,
        registration.profile.group.name,
        ", ".join(territory.name for territory in territories),
        any(territory.has_city_contract for territory in territories),
        registration.get_status_display(),
        registration.created_at,
    ]


def _starts(registration: Registration, sessions: Iterable[Session]) -> Iterator[datetime | None]:
    """When the person's slot of each session starts; nothing once they gave their places back."""
    slots = {seat.session_id: seat.slot for seat in registration.seats.all()}
    for session in sessions:
        slot = slots.get(session.pk) if registration.is_active else None
        yield slot.starts_at if slot else None


def _log(cycle: Cycle, what: str, file_format: FileFormat, n_rows: int, *, by: User) -> None:
    """Writes the export in the cycle's history, where staff read it and nobody changes it."""
    people = count(n_rows, "personne", "personnes")
    LogEntry.objects.log_actions(
        by.pk,
        [cycle],
        CHANGE,
        f"Export {file_format.name} des inscrits ({what})\u00a0: {people}.",
        single_object=True,
    )
    watch(by, cycle, n_rows)


def _dated(name: str, now: datetime) -> str:
    return f"{name}-{in_paris(now):%Y-%m-%d}"
