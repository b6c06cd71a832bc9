"""« Aperçu sur le site » : the public page of a cycle, published or not."""

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sessions.agenda import agenda_of
from sessions.pages import choice_of, programme_context
from sessions.publication import audience_of

if TYPE_CHECKING:
    from sessions.admin.cycles import CycleAdmin


def preview_view(model_admin: "CycleAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """The programme as the public would see it, under a banner that says it is a preview."""
    cycle = model_admin.get_cycle(request, object_id, "view")
    agenda = agenda_of(cycle, groups=audience_of(cycle))
    context = programme_context(cycle, agenda)
    context["choice"] = choice_of(agenda, request.GET.get("profil", ""))
    return render(request, "admin/training/cycle/preview.html", context)
