"""The waiting list of a cycle, and the way to give someone a place."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from registrations.places import with_reservations
from registrations.waiting_lists import waiting_list
from sessions.models import Cycle

if TYPE_CHECKING:
    from registrations.admin.registrations import RegistrationAdmin


def waiting_view(model_admin: "RegistrationAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Who waits, in which order, for what; who may act gives a place from here."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    cycle = get_object_or_404(with_reservations(Cycle.objects.all()), pk=pk)
    return TemplateResponse(
        request,
        "admin/registrations/registration/waiting.html",
        model_admin.page_context(
            request,
            "Liste d’attente",
            cycle=cycle,
            waiters=waiting_list(cycle, timezone.now()),
            may_act=model_admin.has_change_permission(request),
        ),
    )
