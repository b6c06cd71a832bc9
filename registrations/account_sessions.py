"""The sessions that are open with an account, and how the others end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone

from registrations import session_times
from registrations.session_store import row_key


@dataclass(frozen=True)
class OpenSession:
    begun_at: datetime
    seen_at: datetime
    is_this_one: bool


def open_sessions(account: User, this_key: str | None) -> list[OpenSession]:
    """The last that was used first; ``this_key`` is the session that asks."""
    this_row = row_key(this_key)
    found = [
        OpenSession(session_times.begun_at(data), session_times.seen_at(data), row == this_row)
        for row, data in _of(account)
    ]
    return sorted(found, key=lambda each: each.seen_at, reverse=True)


def end_sessions(account: User, *, but: str | None = None) -> int:
    """Ends the sessions of an account, but the one of this key; returns how many ended."""
    ended = [row for row, _ in _of(account) if row != row_key(but)]
    Session.objects.filter(pk__in=ended).delete()
    return len(ended)


def _of(account: User) -> Iterator[tuple[str, dict[str, Any]]]:
    """The row's key and the content of each session that still opens something.

    All are read, for they say nowhere else whose they are: some hundreds on the morning when a
    cycle opens, for what is done once in a while.
    """
    now = timezone.now()
    # One of an older password is let in no more; one of the key in force before is.
    proofs = {account.get_session_auth_hash(), *account.get_session_auth_fallback_hash()}
    for session in Session.objects.filter(expire_date__gt=now).order_by("pk").iterator():
        data = session.get_decoded()
        is_theirs = data.get(SESSION_KEY) == str(account.pk)
        if (
            is_theirs
            and data.get(HASH_SESSION_KEY) in proofs
            and not session_times.is_over(data, now)
        ):
            yield session.pk, data
