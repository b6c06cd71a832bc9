"""What a visit remembers: to which address the mail was sent, shown where a slip of the hand shows.

It is in the visitor's own session, and ends with it; ``manage.py purge`` deletes those that ended.
"""

from collections.abc import Collection

from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from registrations.cleaning import email_key
from sessions.models import Cycle

# How long, in seconds, a visitor's session lasts after a registration.
LAST = 30 * 60

_KEY = "thanks"


def remember(request: HttpRequest, cycle: Cycle, email: str) -> None:
    """Keeps what was registered for the next page; the team's own sessions last as they did."""
    request.session[_KEY] = {"slug": cycle.slug, "title": cycle.title, "email": email}
    if not request.user.is_authenticated:
        request.session.set_expiry(LAST)


def remembered_cycle(request: HttpRequest, slug: str) -> Cycle | None:
    """The cycle that this visit registered for, if it is that one: its address and its title.

    As much of it as the page shows: no query more for whoever has just registered.
    """
    remembered = request.session.get(_KEY, {})
    return Cycle(slug=slug, title=remembered["title"]) if remembered.get("slug") == slug else None


def remembered_address(request: HttpRequest, cycle: Cycle) -> str | None:
    """The address typed in this visit to register for ``cycle``."""
    remembered = request.session.get(_KEY, {})
    return remembered.get("email") if remembered.get("slug") == cycle.slug else None


def forget_addresses(keys: Collection[str]) -> None:
    """Makes every visit that remembers one of them, by its key, forget it.

    Whoever is logged in stays so.
    """
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        data = session.get_decoded()
        if email_key(data.get(_KEY, {}).get("email", "")) in keys:
            del data[_KEY]
            Session.objects.filter(pk=session.pk).update(session_data=Session.objects.encode(data))
