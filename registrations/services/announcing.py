"""What staff change in the agenda reaches each person concerned, once.

Several changes saved together make one mail a person, with the calendar of their own slots: what
moved is published again, what they lost is cancelled.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from registrations import outbox, places
from registrations.models import Registration, Seat
from registrations.models.messages import MessageKind
from registrations.services.core import Actor, Verb, change_status, write_event
from registrations.services.notices import Notice, take_unsent
from registrations.services.seating import put
from registrations.services.waiting import promote_waiting
from registrations.states import Status
from sessions.agenda_changes import AgendaChanges, Change, SlotChange
from sessions.models import Cycle, Slot, SlotGroup


@dataclass(frozen=True)
class Impact:
    """What a change sends: mails, of which with a calendar, of which to people who wait."""

    n_mails: int = 0
    n_calendars: int = 0
    n_waiting: int = 0
    # Places given or offered to people who waited, each with a mail of its own.
    n_promoted: int = 0
    # Slots where more places are taken than there are; nobody is thrown out.
    overbooked: tuple[places.Room, ...] = ()


@transaction.atomic
def announce(
    cycle: Cycle,
    changes: AgendaChanges,
    *,
    now: datetime,
    by: Actor,
    sentence: str = "",
    notify: bool = True,
) -> Impact:
    """After ``save_agenda``, in its transaction: seats follow the groups, people are told.

    ``sentence`` is staff's own, plain text, at the top of each mail. Without ``notify`` nobody is
    written to: seats and feeds follow all the same, and the next mail takes out of the person's
    calendar what went away.
    """
    places.lock_cycle(cycle.pk)
    by_slot = {change.slot.pk: change for change in changes.changes if change.after is not None}
    targets = _targets(cycle, now)
    followed = [
        _follow(each, by_slot, targets.get(each.profile.group_id, {}), now=now, by=by)
        for each in _active(cycle)
    ]
    touched = [notice for notice in followed if not notice.is_empty]
    if notify:
        told = _tell(cycle, touched, sentence)
    else:
        told = []
        for notice in touched:
            notice.leave_unsaid()
    overbooked = places.accept_overbooking(Slot.objects.of_cycle(cycle).kept())
    promoted = promote_waiting(cycle.pk, now=now)
    return _impact(told, promoted, overbooked)


@transaction.atomic
def cancel_cycle(cycle: Cycle, *, now: datetime, by: Actor, sentence: str = "") -> Impact:
    """Cancels what is still to come of a cycle, and each registration, and tells everybody."""
    places.lock_cycle(cycle.pk)
    registrations = list(_active(cycle))
    n_confirmed = sum(registration.is_confirmed for registration in registrations)
    n_waiting = sum(r.status == Status.WAITLISTED for r in registrations)
    for registration in registrations:
        change_status(registration, Status.CANCELLED, Verb.CYCLE_CANCELLED, now=now, by=by)
        outbox.queue(
            MessageKind.CANCELLED,
            registration=registration,
            context={"cycle_cancelled": True, "sentence": sentence},
            is_one_of_many=True,
        )
    to_come = Slot.objects.of_cycle(cycle).kept().filter(ends_at__gt=now)
    # As ``save_agenda`` does: their groups are free for other slots.
    SlotGroup.objects.filter(slot__in=to_come).delete()
    to_come.update(cancelled_at=now)
    return Impact(len(registrations), n_confirmed, n_waiting)


def rehearse(change: Callable[[], Impact]) -> Impact:
    """What ``change`` would send, by doing it and taking it back: the figures are the real ones."""
    with transaction.atomic():
        impact = change()
        transaction.set_rollback(True)
    return impact


def _active(cycle: Cycle) -> Iterable[Registration]:
    return (
        Registration.objects.active()
        .filter(cycle=cycle)
        .with_offer()
        .prefetch_related("seats__slot__session", "seats__session")
        .order_by("pk")
    )


def _targets(cycle: Cycle, now: datetime) -> dict[int, dict[int, Slot]]:
    """The slot that each group follows in each session, by their identifiers; one query."""
    targets: dict[int, dict[int, Slot]] = {}
    rows = SlotGroup.objects.filter(
        slot__session__cycle=cycle, slot__cancelled_at=None, slot__ends_at__gt=now
    ).select_related("slot__session")
    for row in rows:
        targets.setdefault(row.group_id, {})[row.session_id] = row.slot
    return targets


def _follow(
    registration: Registration,
    by_slot: dict[int, SlotChange],
    targets: dict[int, Slot],
    *,
    now: datetime,
    by: Actor,
) -> Notice:
    """Makes one person's seats follow the agenda; returns what they must know of it.

    ``targets`` are the slots of their group, by session.
    """
    notice = Notice(registration)
    group_pk = registration.profile.group_id
    seats = {seat.session_id: seat for seat in registration.seats.all()}
    lost = {
        session_pk
        for session_pk, seat in seats.items()
        if seat.slot_id is None or _is_lost(by_slot.get(seat.slot_id), group_pk)
    }
    for session_pk, slot in targets.items():
        if session_pk in lost or session_pk not in seats:
            notice.moves = True
            _enter(notice, seats.pop(session_pk, None), slot, by_slot)
    for session_pk, seat in seats.items():
        change = by_slot.get(seat.slot_id) if seat.slot_id else None
        if change is None or change.before is None or change.slot.ends_at <= now:
            continue
        if session_pk in lost:
            notice.moves = True
            put(seat, None)
        elif change.kinds & notice.noticed:
            put(seat, seat.slot)
        else:
            continue
        notice.learn(seat, change.before)
    if notice.moves:
        write_event(registration, Verb.MOVED, registration.status, now=now, by=by)
    return notice


def _is_lost(change: SlotChange | None, group_pk: int) -> bool:
    """Whether someone of this group cannot stay in a slot that changed so.

    Someone of another group, whom staff moved there by hand, stays unless it is cancelled.
    """
    if change is None or change.before is None or change.after is None:
        return False
    if Change.CANCELLED in change.kinds:
        return True
    return group_pk in change.before.groups and group_pk not in change.after.groups


def _enter(notice: Notice, seat: Seat | None, slot: Slot, by_slot: dict[int, SlotChange]) -> None:
    """Gives the person a seat in ``slot``, in place of the one that they had or lost."""
    if seat is None:
        seat = Seat.objects.create(
            registration=notice.registration, session=slot.session, slot=slot
        )
        notice.new_seats.append(seat)
        notice.learn(seat, None)
        return
    change = by_slot.get(seat.slot_id) if seat.slot_id else None
    notice.learn(seat, change.before if change else seat.slot)
    put(seat, slot)


def _tell(cycle: Cycle, notices: list[Notice], sentence: str) -> list[Notice]:
    """Queues a mail for each; returns those that have one, as some changes undo one another."""
    for notice in notices:
        notice.sentences += [sentence] if sentence else []
    take_unsent(cycle, notices)
    told = [notice for notice in notices if not notice.is_empty]
    for notice in told:
        notice.queue()
    return told


def _impact(
    notices: list[Notice], promoted: list[Registration], overbooked: list[places.Room]
) -> Impact:
    return Impact(
        n_mails=len(notices),
        n_calendars=sum(notice.registration.is_confirmed for notice in notices),
        n_waiting=sum(notice.registration.status == Status.WAITLISTED for notice in notices),
        n_promoted=len(promoted),
        overbooked=tuple(overbooked),
    )
