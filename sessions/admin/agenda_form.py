"""The form of « Agenda et liens »: all the slots of a cycle, saved as one unit."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import fields_for_model, model_to_dict
from django.forms.utils import ErrorDict

from sessions.admin.deletion import in_use
from sessions.admin.fields import DateField, TimeField, instant
from sessions.agenda_changes import (
    AgendaChanges,
    PlannedSlot,
    SlotState,
    agenda_states,
    cancelled,
    compare,
    save_agenda,
)
from sessions.models import Cycle, Session, Slot
from sessions.states import Mode, Publication
from sessions.typography import day, hours, in_paris


class SlotForm(forms.Form):
    """One slot: when, for which groups, how. A new one left as it was shown is not a slot.

    Not a ModelForm: it would ask the database about each constraint of each slot.
    """

    MODEL_FIELDS = ("mode", "place", "capacity", "video_url")
    # Where the model's words about its own fields are shown.
    SHOWN_AT = {"starts_at": "starts", "ends_at": "ends"}

    on = DateField(label="Date")
    starts = TimeField(label="Début")
    ends = TimeField(label="Fin")
    groups = forms.TypedMultipleChoiceField(
        label="Groupes",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un groupe."},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        prefix: str,
        instance: Slot,
        groups: Mapping[int, str],
        chosen: Iterable[int],
        has_people: bool = False,
    ) -> None:
        self.instance = instance
        self.has_people = has_people
        self.is_new = instance.pk is None
        initial = {"groups": list(chosen), **model_to_dict(instance, self.MODEL_FIELDS)}
        self.legend = "Nouvelle séance"
        if not self.is_new:
            starts_at, ends_at = in_paris(instance.starts_at), in_paris(instance.ends_at)
            initial |= {"on": starts_at.date(), "starts": starts_at.time(), "ends": ends_at.time()}
            self.legend = f"Séance du {day(starts_at)}, {hours(starts_at, ends_at)}"
        super().__init__(
            data,
            prefix=prefix,
            initial=initial,
            empty_permitted=self.is_new,
            use_required_attribute=False,
        )
        cast(forms.ChoiceField, self.fields["groups"]).choices = list(groups.items())
        self.fields |= fields_for_model(Slot, self.MODEL_FIELDS)
        self.fields["video_url"].widget = forms.TextInput({"autocomplete": "off"})
        if not self.is_new:
            self.fields["remove"] = forms.BooleanField(
                label="Annuler cette séance" if has_people else "Retirer cette séance",
                help_text="Des personnes y sont inscrites." if has_people else "",
                required=False,
            )

    @property
    def is_removed(self) -> bool:
        """Whether the slot goes away: cancelled when people are registered for it, else deleted."""
        return self.is_bound and "remove" in self.fields and bool(self["remove"].value())

    @property
    def is_kept(self) -> bool:
        """Whether the cycle has this slot once saved."""
        is_slot = not self.is_new or self.has_changed()
        return self.is_bound and is_slot and not self.is_removed

    @property
    def planned(self) -> PlannedSlot:
        return PlannedSlot(self.instance, frozenset(self.cleaned_data["groups"]))

    def input_id(self, name: str) -> str:
        """Where an error of this field leads."""
        field = self[name]
        return field.id_for_label or f"{field.auto_id}_0"

    def full_clean(self) -> None:
        """What else is typed for a slot that goes away does not matter."""
        if self.is_removed:
            self._errors = ErrorDict(renderer=self.renderer)
            self.cleaned_data = {}
        else:
            super().full_clean()

    def clean(self) -> dict[str, Any]:
        """Gives the slot its new values, and asks it what is wrong with them."""
        cleaned = super().clean() or {}
        slot = self.instance
        for name in self.MODEL_FIELDS:
            if name in cleaned:
                setattr(slot, name, cleaned[name])
        instants = self._instants(cleaned)
        for name, value in instants.items():
            setattr(slot, name, value)
        wrong = {name for name in self.MODEL_FIELDS if name not in cleaned}
        missing = {"starts_at", "ends_at"} - set(instants)
        try:
            slot.full_clean({"session", *wrong, *missing}, False, False)
        except ValidationError as error:
            for name, messages in error.error_dict.items():
                self.add_error(self.SHOWN_AT.get(name, name), messages)
        if cleaned.get("mode") == Mode.IN_PERSON and not cleaned.get("place"):
            self.add_error(
                "place",
                "Indiquez le lieu, ou « Lieu à préciser » s’il n’est pas encore connu.",
            )
        return cleaned

    def _instants(self, cleaned: Mapping[str, Any]) -> dict[str, datetime]:
        """The start and the end, both or neither."""
        on, at = cleaned.get("on"), {name: cleaned.get(name) for name in ("starts", "ends")}
        found = {}
        for name, time in at.items():
            if on is not None and time is not None:
                try:
                    found[f"{name}_at"] = instant(on, time)
                except ValidationError as error:
                    self.add_error(name, error)
        return found if len(found) == 2 else {}


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

    def __init__(
        self, cycle: Cycle, data: Mapping[str, Any] | None = None, *, now: datetime
    ) -> None:
        self.cycle = cycle
        self.now = now
        self.data = data
        self.errors: list[str] = []
        self.groups = {group.pk: group.name for group in cycle.groups.all()}
        self.states = agenda_states(cycle)
        # Tells at the time of saving whether someone else saved meanwhile.
        self.version = _fingerprint(self.states)
        self._in_use = in_use(Slot, self.states)
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
        return not self.has_errors

    @property
    def has_errors(self) -> bool:
        return bool(self.errors) or any(form.errors for form in self.forms)

    def field_errors(self) -> list[tuple[str, str]]:
        """(identifier of the input, message) of each error, in the order of the page."""
        return [
            (form.input_id(name), f"{form.legend} : {message}")
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
        return [
            *(form.planned for form in self.forms if form.is_kept),
            *(cancelled(slot, self.now) for slot in self._cancelled()),
        ]

    def _cancelled(self) -> list[Slot]:
        return [form.instance for form in self.forms if form.is_removed and form.has_people]

    def _removed(self) -> list[Slot]:
        return [form.instance for form in self.forms if form.is_removed and not form.has_people]

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
            has_people=slot.pk in self._in_use,
        )

    def _refuse_forgotten_groups(self) -> None:
        """On the public site, a group does not lose its last slot but by a cancellation."""
        if self.cycle.publication != Publication.PUBLISHED:
            return
        served = {group for state in self.states.values() for group in state.groups}
        kept = {group for planned in self._planned() for group in planned.groups}
        kept |= {group for slot in self._cancelled() for group in self.states[slot.pk].groups}
        for group, name in self.groups.items():
            if group in served - kept:
                self.errors.append(
                    f"Le cycle est publié : le groupe « {name} » doit garder une séance."
                )


def _refuse_shared_groups(section: Section, names: Mapping[int, str]) -> None:
    """A person follows one slot of a session: so does their group."""
    taken: set[int] = set()
    for form in section.forms:
        groups = set(form.cleaned_data.get("groups", [])) if form.is_kept else set()
        for group in sorted(groups & taken):
            form.add_error(
                "groups",
                f"Le groupe « {names[group]} » a déjà une séance dans la session "
                f"{section.session.number} : décochez-le ici ou là.",
            )
        taken |= groups


def _fingerprint(states: Mapping[int, SlotState]) -> str:
    rows = [
        (pk, sorted(state.groups), *(str(getattr(state, name)) for name in SlotState.FIELDS))
        for pk, state in sorted(states.items())
    ]
    return hashlib.sha256(repr(rows).encode()).hexdigest()
