"""How long the session of an account lasts.

One that is not used for ``SESSION_COOKIE_AGE`` ends, as Django has it; whatever is done in it, it
ends after ``ACCOUNT_SESSION_LONGEST``: whoever still works then logs in again.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

# In the session, in seconds since 1970.
_BEGUN, _SEEN = "account_begun", "account_seen"
# How exactly it is known when it was used: writing it for each page would cost more than the page.
STEP = timedelta(minutes=5)


def begin(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    """For ``user_logged_in``."""
    request.session[_BEGUN] = request.session[_SEEN] = timezone.now().timestamp()
    # Not what the visit before it was given, which is shorter.
    request.session.set_expiry(None)


def touch(session: SessionBase, now: datetime) -> None:
    """Says that a session is used, for it not to end; once a STEP."""
    if now - seen_at(session) >= STEP:
        session[_SEEN] = now.timestamp()


def is_over(session: SessionBase | Mapping[str, Any], now: datetime) -> bool:
    """Whether it has lasted as long as it may; one that no account began is."""
    return now - begun_at(session) >= settings.ACCOUNT_SESSION_LONGEST


def begun_at(session: SessionBase | Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(session.get(_BEGUN, 0), tz=UTC)


def seen_at(session: SessionBase | Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(session.get(_SEEN, 0), tz=UTC)
