"""« Agenda et liens » : one page for all the slots of a cycle."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from sessions.admin.agenda_form import AgendaForm
from sessions.admin.panel import cycle_url
from sessions.agenda_changes import AgendaChanges, Change, lock_agenda
from sessions.models import Cycle
from sessions.typography import count

if TYPE_CHECKING:
    from sessions.admin.cycles import CycleAdmin

# The button that leads back to a form as it was typed, from a page that reviews it.
BACK = "_back"


def agenda_view(model_admin: "CycleAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Shows all the slots of a cycle, and saves them together, once reviewed if need be."""
    cycle = model_admin.get_cycle(request, object_id, "change")
    if request.method != "POST":
        return _page(model_admin, request, cycle, AgendaForm(cycle, now=timezone.now()))
    with transaction.atomic():
        # Before the form reads the agenda: what it finds unchanged stays so until it is saved.
        lock_agenda(cycle)
        return _save(model_admin, request, cycle)


def _save(model_admin: "CycleAdmin", request: HttpRequest, cycle: Cycle) -> HttpResponse:
    form = AgendaForm(cycle, request.POST, now=timezone.now())
    if form.is_valid() and BACK not in request.POST:
        review = model_admin.review_agenda(request, cycle, form)
        if review is not None:
            return review
        messages.success(request, summary(model_admin.save_agenda(request, cycle, form)))
        return redirect(cycle_url("agenda" if "_continue" in request.POST else "change", cycle))
    return _page(model_admin, request, cycle, form)


def _page(
    model_admin: "CycleAdmin", request: HttpRequest, cycle: Cycle, form: AgendaForm
) -> HttpResponse:
    return TemplateResponse(
        request,
        "admin/training/cycle/agenda.html",
        model_admin.page_context(request, cycle, "Agenda et liens", form=form),
    )


def summary(changes: AgendaChanges) -> str:
    """« L’agenda est enregistré : 1 séance ajoutée, 2 séances modifiées. »"""
    words = {
        Change.CREATED: ("séance ajoutée", "séances ajoutées"),
        Change.REMOVED: ("séance retirée", "séances retirées"),
        Change.CANCELLED: ("séance annulée", "séances annulées"),
    }
    numbers = {kind: len(changes.slots(kind)) for kind in words}
    n_edited = len(changes.changes) - sum(numbers.values())
    parts = [count(number, *words[kind]) for kind, number in numbers.items() if number]
    if n_edited:
        parts.append(count(n_edited, "séance modifiée", "séances modifiées"))
    if not parts:
        return "L’agenda n’a pas changé."
    return f"L’agenda est enregistré : {', '.join(parts)}."
