"""« Dupliquer ce cycle » : the same programme on other dates."""

from collections.abc import Container, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model

from sessions.models import AudienceGroup, Cycle, Phase, Profile, Session, Slot, SlotGroup
from sessions.states import Publication
from sessions.typography import PARIS, in_paris

Row = TypeVar("Row", bound=Model)

# Of what is numbered, within the 80 characters of an address.
_LONGEST_SLUG = 75

# What a copy does not take: it is drafted, dated and addressed anew.
_NOT_COPIED = {
    "id",
    "slug",
    "title",
    "publication",
    "created_at",
    "updated_at",
    "registration_opens_at",
    "registration_closes_at",
}


def shift(instant: datetime, days: int) -> datetime:
    """The same hour of Paris so many days later, whatever the clock changes in between."""
    return (_on_the_clock(instant) + timedelta(days=days)).replace(tzinfo=PARIS)


def shifted_starts(slots: Iterable[Slot], days: int) -> dict[int, datetime]:
    """Where each slot would start so many days later, by the slot's identifier."""
    return {slot.pk: shift(slot.starts_at, days) for slot in slots}


def free_slug(wanted: str) -> str:
    """``wanted``, or with the first number from 2 that makes it unused."""
    wanted = wanted[:_LONGEST_SLUG]
    slug, number = wanted, 2
    while Cycle.objects.filter(slug=slug).exists():
        slug = f"{wanted}-{number}"
        number += 1
    return slug


@transaction.atomic
def duplicate(
    cycle: Cycle, *, title: str, slug: str, starts: Mapping[int, datetime], now: datetime
) -> Cycle:
    """Returns a draft with all of ``cycle``: texts, phases, groups, profiles, sessions, slots,
    speakers, resources and reminders.

    ``starts`` tells when each kept slot starts, by its identifier; a slot that it does not name is
    left out. Slots last as long as before by the clock of Paris, and lose their videoconference
    links, which belong to the meetings of before. The registration window moves by as many days as
    the first slot; a bound that would be in the past is dropped.
    """
    copy = Cycle(
        title=title,
        slug=slug,
        publication=Publication.DRAFT,
        **_values(cycle, _NOT_COPIED),
        **_window(cycle, starts, now),
    )
    copy.full_clean()
    copy.save()
    phases = {phase.pk: _copy(phase, cycle=copy) for phase in cycle.phases.all()}
    groups = {group.pk: _copy(group, cycle=copy) for group in cycle.groups.all()}
    for profile in Profile.objects.filter(group__in=list(groups)):
        _copy(profile, group=groups[profile.group_id])
    for training_session in cycle.training_sessions.all():
        _copy_session(training_session, copy, phases, groups, starts)
    for row in (*cycle.speakers.all(), *cycle.resources.all(), *cycle.reminders.all()):
        _copy(row, cycle=copy)
    return copy


def _copy_session(
    training_session: Session,
    cycle: Cycle,
    phases: Mapping[int, Phase],
    groups: Mapping[int, AudienceGroup],
    starts: Mapping[int, datetime],
) -> None:
    copy = _copy(training_session, cycle=cycle, phase=phases.get(training_session.phase_id or 0))
    for slot in training_session.slots.kept().prefetch_related("slot_groups"):
        if slot.pk not in starts:
            continue
        starts_at = starts[slot.pk]
        slot_copy = _copy(
            slot,
            session=copy,
            starts_at=starts_at,
            ends_at=_end(slot, starts_at),
            video_url="",
            n_over_allowed=0,
        )
        SlotGroup.objects.bulk_create(
            SlotGroup(slot=slot_copy, session=copy, group=groups[row.group_id])
            for row in slot.slot_groups.all()
        )


def _copy(row: Row, **changed: Any) -> Row:
    """A saved copy of ``row`` with these fields changed."""
    copy = type(row)(**_values(row, {"id", *changed}), **changed)
    copy.save()
    return copy


def _values(row: Model, without: Container[str]) -> dict[str, Any]:
    return {
        field.name: getattr(row, field.name)
        for field in row._meta.concrete_fields
        if field.name not in without
    }


def _end(slot: Slot, starts_at: datetime) -> datetime:
    """When the copy of ``slot`` ends: as much later on the clock, not in elapsed time."""
    length = _on_the_clock(slot.ends_at) - _on_the_clock(slot.starts_at)
    return (_on_the_clock(starts_at) + length).replace(tzinfo=PARIS)


def _on_the_clock(instant: datetime) -> datetime:
    return in_paris(instant).replace(tzinfo=None)


def _window(
    cycle: Cycle, starts: Mapping[int, datetime], now: datetime
) -> dict[str, datetime | None]:
    """The registration window, moved with the first slot."""
    first = Slot.objects.of_cycle(cycle).kept().filter(pk__in=starts).order_by("starts_at").first()
    if first is None:
        return {}
    days = (_on_the_clock(starts[first.pk]).date() - _on_the_clock(first.starts_at).date()).days
    bounds = {
        "registration_opens_at": cycle.registration_opens_at,
        "registration_closes_at": cycle.registration_closes_at,
    }
    moved = {name: shift(bound, days) for name, bound in bounds.items() if bound is not None}
    return {name: bound for name, bound in moved.items() if bound > now}
