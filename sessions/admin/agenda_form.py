"""The form of « Agenda et liens »: all the slots of a cycle, saved as one unit."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict

from sessions.admin.deletion import is_in_use
from sessions.admin.fields import DateField, TimeField, instant
from sessions.agenda_changes import (
    AgendaChanges,
    PlannedSlot,
    SlotState,
    agenda_states,
    compare,
    save_agenda,
)
from sessions.models import Cycle, Session, Slot
from sessions.states import Mode, Publication
from sessions.typography import day, hours, in_paris


class SlotForm(forms.ModelForm):
    """One slot: when, for which groups, how. A new one left as it was shown is not a slot."""

    on = DateField(label="Date")
    starts = TimeField(label="Début")
    ends = TimeField(label="Fin")
    groups = forms.TypedMultipleChoiceField(
        label="Groupes",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un groupe."},
    )
    remove = forms.BooleanField(label="Retirer cette séance", required=False)

    field_order = ["on", "starts", "ends", "groups", "mode", "place", "capacity", "video_url"]

    class Meta:
        model = Slot
        fields = ["mode", "video_url", "place", "capacity"]
        labels = {"video_url": "Lien de visioconférence des participants"}
        widgets = {"video_url": forms.TextInput({"inputmode": "url", "autocomplete": "off"})}

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        prefix: str,
        instance: Slot,
        groups: Mapping[int, str],
        chosen: Iterable[int],
    ) -> None:
        initial: dict[str, Any] = {"groups": list(chosen)}
        if instance.pk:
            starts_at, ends_at = in_paris(instance.starts_at), in_paris(instance.ends_at)
            initial |= {"on": starts_at.date(), "starts": starts_at.time(), "ends": ends_at.time()}
        super().__init__(
            data,
            prefix=prefix,
            instance=instance,
            initial=initial,
            # A new slot that was left blank is no slot, and lacks nothing.
            empty_permitted=not instance.pk,
            use_required_attribute=False,
        )
        cast(forms.ChoiceField, self.fields["groups"]).choices = list(groups.items())
        if not instance.pk:
            del self.fields["remove"]

    @property
    def legend(self) -> str:
        slot = self.instance
        if not slot.pk:
            return "Nouvelle séance"
        return f"Séance du {day(slot.starts_at)}, {hours(slot.starts_at, slot.ends_at)}"

    @property
    def is_removed(self) -> bool:
        return self.is_bound and "remove" in self.fields and bool(self["remove"].value())

    @property
    def is_kept(self) -> bool:
        """Whether the cycle has this slot once saved."""
        is_slot = bool(self.instance.pk) or self.has_changed()
        return self.is_bound and is_slot and not self.is_removed

    @property
    def planned(self) -> PlannedSlot:
        return PlannedSlot(self.instance, frozenset(self.cleaned_data["groups"]))

    def input_id(self, name: str) -> str:
        """Where an error of this field leads."""
        if name not in self.fields:
            name = "on"
        field = self[name]
        return field.id_for_label or f"{field.auto_id}_0"

    def full_clean(self) -> None:
        """A slot to remove is not read, only asked whether it may go."""
        if not self.is_removed:
            super().full_clean()
            return
        self._errors = ErrorDict(renderer=self.renderer)
        self.cleaned_data = {}
        if is_in_use(self.instance):
            self.add_error(
                "remove",
                "Des personnes sont inscrites à cette séance : elle ne peut pas être retirée. "
                "Vous pouvez en changer la date, l’heure ou le lieu.",
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._set_instants(cleaned)
        if cleaned.get("mode") == Mode.IN_PERSON and not cleaned.get("place"):
            self.add_error(
                "place", "Indiquez le lieu, ou « Lieu à préciser » s’il n’est pas encore connu."
            )
        return cleaned

    def _set_instants(self, cleaned: dict[str, Any]) -> None:
        on, starts, ends = (cleaned.get(name) for name in ("on", "starts", "ends"))
        if on is None or starts is None or ends is None:
            return
        if ends <= starts:
            self.add_error("ends", "La séance doit se terminer après son début.")
            return
        instants = {}
        for name, at in (("starts", starts), ("ends", ends)):
            try:
                instants[name] = instant(on, at)
            except ValidationError as error:
                self.add_error(name, error)
        if len(instants) == 2:
            self.instance.starts_at, self.instance.ends_at = instants["starts"], instants["ends"]


@dataclass(frozen=True)
class Section:
    """A session and the forms of its slots."""

    session: Session
    slots: list[SlotForm]
    # Blank: one for each group that has no slot in this session, and one to spare.
    new: list[SlotForm]
    spare: SlotForm

    @property
    def forms(self) -> list[SlotForm]:
        return [*self.slots, *self.new, self.spare]


class AgendaForm:
    """All the slots of ``cycle``, valid and saved as one; queries do not grow with the slots."""

    def __init__(self, cycle: Cycle, data: Mapping[str, Any] | None = None) -> None:
        self.cycle = cycle
        self.data = data
        self.errors: list[str] = []
        self.groups = {group.pk: group.name for group in cycle.groups.all()}
        self.states = agenda_states(cycle)
        # Tells at the time of saving whether someone else saved meanwhile.
        self.version = _fingerprint(self.states)
        slots = list(Slot.objects.of_cycle(cycle).kept().select_related("session"))
        self.sections = [
            self._section(training_session, slots)
            for training_session in cycle.training_sessions.select_related("phase")
        ]

    @property
    def forms(self) -> list[SlotForm]:
        return [form for section in self.sections for form in section.forms]

    def is_valid(self) -> bool:
        if self.data is None:
            return False
        if self.data.get("version") != self.version:
            self.errors.append(
                "L’agenda a changé pendant que vous l’écriviez. Vérifiez les séances ci-dessous, "
                "puis enregistrez de nouveau."
            )
            return False
        are_valid = [form.is_valid() for form in self.forms]
        for section in self.sections:
            _refuse_shared_groups(section, self.groups)
        if all(are_valid):
            self._refuse_forgotten_groups()
        return not self.errors and not any(form.errors for form in self.forms)

    def field_errors(self) -> list[tuple[str, str]]:
        """(identifier of the input, message) of each error, in the order of the page."""
        return [
            (form.input_id(name), f"{form.legend} : {message}")
            for form in self.forms
            for name, messages in form.errors.items()
            for message in messages
        ]

    @property
    def changes(self) -> AgendaChanges:
        """What saving would change; for a valid form."""
        return compare(self.states, self._planned(), self._removed())

    def save(self) -> AgendaChanges:
        """Saves the slots and returns what changed, as ``save_agenda`` does."""
        return save_agenda(self.cycle, self._planned(), self._removed())

    def _planned(self) -> list[PlannedSlot]:
        return [form.planned for form in self.forms if form.is_kept]

    def _removed(self) -> list[Slot]:
        return [form.instance for form in self.forms if form.is_removed]

    def _section(self, training_session: Session, slots: list[Slot]) -> Section:
        own = [slot for slot in slots if slot.session_id == training_session.pk]
        served = {group for slot in own for group in self.states[slot.pk].groups}
        new = f"new-{training_session.pk}"
        return Section(
            training_session,
            [self._form(f"slot-{slot.pk}", slot, self.states[slot.pk].groups) for slot in own],
            [
                self._form(f"{new}-{group}", Slot(session=training_session), [group])
                for group in self.groups
                if group not in served
            ],
            self._form(f"{new}-spare", Slot(session=training_session), []),
        )

    def _form(self, prefix: str, slot: Slot, chosen: Iterable[int]) -> SlotForm:
        is_posted = self.data is not None and f"{prefix}-mode" in self.data
        return SlotForm(
            self.data if is_posted else None,
            prefix=prefix,
            instance=slot,
            groups=self.groups,
            chosen=chosen,
        )

    def _refuse_forgotten_groups(self) -> None:
        """On the public site, a group that had slots does not lose its last one."""
        if self.cycle.publication != Publication.PUBLISHED:
            return
        served = {group for state in self.states.values() for group in state.groups}
        kept = {group for planned in self._planned() for group in planned.groups}
        for group, name in self.groups.items():
            if group in served - kept:
                self.errors.append(
                    f"Le cycle est publié : le groupe « {name} » doit garder une séance."
                )


def _refuse_shared_groups(section: Section, names: Mapping[int, str]) -> None:
    """A person follows one slot of a session: so does their group."""
    taken: set[int] = set()
    for form in section.forms:
        groups = set(form.cleaned_data.get("groups", [])) if form.is_kept else set()
        for group in sorted(groups & taken):
            form.add_error(
                "groups",
                f"Le groupe « {names[group]} » a déjà une séance dans la session "
                f"{section.session.number} : décochez-le ici ou là.",
            )
        taken |= groups


def _fingerprint(states: Mapping[int, SlotState]) -> str:
    rows = [
        (pk, sorted(state.groups), *(str(getattr(state, name)) for name in SlotState.FIELDS))
        for pk, state in sorted(states.items())
    ]
    return hashlib.sha256(repr(rows).encode()).hexdigest()
