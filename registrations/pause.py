"""Whether mails may leave: not while staff paused them, nor from a database that was restored.

A database that comes back from a backup still believes that it has to send what was sent since the
backup, and workers would. So it remembers where it lives, which the copy does not: a restored
database has another home than the one it remembers, and nothing leaves before staff say so.
"""

from enum import Enum
from pathlib import Path

from django.db import connection, transaction
from django.db.models.functions import Now

from registrations.models import Message, Sending
from registrations.states import MessageState

# Server, database and table: what pg_restore, which makes the table anew, cannot bring back.
_POSTGRESQL_HOME = """
    SELECT concat_ws('/', system_identifier, pg_database.oid, %s::regclass::oid)
    FROM pg_control_system(), pg_database WHERE datname = current_database()
"""
_ROW = 1
_WAITING = (MessageState.QUEUED, MessageState.SENDING)


class Pause(Enum):
    """Why nothing leaves, in the words of the commands."""

    ASKED = "L’envoi des courriels est en pause."
    RESTORED = (
        "Cette base a été restaurée ou déplacée\u00a0: l’envoi des courriels attend votre accord, "
        "car une partie est peut-être déjà partie."
    )


def in_force() -> Pause | None:
    """Why nothing may leave, None when mails may. Two queries, more the very first time."""
    sending = Sending.objects.filter(pk=_ROW).first()
    if sending is None:
        sending, _ = Sending.objects.get_or_create(pk=_ROW, defaults={"home": _home()})
    return _why(sending)


def last_known() -> Pause | None:
    """The same, for a page, which may not write: no pause before the very first worker."""
    sending = Sending.objects.filter(pk=_ROW).first()
    return _why(sending) if sending else None


def pause() -> None:
    """Nothing leaves until ``resume()``; a mail on its way is finished. Again changes nothing."""
    Sending.objects.get_or_create(pk=_ROW, defaults={"home": _home()})
    Sending.objects.filter(pk=_ROW, paused_at=None).update(paused_at=Now())


@transaction.atomic
def resume(*, drop_waiting: bool = False) -> int:
    """Lets mails leave; how many were waiting.

    With ``drop_waiting`` these are given up instead: after a restoration, they probably left.
    """
    Sending.objects.update_or_create(pk=_ROW, defaults={"home": _home(), "paused_at": None})
    waiting = Message.objects.filter(state__in=_WAITING)
    if not drop_waiting:
        return waiting.count()
    return waiting.update(
        state=MessageState.DROPPED,
        claim=None,
        leased_until=None,
        last_answer="Abandonné à la reprise des envois.",
    )


def _why(sending: Sending) -> Pause | None:
    if sending.paused_at is not None:
        return Pause.ASKED
    return None if sending.home == _home() else Pause.RESTORED


def _home() -> str:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_POSTGRESQL_HOME, [Message._meta.db_table])
            return cursor.fetchone()[0]
    file = Path(connection.settings_dict["NAME"]).stat()
    return f"{file.st_dev}/{file.st_ino}"
