"""« Mes données »: what is held about oneself, to read, to take away, to have erased."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from registrations import services
from registrations.forms.erasing import EraseForm
from registrations.models import Registration
from registrations.own_data import held_about, own_data_response
from registrations.retention import policy
from registrations.views.http import SeeOther
from registrations.views.space import registration_behind


@login_not_required
@require_safe
def own_data(request: HttpRequest, token: str) -> HttpResponse:
    """Everything, readable, with one's rights and how to use them."""
    registration = registration_behind(token)
    context = {
        "registration": registration,
        "cycle": registration.cycle,
        "token": token,
        "parts": held_about(registration),
    }
    return render(request, "registrations/own_data.html", context)


@login_not_required
@require_safe
def own_data_file(request: HttpRequest, token: str) -> HttpResponse:
    """The same as a file."""
    return own_data_response([registration_behind(token)], now=timezone.now())


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, token: str) -> HttpResponse:
    """« Effacer mes données »: GET asks, POST does; what is erased already stays so."""
    if request.method == "POST" and not Registration.objects.by_token(token).exists():
        return SeeOther(reverse("erased"))
    registration = registration_behind(token)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.erase(registration, cause=services.Cause.PERSON, now=timezone.now())
        return SeeOther(reverse("erased"))
    context = {
        "registration": registration,
        "cycle": registration.cycle,
        "token": token,
        "form": form,
        "backups": policy().kept_outside("backups"),
        "exports": policy().kept_outside("exports"),
    }
    status = 400 if form.is_bound else 200
    return render(request, "registrations/erase.html", context, status=status)


@login_not_required
@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    """Says so, to whom nothing else is known of."""
    return render(request, "registrations/erased.html")
