"""The personal space, behind the secret link: no account, no other key."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from registrations import calendars, services
from registrations.exceptions import Refusal
from registrations.forms import EditForm
from registrations.models import Registration
from registrations.states import Status
from registrations.views.http import SeeOther


def registration_behind(token: str) -> Registration:
    """The registration that the link opens. Unknown and malformed links answer the same 404."""
    registration = Registration.objects.by_token(token).with_offer().first()
    if registration is None:
        raise Http404
    return registration


@login_not_required
@require_safe
def space(request: HttpRequest, token: str) -> HttpResponse:
    """Who, which slots, how to join, and what one may do."""
    registration = registration_behind(token)
    now = timezone.now()
    seats = registration.own_seats
    return render(
        request,
        "registrations/space.html",
        {
            "registration": registration,
            "cycle": registration.cycle,
            "token": token,
            "seats": seats,
            "is_confirmed": registration.status == Status.CONFIRMED,
            "next_seat": next((seat for seat in seats if seat.is_ahead(now)), None),
            "now": now,
        },
    )


@login_not_required
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The person's own slots, as a file or as an address that a calendar follows."""
    registration = registration_behind(token)
    response = HttpResponse(
        calendars.personal_calendar(registration), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="mes-seances.ics"'
    return response


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, token: str) -> HttpResponse:
    """« Modifier mon inscription »."""
    registration = registration_behind(token)
    if not registration.is_active:
        return SeeOther(reverse("space", args=[token]))
    form = EditForm(request.POST if request.method == "POST" else None, registration=registration)
    if form.is_bound and form.is_valid():
        try:
            services.edit(
                registration,
                profile=form.cleaned_data["profile"],
                person=form.person,
                territories=form.cleaned_data["territories"],
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("profile", str(refusal))
        else:
            messages.success(request, "Vos modifications sont enregistrées.")
            return SeeOther(reverse("space", args=[token]))
    context = {
        "registration": registration,
        "cycle": registration.cycle,
        "token": token,
        "form": form,
    }
    return render(request, "registrations/edit.html", context, status=400 if form.is_bound else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """« Annuler mon inscription »: GET asks, POST does."""
    registration = registration_behind(token)
    if request.method != "POST":
        context = {
            "registration": registration,
            "cycle": registration.cycle,
            "token": token,
            "seats": registration.own_seats,
        }
        return render(request, "registrations/cancel.html", context)
    return _act(request, token, services.cancel, registration, "Votre inscription est annulée.")


@login_not_required
@require_http_methods(["POST"])
def restore(request: HttpRequest, token: str) -> HttpResponse:
    """Comes back after a cancellation, while there is room."""
    registration = registration_behind(token)
    return _act(request, token, services.restore, registration, "Votre inscription est rétablie.")


@login_not_required
@require_http_methods(["POST"])
def accept_offer(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the place that was offered to someone who waited."""
    registration = registration_behind(token)
    return _act(request, token, services.accept_offer, registration, "Votre place est confirmée.")


def _act(request: HttpRequest, token: str, service, registration, done: str) -> HttpResponse:
    try:
        service(registration, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return SeeOther(reverse("space", args=[token]))
