"""Django's sessions in the database, one query less for each that begins."""

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils.crypto import get_random_string


class SessionStore(DatabaseStore):
    """Draws 165 random bits for a key without asking first whether it is taken.

    The insertion says so itself, and ``create`` then draws another.
    """

    def _get_new_session_key(self) -> str:
        return get_random_string(32, VALID_KEY_CHARS)
