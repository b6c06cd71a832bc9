"""The purge: carries out the retention policy, ``registrations.retention``.

Whatever is due goes, in short transactions that each write what they destroy in the register. So
it may be stopped at any time, repeated, and run in several processes at once: what one of them
destroys, the others do not find.
"""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import (
    CharField,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat

from registrations import clock, places
from registrations.exceptions import ClockDoubted
from registrations.models import (
    Destruction,
    Invitation,
    Message,
    PurgeRun,
    Registration,
    Replacement,
    RequestCount,
    Seat,
    SecondFactor,
)
from registrations.models.messages import MessageKind
from registrations.models.throttling import TOLERANCE
from registrations.retention import Fate, Rule, policy
from registrations.services.counting import count_past
from registrations.services.forgetting import forget
from registrations.states import MessageState
from sessions.models import Cycle
from sessions.typography import in_paris

log = logging.getLogger(__name__)

# Rows destroyed in one transaction.
ROWS_AT_ONCE = 500
# How the accounts are called that have lost their name; their number follows.
NAMELESS = "compte-"


@dataclass(frozen=True)
class Event:
    """An event of the policy, as the database knows it."""

    # The rows for which it happened at that instant or before.
    happened: Callable[[datetime], QuerySet[Any]]
    # The way from them to their cycle, for those that have one.
    cycle: F | Value = field(default=Value(None, output_field=IntegerField()))


def purge(*, now: datetime, anyway: bool = False) -> dict[str, int]:
    """Destroys all that is due at ``now``; how many, by the rule's key, for the rules that had any.

    Repeating it destroys nothing more. Raises ClockDoubted when the time may be wrong, unless it
    is to be done ``anyway``: somebody has looked at the clock.
    """
    if anyway:
        # Of a clock that was ahead: the next purges would be held against them.
        PurgeRun.objects.filter(ended_at__gt=now + TOLERANCE).delete()
    elif why := clock.doubt(now):
        raise ClockDoubted(why)
    destroyed = {}
    for rule in policy().rules:
        if rule.fate is not Fate.KEEP and (n := _carry_out(rule, now)):
            destroyed[rule.key] = n
    n_destroyed = sum(destroyed.values())
    PurgeRun.objects.update_or_create(
        on=in_paris(now).date(),
        defaults={"ended_at": now, "n_destroyed": F("n_destroyed") + n_destroyed},
        create_defaults={"ended_at": now, "n_destroyed": n_destroyed},
    )
    for key, n in destroyed.items():
        log.info("purge: %s by the rule %s", n, key)
    return destroyed


def purge_once_a_day(*, now: datetime) -> None:
    """``purge``, unless it was carried out to its end since midnight in Paris; one query then.

    A doubtful clock is said in the log, and to the team on their first page.
    """
    if clock.is_purged(now):
        return
    try:
        purge(now=now)
    except ClockDoubted as doubted:
        log.error("nothing is purged: %s (manage.py purge --anyway)", doubted)


def due(rule: Rule, now: datetime) -> QuerySet[Any]:
    """The rows that ``rule`` makes go at ``now``."""
    rows = EVENTS[rule.event].happened(rule.period.before(now))
    if rule.fate is Fate.BLANK:
        rows = rows.exclude(**_blanks(rule, rows.model))
    if rule.fate is Fate.COUNT:
        # Who registers for a cycle without a date is due at a date of their own, and waits for all
        # the others: one count more, at a known moment, would be a person.
        later = Registration.objects.exclude(pk__in=rows.values("pk"))
        rows = rows.exclude(cycle__in=later.values("cycle"))
    return rows


def _carry_out(rule: Rule, now: datetime) -> int:
    if rule.fate is Fate.COUNT:
        return _count_cycles(rule, now)
    n_destroyed = 0
    while n := _destroy_some(rule, now):
        n_destroyed += n
    return n_destroyed


@transaction.atomic
def _destroy_some(rule: Rule, now: datetime) -> int:
    """Up to ROWS_AT_ONCE of those that are due and that no other process destroys now."""
    rows = due(rule, now).annotate(its_cycle=EVENTS[rule.event].cycle).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",), no_key=True)
    cycles = dict(rows.values_list("pk", "its_cycle")[:ROWS_AT_ONCE])
    if not cycles:
        return 0
    chosen = rows.model._default_manager.filter(pk__in=cycles)
    match rule.fate:
        case Fate.BLANK:
            chosen.update(**_blanks(rule, rows.model))
        case Fate.ANONYMISE:
            _anonymise(chosen)
        case _:
            chosen.delete()
    counts = Counter(cycles.values())
    known = Cycle.objects.in_bulk([pk for pk in counts if pk is not None])
    Destruction.objects.bulk_create(
        _line(rule, n, now=now, cycle=known.get(pk)) for pk, n in counts.items()
    )
    return len(cycles)


def _count_cycles(rule: Rule, now: datetime) -> int:
    """Cycle by cycle, whole: figures are safe to keep only of all their people at once."""
    n_destroyed = 0
    for cycle_pk in due(rule, now).order_by("cycle").values_list("cycle", flat=True).distinct():
        with transaction.atomic():
            cycle = places.lock_cycle(cycle_pk)
            pks = list(due(rule, now).filter(cycle=cycle).values_list("pk", flat=True))
            if not pks:
                continue
            gone = Registration.objects.filter(pk__in=pks)
            count_past(cycle, gone)
            n = forget(gone)
            _line(rule, n, now=now, cycle=cycle).save()
        n_destroyed += n
    return n_destroyed


def _line(rule: Rule, n: int, *, now: datetime, cycle: Cycle | None) -> Destruction:
    return Destruction(
        at=now,
        rule=rule.key,
        data=rule.data,
        ground=rule.until,
        fate=rule.fate.value,
        cycle=cycle,
        cycle_title=cycle.full_title if cycle else "",
        n=n,
    )


def _blanks(rule: Rule, model: Any) -> dict[str, Any]:
    """What the fields of ``rule`` are once blank."""
    return {
        name: model._meta.get_field(name).get_default() for name in rule.of_model(model._meta.label)
    }


def _anonymise(accounts: QuerySet[User]) -> None:
    """They keep their number, for what they did to stay theirs alone."""
    for account in accounts:
        account.username = f"{NAMELESS}{account.pk}"
        account.first_name = account.last_name = account.email = ""
        account.set_unusable_password()
        account.save(update_fields=["username", "first_name", "last_name", "email", "password"])
        account.groups.clear()
        account.user_permissions.clear()
        SecondFactor.objects.filter(account=account).delete()


def _cycle_ended(before: datetime) -> QuerySet[Registration]:
    """Once its last slot is over, or would have been; without any, once the person registered."""
    cycles = _cycles_with_end()
    return Registration.objects.filter(
        Q(cycle__in=cycles.filter(over_at__lte=before).values("pk"))
        | Q(cycle__in=cycles.filter(over_at=None).values("pk"), created_at__lte=before)
    )


def _invitation_ended(before: datetime) -> QuerySet[Invitation]:
    """With its cycle, once nobody is left whom it brought."""
    cycles = _cycles_with_end().filter(over_at__lte=before)
    return Invitation.objects.filter(cycle__in=cycles.values("pk"), registrations=None)


def _cycles_with_end() -> QuerySet[Any]:
    """Adds ``over_at``: when the last slot is over, or would have been; None without any."""
    return Cycle.objects.with_dates().annotate(
        over_at=Coalesce("ends_at", Max("training_sessions__slots__ends_at"))
    )


def _mail_settled(before: datetime) -> QuerySet[Message]:
    """What is still on its way is not over, however old.

    Nor is, before its cycle, a mail that did not leave and from which the next one takes what the
    person's calendar still shows (``emails.drafts.untold_ahead``).
    """
    untold = Q(
        ~Q(state=MessageState.SENT),
        ~Q(registration__in=_cycle_ended(before)),
        Exists(Seat.objects.lost().filter(registration=OuterRef("registration"))),
        kind__in=(MessageKind.SEATS_CHANGED, MessageKind.AGENDA_CHANGED),
    )
    return (
        Message.objects.exclude(state__in=[MessageState.QUEUED, MessageState.SENDING])
        .exclude(untold)
        .filter(Q(sent_at__lte=before) | Q(sent_at=None, created_at__lte=before))
    )


# The keys of the policy's own [events].
EVENTS: dict[str, Event] = {
    "cycle_end": Event(_cycle_ended, F("cycle")),
    "mail_end": Event(
        lambda before: _mail_settled(before).exclude(registration=None), F("registration__cycle")
    ),
    # Queued or not: whoever asked has long given up.
    "link_mail_end": Event(
        lambda before: Message.objects.filter(registration=None, created_at__lte=before)
    ),
    "request_end": Event(
        lambda before: Replacement.objects.filter(expires_at__lte=before), F("registration__cycle")
    ),
    "invitation_end": Event(_invitation_ended, F("cycle")),
    "count_end": Event(lambda before: RequestCount.objects.past(before)),
    "visit_end": Event(lambda before: Session.objects.filter(expire_date__lte=before)),
    "entry": Event(lambda before: LogEntry.objects.filter(action_time__lte=before)),
    "last_login": Event(
        lambda before: (
            User.objects.annotate(seen_at=Coalesce("last_login", "date_joined"))
            .filter(seen_at__lte=before, is_active=False)
            .exclude(username=Concat(Value(NAMELESS), Cast("pk", CharField())))
        )
    ),
}
