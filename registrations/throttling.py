"""How often strangers may ask: by network, by mailbox, and by account for who logs in.

Counts are rows of ``RequestCount``, so they are right whatever the number of processes; they are
written outside the transaction of what is asked, so that a refusal of that one does not undo them.
``THROTTLE=off`` lifts everything here.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from registrations.cleaning import rate_key
from registrations.models import RequestCount

log = logging.getLogger(__name__)

SALT = "registrations.throttling"


@dataclass(frozen=True)
class Limit:
    n: int
    within: timedelta


# Of forms open to all, from one network: enough for the ninety agents of an administration behind
# one address, slips included, in the minutes after registration opens.
POSTS = (Limit(60, timedelta(minutes=1)), Limit(300, timedelta(hours=1)))
# Of forms that come back to be corrected, with one address typed, from one network.
SLIPS = (Limit(12, timedelta(minutes=1)),)
# Of forms sent sooner than a person can fill them in: see registrations.humans.
HASTY_POSTS = (Limit(5, timedelta(minutes=10)),)
# Of what one does by a personal link and is mailed of: coming back, changing groups.
CHANGES = (Limit(5, timedelta(hours=1)), Limit(15, timedelta(days=1)))
# Of attempts to log in, for one account from one network, then for all accounts from that network.
ACCOUNT_LOGINS = (Limit(5, timedelta(minutes=15)),)
NETWORK_LOGINS = (Limit(30, timedelta(minutes=15)),)
# Of codes typed after the password, for one account from one network, then from all: 480 a day
# either way, and no single network keeps the owner out.
NETWORK_CODES = (Limit(5, timedelta(minutes=15)),)
CODES = (Limit(20, timedelta(hours=1)),)


@dataclass(frozen=True)
class Share:
    """Of mails that strangers have sent to one mailbox: those that leave at once, and in all.

    Those between the two leave in the hours that follow.
    """

    at_once: Limit
    in_all: Limit


# For each kind of request, so that those for one do not hold up another; by one network first, so
# that none spends what a mailbox may be sent.
NETWORK_SHARE = Share(Limit(2, timedelta(hours=1)), Limit(5, timedelta(days=1)))
MAILBOX_SHARE = Share(Limit(3, timedelta(hours=1)), Limit(10, timedelta(days=1)))
# Of a mail that leaves even so.
LONGEST_WAIT = timedelta(hours=4)


@dataclass(frozen=True)
class Pace:
    """When a mail that a stranger asks for may leave; never, once the share is spent."""

    delay: timedelta = timedelta()
    is_spent: bool = False

    @property
    def in_the_end(self) -> "Pace":
        """The same for what must reach its mailbox: it may wait, and never stays behind."""
        return Pace(delay=LONGEST_WAIT) if self.is_spent else self


FREE = Pace()


def wait_before(what: str, who: str, limits: tuple[Limit, ...]) -> timedelta | None:
    """Counts one more request; how long until the next is let through, None if this one is.

    Raises DatabaseError when it cannot be counted.
    """
    if not settings.THROTTLE:
        return None
    now = timezone.now()
    counts = _count(what, who, limits, now)
    waits = [
        count.ends_at - now
        for limit, count in zip(limits, counts, strict=True)
        if count.n > limit.n
    ]
    return max(waits, default=None)


def wait_before_post(what: str, who: str, limits: tuple[Limit, ...]) -> timedelta | None:
    """The same for people: whoever cannot be counted is let through."""
    try:
        return wait_before(what, who, limits)
    except (DatabaseError, InterfaceError) as error:
        log.error("%s not counted: %s", what, type(error).__name__)
        return None


def add_up(what: str, who: str, n: int, within: timedelta) -> int:
    """Adds ``n`` to what is counted of a subject; the total since the count began, ``within`` ago.

    It limits nothing, so that lifting the limits leaves it. Raises DatabaseError.
    """
    now = timezone.now()
    key = _key(what, who, within)
    return RequestCount.add({key: now + within}, now, n=n)[key].n


def wait_before_code(account_pk: int, network: str) -> timedelta | None:
    """The same for the code of an account's telephone; raises DatabaseError as well.

    What a network types beyond its own limit is not held against the account.
    """
    subject = f"{network}\n{account_pk}"
    wait = wait_before("codes of a network", subject, NETWORK_CODES)
    return wait or wait_before("codes", str(account_pk), CODES)


def forget_codes(account_pk: int, network: str) -> None:
    """Starts these counts again, for whoever has the telephone."""
    forget("codes of a network", f"{network}\n{account_pk}", NETWORK_CODES)
    forget("codes", str(account_pk), CODES)


def forget(what: str, who: str, limits: tuple[Limit, ...]) -> None:
    """Starts the counts again: the request was legitimate after all."""
    RequestCount.objects.filter(key__in=[_key(what, who, each.within) for each in limits]).delete()


def pace_of(kind: str, address: str, network: str) -> Pace:
    """Counts one more mail asked for by a stranger for a clean address; when it may leave.

    Variants of an address, by dots, capitals or a tag after +, are one mailbox. What a network asks
    for beyond its share is not held against the mailbox. The answer says nothing of whether the
    address is known.
    """
    if not settings.THROTTLE:
        return FREE
    now = timezone.now()
    mailbox = f"{kind}\n{rate_key(address)}"
    try:
        pace = _take(NETWORK_SHARE, f"{network}\n{mailbox}", now)
        if not pace.is_spent:
            pace = _take(MAILBOX_SHARE, mailbox, now, delay=pace.delay)
    except (DatabaseError, InterfaceError) as error:
        log.error("mails not counted: %s", type(error).__name__)
        return FREE
    if pace.is_spent:
        log.warning("a mailbox had its share of mails for today")
    return pace


def network_of(request: HttpRequest) -> str:
    """Where a request comes from: an IPv4 address, or the /64 that one subscriber has in IPv6.

    Behind proxies, what the nearest of them was told: anything before that is the client's word.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.PROXY_COUNT:
        chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(chain) >= settings.PROXY_COUNT:
            address = chain[-settings.PROXY_COUNT].strip()
    try:
        ip = ip_address(address)
    except ValueError:
        # A socket without address, or a proxy that says nothing: all are counted as one.
        return "unknown"
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or ip_network((int(ip), 64), strict=False))
    return str(ip)


def _take(share: Share, who: str, now: datetime, *, delay: timedelta = timedelta()) -> Pace:
    """One more mail out of a share; one that waits already takes nothing of what leaves at once."""
    limits = (share.in_all,) if delay else (share.in_all, share.at_once)
    in_all, *at_once = _count("mails", who, limits, now)
    if in_all.n > share.in_all.n:
        return Pace(is_spent=True)
    for count in at_once:
        delay = (count.n - 1) // share.at_once.n * share.at_once.within
    return Pace(delay=delay)


def _count(what: str, who: str, limits: tuple[Limit, ...], now: datetime) -> list[RequestCount]:
    ends = {_key(what, who, each.within): now + each.within for each in limits}
    counts = RequestCount.add(ends, now)
    return [counts[key] for key in ends]


def _key(what: str, who: str, within: timedelta) -> str:
    subject = f"{what}\n{within.total_seconds():.0f}\n{who}"
    return salted_hmac(SALT, subject, algorithm="sha256").hexdigest()
