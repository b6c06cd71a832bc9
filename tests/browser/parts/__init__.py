"""Every page of the site in each of its states, every mail, by who comes there."""

from collections.abc import Callable
from functools import partial

from django.contrib.auth.models import User

from registrations.roles import COORDINATION, STAFF
from tests.browser.parts.people import mail_stops, space_stops
from tests.browser.parts.public import bare_stops, public_stops
from tests.browser.parts.team import (
    account_stops,
    admin_stops,
    coordination_stops,
    superuser_stops,
)
from tests.browser.stops import Stop
from tests.factories import make_account

# What makes the stops of a part of the site, once what makes the account that sees them has.
PARTS: dict[str, tuple[Callable[[], list[Stop]], Callable[[], User] | None]] = {
    "public": (public_stops, None),
    "bare": (bare_stops, None),
    "space": (space_stops, None),
    "coordination": (coordination_stops, partial(make_account, COORDINATION)),
    "account": (account_stops, partial(make_account, STAFF)),
    "admin": (admin_stops, partial(make_account, STAFF)),
    "superuser": (superuser_stops, partial(make_account, is_superuser=True)),
    "mails": (mail_stops, None),
}
