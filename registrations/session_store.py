"""Django's sessions in the database, that a copy of it does not open.

A row is named by the hash of the cookie, so that the cookie of nobody can be read there.
"""

import hashlib

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import get_random_string


def row_key(cookie: str | None) -> str:
    """What the row of a session is named in the database: 160 bits of SHA-256."""
    return hashlib.sha256((cookie or "").encode()).hexdigest()[:40]


class SessionStore(DatabaseStore):
    """Keys are what cookies hold; used by synchronous code alone.

    A new one is 165 random bits, without asking first whether it is taken: the insertion says so
    itself, and ``create`` then draws another.
    """

    def exists(self, session_key: str) -> bool:
        return super().exists(row_key(session_key))

    def create_model_instance(self, data: dict) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        row.session_key = row_key(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        super().delete(row_key(session_key or self.session_key))

    def _get_session_from_db(self) -> Session | None:
        rows = Session.objects.filter(expire_date__gt=timezone.now())
        row = rows.filter(session_key=row_key(self.session_key)).first()
        if row is None:
            # As Django does: a key that opens nothing is not taken up.
            self._session_key = None
        return row

    def _get_new_session_key(self) -> str:
        return get_random_string(32, VALID_KEY_CHARS)
