"""« Agenda et liens » : one page for all the slots of a cycle."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from sessions.admin.agenda_form import AgendaForm
from sessions.admin.panel import cycle_url
from sessions.agenda_changes import AgendaChanges, Change
from sessions.typography import count

if TYPE_CHECKING:
    from sessions.admin.cycles import CycleAdmin


def agenda_view(model_admin: "CycleAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Shows all the slots of a cycle, and saves them together."""
    cycle = model_admin.get_cycle(request, object_id, "change")
    form = AgendaForm(cycle, request.POST if request.method == "POST" else None)
    if form.is_valid():
        changes = model_admin.save_agenda(request, cycle, form)
        messages.success(request, summary(changes))
        return redirect(cycle_url("agenda" if "_continue" in request.POST else "change", cycle))
    return TemplateResponse(
        request,
        "admin/training/cycle/agenda.html",
        model_admin.page_context(request, cycle, "Agenda et liens", form=form),
    )


def summary(changes: AgendaChanges) -> str:
    """« L’agenda est enregistré : 1 séance ajoutée, 2 séances modifiées. »"""
    n_created = len(changes.slots(Change.CREATED))
    n_removed = len(changes.slots(Change.REMOVED))
    n_edited = len(changes.changes) - n_created - n_removed
    parts = [
        count(number, singular, plural)
        for number, singular, plural in (
            (n_created, "séance ajoutée", "séances ajoutées"),
            (n_edited, "séance modifiée", "séances modifiées"),
            (n_removed, "séance retirée", "séances retirées"),
        )
        if number
    ]
    if not parts:
        return "L’agenda n’a pas changé."
    return f"L’agenda est enregistré : {', '.join(parts)}."
