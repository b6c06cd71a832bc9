"""What the team does for someone who asks what is held about them, or to be erased."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from registrations import services
from registrations.accounts import account_of
from registrations.models import Registration
from registrations.own_data import of_same_address, own_data_response
from registrations.services import Cause
from sessions.models import Cycle
from sessions.typography import count

if TYPE_CHECKING:
    from registrations.admin.registrations import RegistrationAdmin

CAUSES = (Cause.ASKED, Cause.OBJECTION, Cause.MISTAKE)


class ErasureForm(forms.Form):
    cause = forms.TypedChoiceField(
        label="Motif",
        coerce=Cause,
        choices=[(cause.value, cause.label) for cause in CAUSES],
        widget=forms.RadioSelect,
        help_text="Gardé au registre des destructions, sans le nom de la personne.",
        error_messages={"required": "Choisissez le motif."},
    )
    everywhere = forms.BooleanField(label="Effacer aussi ses autres inscriptions", required=False)


def hand_over_view(model_admin: "RegistrationAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Says what the file holds on GET; POST hands it over, which the history keeps."""
    registration = model_admin.get_registration(request, pk)
    if not request.user.has_perm("registrations.view_access_needs"):
        raise PermissionDenied
    registrations = of_same_address(registration)
    if request.method == "POST":
        model_admin.log_change(request, registration, "Données de la personne téléchargées.")
        return own_data_response(registrations, now=timezone.now())
    return TemplateResponse(
        request,
        "admin/registrations/registration/own_data.html",
        model_admin.page_context(
            request,
            "Télécharger ses données",
            registration=registration,
            registrations=registrations,
        ),
    )


def erase_view(model_admin: "RegistrationAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Asks why on GET, erases on POST."""
    registration = model_admin.get_registration(request, pk)
    registrations = of_same_address(registration)
    form = ErasureForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        chosen = registrations if form.cleaned_data["everywhere"] else [registration]
        n_erased = _erase(request, list(chosen), form.cleaned_data["cause"])
        done = count(n_erased, "inscription effacée", "inscriptions effacées")
        messages.success(request, f"{done}. Un dernier courriel le dit à la personne.")
        return redirect("admin:registrations_registration_changelist")
    return TemplateResponse(
        request,
        "admin/registrations/registration/erase.html",
        model_admin.page_context(
            request,
            "Effacer ses données",
            registration=registration,
            others=registrations.exclude(pk=pk),
            exports=_exports_of(registration.cycle),
            form=form,
        ),
    )


def _erase(request: HttpRequest, registrations: list[Registration], cause: Cause) -> int:
    for registration in registrations:
        services.erase(registration, cause=cause, now=timezone.now(), by=account_of(request))
    return len(registrations)


def _exports_of(cycle: Cycle) -> QuerySet[LogEntry]:
    """The lists of the cycle that were taken away: whoever has one is to be told."""
    return (
        LogEntry.objects.filter(
            content_type__app_label=Cycle._meta.app_label,
            content_type__model=Cycle._meta.model_name,
            object_id=str(cycle.pk),
            change_message__startswith="Export ",
        )
        .select_related("user")
        .order_by("-action_time", "-pk")
    )
