"""Whether the clock can be believed, before what it says is due is destroyed for good."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max, Model

from registrations.models import PurgeRun, Registration
from registrations.models.throttling import TOLERANCE
from sessions.typography import NBSP, in_paris, moment

# As long as backups are kept: one that is restored is purged by itself.
LONGEST_GAP = timedelta(days=31)


def doubt(now: datetime) -> str:
    """Why ``now`` may be a wrong clock's, in words for the team; "" when nothing says so.

    It is compared with the database's clock, where that is another one, and with the last purge;
    before the very first, with the last registration or migration. Four queries at most.
    """
    if abs(database_time(now) - now) > TOLERANCE:
        return "Le serveur et la base de données ne donnent pas la même heure."
    last = _latest(PurgeRun, "ended_at") or max(
        _latest(Registration, "created_at") or now - LONGEST_GAP,
        _latest(MigrationRecorder.Migration, "applied") or now - LONGEST_GAP,
    )
    if now < last - TOLERANCE:
        return f"L’horloge a reculé{NBSP}: le service a déjà tourné le {moment(last)}."
    if now > last + LONGEST_GAP:
        return (
            f"L’horloge a avancé de plus de {LONGEST_GAP.days}{NBSP}jours depuis le {moment(last)}."
        )
    return ""


def doubt_of_today(now: datetime) -> str:
    """The same for a page of the team; "" once the purge of the day is done, in one query."""
    return "" if is_purged(now) else doubt(now)


def is_purged(now: datetime) -> bool:
    """Whether the purge was carried out to its end since midnight in Paris."""
    return PurgeRun.objects.filter(on=in_paris(now).date()).exists()


def database_time(now: datetime) -> datetime:
    """What the database's clock says; SQLite has no other than that of ``now``."""
    if connection.vendor != "postgresql":
        return now
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        return cursor.fetchone()[0]


def _latest(model: type[Model], field: str) -> datetime | None:
    return model._default_manager.aggregate(last=Max(field))["last"]
