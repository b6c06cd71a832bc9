"""« Me faire remplacer »: one asks from their space, the colleague answers from their mailbox."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registrations import services, throttling, tokens
from registrations.exceptions import Refusal
from registrations.forms.replacing import (
    AskReplacementForm,
    ReplacementForm,
    submission_key_of,
)
from registrations.models import Registration, Replacement
from registrations.throttling import Pace
from registrations.views.http import SeeOther, limited
from registrations.views.space import registration_behind

COLLEAGUE = ("first_name", "last_name", "email")
ASKED = (
    "Un courriel part vers votre collègue. "
    "Vous gardez votre place tant que votre collègue ne l’a pas acceptée."
)
SHARE_SPENT = (
    "Trop de courriels ont été demandés aujourd’hui pour cette adresse\u00a0: recommencez demain, "
    "ou choisissez quelqu’un d’autre."
)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Names the colleague, who is then mailed; the place stays one's own until they accept."""
    registration = registration_behind(token)
    if not registration.is_confirmed:
        return SeeOther(reverse("space", args=[token]))
    form = AskReplacementForm(request.POST if request.method == "POST" else None)
    network = throttling.network_of(request)
    if form.is_accepted(network):
        pace = throttling.pace_of("replacing", form.cleaned_data["email"], network)
        if not pace.is_spent:
            _ask(request, registration, form, pace)
            return SeeOther(reverse("space", args=[token]))
        form.add_error("email", SHARE_SPENT)
    context = {"registration": registration, "cycle": registration.cycle, "token": token}
    context["form"] = form
    return render(
        request, "registrations/replace.html", context, status=400 if form.is_bound else 200
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The colleague gives their own details and takes the place; GET changes nothing."""
    replacement = _replacement_behind(token)
    now = timezone.now()
    if not replacement.is_open(now) or not replacement.registration.is_confirmed:
        return _closed(request, replacement, now)
    data = request.POST if request.method == "POST" else None
    form = ReplacementForm(data, replacement=replacement)
    if form.is_valid():
        try:
            newcomer = services.replace(replacement, form.application(), now=now)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "La place est à vous.")
            return SeeOther(reverse("space", args=[newcomer.token]))
    context = {
        "replacement": replacement,
        "cycle": replacement.registration.cycle,
        "seats": [seat for seat in replacement.registration.own_seats if seat.is_ahead(now)],
        "form": form,
    }
    return render(
        request, "registrations/replacement.html", context, status=400 if form.is_bound else 200
    )


def _ask(
    request: HttpRequest, registration: Registration, form: AskReplacementForm, pace: Pace
) -> None:
    colleague = {name: form.cleaned_data[name] for name in COLLEAGUE}
    try:
        services.ask_replacement(registration, **colleague, now=timezone.now(), pace=pace)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, ASKED)


def _replacement_behind(token: str) -> Replacement:
    """A request, whatever became of it. An unknown link is a 404."""
    replacement = (
        Replacement.objects.filter(link_hash=tokens.fingerprint(token))
        .select_related("registration__cycle", "registration__profile__group")
        .first()
    )
    if replacement is None:
        raise Http404
    return replacement


def _closed(request: HttpRequest, replacement: Replacement, now: datetime) -> HttpResponse:
    """The same 404 as for an unknown link; but the form sent twice leads where it led at first."""
    if request.method == "POST":
        key = submission_key_of(replacement, request.POST.get("submission_key", ""))
        if newcomer := services.answered_with(replacement, key, now=now):
            return SeeOther(reverse("space", args=[newcomer.token]))
    raise Http404
