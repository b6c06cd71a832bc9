"""Lists of the people registered: for a whole cycle, one of its groups, or one of its slots."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from registrations.models import Registration
from registrations.models.registrations import RegistrationQuerySet
from sessions.models import AudienceGroup, Cycle, Slot
from sessions.typography import day, hour, hours, in_paris


@dataclass(frozen=True)
class Roster:
    """The active registrations of ``cycle``, or of only one of its groups or slots.

    Who cancelled or was refused is on no list: nobody expects them. A slot comes with its session.
    """

    cycle: Cycle
    group: AudienceGroup | None = None
    slot: Slot | None = None

    @property
    def registrations(self) -> RegistrationQuerySet:
        """By name, with the profile and its group at hand."""
        registrations = Registration.objects.active().filter(cycle=self.cycle)
        if self.group is not None:
            registrations = registrations.filter(profile__group=self.group)
        if self.slot is not None:
            # One seat for each session: nobody comes twice.
            registrations = registrations.filter(seats__slot=self.slot)
        return registrations.select_related("profile__group").by_name()

    @property
    def title(self) -> str:
        if self.group is not None:
            return self.group.name
        if self.slot is not None:
            number = self.slot.session.number
            when = f"{day(self.slot.starts_at)}, {hours(self.slot.starts_at, self.slot.ends_at)}"
            return f"Session {number}, {when}"
        return "Tout le cycle"

    @property
    def short_title(self) -> str:
        """Fit for a spreadsheet's tab."""
        if self.slot is None:
            return self.title
        when = in_paris(self.slot.starts_at)
        return f"S{self.slot.session.number} du {when:%d-%m-%Y} à {hour(when)}"

    @property
    def file_name(self) -> str:
        """The name of a file of this list, without date nor extension: never who is on it."""
        parts = ["inscrits", self.cycle.slug]
        if self.group is not None:
            parts.append(self.group.slug)
        if self.slot is not None:
            starts_at = in_paris(self.slot.starts_at)
            parts.append(f"session-{self.slot.session.number}-{starts_at:%Y-%m-%d-%Hh%M}")
        return "-".join(parts)

    def get_absolute_url(self) -> str:
        return self._reverse("roster")

    @property
    def export_url(self) -> str:
        return self._reverse("roster_export")

    def parts(self) -> Iterator["Roster"]:
        """The lists of each group, then of each slot, when there are several."""
        if self.group is not None or self.slot is not None:
            return
        groups = list(self.cycle.groups.all())
        if len(groups) > 1:
            yield from (Roster(self.cycle, group=group) for group in groups)
        slots = list(
            Slot.objects.of_cycle(self.cycle)
            .kept()
            .select_related("session")
            .order_by("starts_at", "session__number", "pk")
        )
        if len(slots) > 1:
            yield from (Roster(self.cycle, slot=slot) for slot in slots)

    def _reverse(self, name: str) -> str:
        if self.group is not None:
            return reverse(f"group_{name}", args=[self.cycle.slug, self.group.pk])
        if self.slot is not None:
            return reverse(f"slot_{name}", args=[self.cycle.slug, self.slot.pk])
        return reverse(name, args=[self.cycle.slug])
