"""« Changer de profil »: says which slots the person would leave and get, then does it."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from registrations import services
from registrations.accounts import account_of
from registrations.admin.forms import ProfileForm
from registrations.exceptions import Refusal
from registrations.models import Registration
from registrations.services import EDITABLE
from sessions.models import Profile

if TYPE_CHECKING:
    from registrations.admin.registrations import RegistrationAdmin


def profile_view(model_admin: "RegistrationAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Asks which profile, then, on GET still, shows what it changes; POST does it."""
    registration = model_admin.get_registration(request, pk)
    given = request.POST if request.method == "POST" else request.GET
    form = ProfileForm(given if "profile" in given else None, registration=registration)
    chosen = form.cleaned_data["profile"] if form.is_valid() else None
    if chosen and request.method == "POST":
        if _change(request, registration, chosen):
            return redirect("admin:registrations_registration_change", registration.pk)
        return redirect(request.path)
    return TemplateResponse(
        request,
        "admin/registrations/registration/profile.html",
        model_admin.page_context(
            request,
            "Changer de profil",
            registration=registration,
            form=form,
            chosen=chosen,
            moves=services.moves_to(registration, chosen, timezone.now()) if chosen else [],
        ),
    )


def _change(request: HttpRequest, registration: Registration, profile: Profile) -> bool:
    try:
        services.edit(
            registration,
            profile=profile,
            person={name: getattr(registration, name) for name in EDITABLE},
            territories=list(registration.territories.all()),
            now=timezone.now(),
            by=account_of(request),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, "Le profil est changé.")
    return True
