"""« Dupliquer ce cycle » : the dates are proposed, staff correct them."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import slugify

from sessions.admin.fields import DateField, MomentField
from sessions.admin.panel import cycle_url
from sessions.cleaning import check_line
from sessions.duplication import duplicate, free_slug, shifted_starts
from sessions.models import Cycle, Slot
from sessions.typography import day, hours, in_paris

if TYPE_CHECKING:
    from sessions.admin.cycles import CycleAdmin

# A cycle is announced some weeks ahead: no date is proposed before.
_SOONEST = timedelta(weeks=3)


class FirstDateForm(forms.Form):
    """The new date of the first slot, by GET: the others follow."""

    first = DateField(label="Date de la première séance")


class DuplicateForm(forms.Form):
    """The copy's title and address, and when each of its slots starts."""

    title = forms.CharField(
        label="Titre",
        max_length=200,
        validators=[check_line],
        widget=forms.TextInput({"size": 80}),
    )
    slug = forms.SlugField(
        label="Adresse de la page",
        max_length=80,
        widget=forms.TextInput({"size": 60}),
        help_text="Fin de l’adresse publique, après /cycles/.",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        slots: list[Slot],
        starts: Mapping[int, datetime],
        initial: dict[str, Any],
    ) -> None:
        super().__init__(data, initial=initial)
        self.slots = {f"slot-{slot.pk}": slot for slot in slots}
        for name, slot in self.slots.items():
            self.fields[name] = MomentField(label=_label(slot), initial=starts[slot.pk])

    def slot_fields(self) -> list[BoundField]:
        return [self[name] for name in self.slots]

    def starts(self) -> dict[int, datetime]:
        """When each slot of the copy starts, by the identifier of the one it is copied from."""
        return {slot.pk: self.cleaned_data[name] for name, slot in self.slots.items()}

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if Cycle.objects.filter(slug=slug).exists():
            raise ValidationError("Un autre cycle a déjà cette adresse.", code="taken")
        return slug


def duplicate_view(model_admin: "CycleAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Proposes dates for a copy of the cycle, and makes it as a draft."""
    cycle = model_admin.get_cycle(request, object_id, "add")
    slots = list(Slot.objects.of_cycle(cycle).kept().in_order())
    now = timezone.now()
    first_form = FirstDateForm(request.GET if "first" in request.GET else None)
    wanted = first_form.cleaned_data["first"] if first_form.is_valid() else None
    starts = shifted_starts(slots, _days(slots, wanted, now))
    form = DuplicateForm(
        request.POST if request.method == "POST" else None,
        slots=slots,
        starts=starts,
        initial={"title": cycle.title, "slug": _slug(cycle, starts)},
    )
    if form.is_valid():
        return _make_copy(model_admin, request, cycle, form, now)
    if slots and not first_form.is_bound:
        first_form.initial["first"] = in_paris(starts[slots[0].pk]).date()
    return TemplateResponse(
        request,
        "admin/training/cycle/duplicate.html",
        model_admin.page_context(
            request, cycle, "Dupliquer ce cycle", form=form, first_form=first_form
        ),
    )


def _make_copy(
    model_admin: "CycleAdmin",
    request: HttpRequest,
    cycle: Cycle,
    form: DuplicateForm,
    now: datetime,
) -> HttpResponse:
    copy = duplicate(
        cycle,
        title=form.cleaned_data["title"],
        slug=form.cleaned_data["slug"],
        starts=form.starts(),
        now=now,
    )
    model_admin.log_addition(request, copy, f"Copie du cycle « {cycle} ».")
    messages.success(
        request,
        "Le cycle est dupliqué : c’est un brouillon, que seule l’équipe voit. "
        "Les liens de visioconférence ne sont pas repris : donnez-les dans « Agenda et liens ».",
    )
    return redirect(cycle_url("change", copy))


def _label(slot: Slot) -> str:
    return (
        f"Session {slot.session.number}, "
        f"{', '.join(group.name for group in slot.groups.all())} "
        f"({day(slot.starts_at)}, {hours(slot.starts_at, slot.ends_at)})"
    )


def _days(slots: list[Slot], wanted: date | None, now: datetime) -> int:
    """By how many days to move the slots: so that the first is on the day wanted, else by as many
    whole weeks as it takes to come soon enough to be announced."""
    if not slots:
        return 0
    first = in_paris(slots[0].starts_at).date()
    if wanted is not None:
        return (wanted - first).days
    missing = (in_paris(now + _SOONEST).date() - first).days
    return max(1, -(-missing // 7)) * 7


def _slug(cycle: Cycle, starts: Mapping[int, datetime]) -> str:
    """The address of before with the year of the new dates, made free."""
    base = re.sub(r"-(19|20)\d\d(-\d+)?$", "", cycle.slug or slugify(cycle.title))
    return free_slug(f"{base}-{in_paris(min(starts.values())).year}" if starts else base)
