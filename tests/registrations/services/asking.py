"""Asking the services what a visitor would, and reading what they did."""

from collections.abc import Callable, Iterable
from datetime import datetime

import pytest
from django.utils import timezone

from registrations import places, services
from registrations.models import Registration
from sessions.agenda_changes import PlannedSlot, save_agenda
from sessions.models import AudienceGroup, Cycle, Profile, Slot
from tests.factories import make_application


def profiles_of(cycle: Cycle) -> list[Profile]:
    """The profiles of a cycle, a group after the other."""
    profiles = Profile.objects.filter(group__cycle=cycle).select_related("group")
    return list(profiles.order_by("group__position"))


def register(
    cycle: Cycle,
    email: str = "alix.martin@nord.example.org",
    profile: Profile | None = None,
    now: datetime | None = None,
    **fields,
) -> Registration:
    """Registers in the first profile of the cycle, unless another is given."""
    application = make_application(profile or profiles_of(cycle)[0], email, **fields)
    return services.register(cycle, application, now=now or timezone.now())


def kinds_sent(registration: Registration) -> list[str]:
    return list(registration.messages.order_by("pk").values_list("kind", flat=True))


def verbs(registration: Registration) -> list[str]:
    return list(registration.events.order_by("pk").values_list("verb", flat=True))


def slots_of(registration: Registration) -> list[Slot]:
    return [seat.slot for seat in registration.seats.in_order()]


def sequences_of(registration: Registration) -> list[int]:
    seats = registration.seats.order_by("session__number")
    return list(seats.values_list("sequence", flat=True))


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Someone else does ``act`` just before the next lock of a cycle is obtained."""
    lock_cycle = places.lock_cycle

    def late_lock(cycle_id: int) -> Cycle:
        monkeypatch.setattr(places, "lock_cycle", lock_cycle)
        act()
        return lock_cycle(cycle_id)

    monkeypatch.setattr(places, "lock_cycle", late_lock)


def change_agenda(cycle: Cycle, *wanted: PlannedSlot, now: datetime | None = None, **options):
    """Staff save these slots of the agenda; returns what it sent."""
    changes = save_agenda(cycle, wanted)
    return services.announce(cycle, changes, now=now or timezone.now(), by=None, **options)


def planned(slot: Slot, groups: Iterable[AudienceGroup] | None = None, **fields) -> PlannedSlot:
    """``slot`` with these fields, for its own groups or for others."""
    for name, value in fields.items():
        setattr(slot, name, value)
    wanted = slot.groups.all() if groups is None else groups
    return PlannedSlot(slot, frozenset(group.pk for group in wanted))
