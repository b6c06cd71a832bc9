"""Reminders: each is queued once for a slot, for those who have a seat and were told nothing since.

The rule is asked again when the mail leaves: see ``registrations.emails``.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from registrations import outbox, places
from registrations.models import Message, Registration, ReminderRun
from registrations.models.messages import MessageKind
from registrations.services.isolation import apart
from registrations.states import MessageState
from sessions.models import Reminder, Slot
from sessions.states import Publication

log = logging.getLogger(__name__)

Outcome = ReminderRun.Outcome

# A slot that began longer ago says nothing any more, not even that its reminder was missed.
FORGET_AFTER = timedelta(days=2)


def queue_reminders(*, now: datetime) -> list[ReminderRun]:
    """Queues the reminders that are due at ``now``; returns what became of each.

    Of several that are due for one slot, the last alone is sent. Those of a slot that has begun
    are given up, and said in the log. Calling it again, or in several workers, queues nothing more.
    What fails for one slot is left for the next call.
    """
    runs = []
    for slot, reminders in _due(now):
        with apart("reminders of slot", slot.pk):
            runs += _deal_with(slot, reminders, now=now)
    for run in runs:
        if run.outcome == Outcome.MISSED:
            log.warning("reminder %s of slot %s missed: it has begun", run.reminder_id, run.slot_id)
    return runs


def _due(now: datetime) -> Iterable[tuple[Slot, list[Reminder]]]:
    """Slots with the reminders whose time has come and that were not dealt with yet."""
    reminders: dict[int, list[Reminder]] = {}
    for reminder in Reminder.objects.filter(cycle__publication=Publication.PUBLISHED):
        reminders.setdefault(reminder.cycle_id, []).append(reminder)
    if not reminders:
        return
    furthest = max(rule.hours_before for rules in reminders.values() for rule in rules)
    slots = (
        Slot.objects.kept()
        .filter(
            session__cycle__in=reminders,
            starts_at__gt=now - FORGET_AFTER,
            starts_at__lte=now + timedelta(hours=furthest),
        )
        .select_related("session")
        .order_by("starts_at", "pk")
    )
    done = set(
        ReminderRun.objects.filter(slot__in=slots).values_list("reminder", "slot", "starts_at")
    )
    for slot in slots:
        due = [
            rule
            for rule in reminders[slot.session.cycle_id]
            if rule.due_at(slot) <= now and (rule.pk, slot.pk, slot.starts_at) not in done
        ]
        if due:
            yield slot, due


def _deal_with(found: Slot, reminders: list[Reminder], *, now: datetime) -> list[ReminderRun]:
    places.lock_cycle(found.session.cycle_id)
    # Read again under the lock: another worker may have been here, or staff.
    slot = Slot.objects.kept().select_related("session").filter(pk=found.pk).first()
    if slot is None:
        return []
    done = set(
        ReminderRun.objects.filter(slot=slot, starts_at=slot.starts_at).values_list(
            "reminder", flat=True
        )
    )
    due = sorted(
        (rule for rule in reminders if rule.pk not in done and rule.due_at(slot) <= now),
        key=lambda rule: rule.hours_before,
    )
    if not due:
        return []
    last, *earlier = due
    if slot.starts_at <= now:
        return [_record(rule, slot, Outcome.MISSED, now=now) for rule in due]
    n_queued = _queue(last, slot)
    return [
        _record(last, slot, Outcome.QUEUED, now=now, n_queued=n_queued),
        *(_record(rule, slot, Outcome.SUPERSEDED, now=now) for rule in earlier),
    ]


def _queue(reminder: Reminder, slot: Slot) -> int:
    """One mail to each confirmed person who was told nothing of the slot since it is due."""
    due_at = reminder.due_at(slot)
    concerned = (
        Registration.objects.confirmed()
        .filter(seats__slot=slot, confirmed_at__lte=due_at)
        .exclude(pk__in=_told_since(slot, due_at))
        .with_offer()
        .order_by("pk")
    )
    for registration in concerned:
        outbox.queue(
            MessageKind.REMINDER,
            registration=registration,
            context={
                "reminder": reminder.pk,
                "slot": slot.pk,
                "starts_at": slot.starts_at.isoformat(),
            },
            is_one_of_many=True,
        )
    return len(concerned)


def _told_since(slot: Slot, since: datetime) -> set[int]:
    """Who was mailed about this very slot, or will be: their registrations' pks; one query."""
    changes = (
        Message.objects.exclude(state=MessageState.DROPPED)
        .filter(
            kind__in=(MessageKind.AGENDA_CHANGED, MessageKind.SEATS_CHANGED),
            created_at__gt=since,
            registration__seats__slot=slot,
        )
        .values_list("registration", "registration__seats", "context")
    )
    return {
        registration_pk
        for registration_pk, seat_pk, context in changes
        # What tells of seats that changed by themselves tells of all of them.
        if "changes" not in context or any(each["seat"] == seat_pk for each in context["changes"])
    }


def _record(
    reminder: Reminder, slot: Slot, outcome: str, *, now: datetime, n_queued: int = 0
) -> ReminderRun:
    return ReminderRun.objects.create(
        reminder=reminder,
        slot=slot,
        starts_at=slot.starts_at,
        outcome=outcome,
        n_queued=n_queued,
        at=now,
    )
