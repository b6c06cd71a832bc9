"""« Inscrire une personne », who telephones or writes: the public form, filled in by the team."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from registrations import services
from registrations.accounts import account_of
from registrations.exceptions import Refusal
from registrations.forms.registering import RegistrationForm
from registrations.models import Registration
from registrations.openings import opening_of, published_cycles
from sessions.states import ENDED

if TYPE_CHECKING:
    from registrations.admin.registrations import RegistrationAdmin

TITLE = "Inscrire une personne"


def cycles_view(model_admin: "RegistrationAdmin", request: HttpRequest) -> HttpResponse:
    """Asks for which cycle: those on the site that are not over."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    now = timezone.now()
    cycles = [
        cycle
        for cycle in published_cycles().order_by("title", "pk")
        if cycle.window(now) not in ENDED
    ]
    return TemplateResponse(
        request,
        "admin/registrations/registration/cycles.html",
        model_admin.page_context(request, TITLE, cycles=cycles),
    )


def register_view(model_admin: "RegistrationAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """The form for one cycle; once accepted, the page of the registration."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    cycle = get_object_or_404(published_cycles(), pk=pk)
    now = timezone.now()
    form = RegistrationForm(request.POST if request.method == "POST" else None, cycle=cycle)
    if form.is_valid():
        try:
            registration = _register(request, form)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:registrations_registration_add")
        return redirect("admin:registrations_registration_change", registration.pk)
    opening = opening_of(cycle, form.agenda.slots_by_group, now)
    form.full_group_pks = opening.full_group_pks
    return TemplateResponse(
        request,
        "admin/registrations/registration/register.html",
        model_admin.page_context(request, TITLE, cycle=cycle, opening=opening, form=form),
        status=400 if form.is_bound else 200,
    )


def _register(request: HttpRequest, form: RegistrationForm) -> Registration:
    application = form.application()
    registration = services.register(
        form.cycle, application, now=timezone.now(), by=account_of(request)
    )
    if registration.submission_key == application.submission_key:
        messages.success(
            request, "La personne est inscrite. Un courriel de confirmation lui est envoyé."
        )
    else:
        messages.warning(
            request,
            "Cette adresse était déjà inscrite à ce cycle\u00a0: voici son inscription, "
            "telle qu’elle était. Un courriel le lui rappelle.",
        )
    return registration
