"""« Aperçu sur le site » : the public page of a cycle, published or not."""

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sessions.agenda import agenda_of
from sessions.pages import programme_context

if TYPE_CHECKING:
    from sessions.admin.cycles import CycleAdmin


def preview_view(model_admin: "CycleAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """The programme as the public would see it, under a banner that says it is a preview."""
    cycle = model_admin.get_cycle(request, object_id, "view")
    return render(
        request,
        "admin/training/cycle/preview.html",
        programme_context(cycle, agenda_of(cycle)),
    )
