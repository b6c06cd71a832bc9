"""The personal space, behind the secret link: no account, no other key."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from registrations import calendars, services, throttling
from registrations.exceptions import GroupFull, Refusal, TooManyChanges
from registrations.forms.editing import EditForm
from registrations.models import Registration
from registrations.services import Move
from registrations.states import Status
from registrations.views.http import SeeOther, wait_in_words
from sessions.models import Cycle

# Of the page that says what a change of profile does: the button that leads back to the form, and
# the profile whose consequences were read.
BACK, REVIEWED = "_back", "reviewed"


def registration_behind(token: str) -> Registration:
    """The registration that the link opens. Unknown and malformed links answer the same 404."""
    registrations = Registration.objects.by_token(token).with_offer()
    registration = registrations.select_related("invitation").first()
    if registration is None:
        raise Http404
    return registration


@login_not_required
@require_safe
def space(request: HttpRequest, token: str) -> HttpResponse:
    """Who, which slots, how to join, and what one may do."""
    registration = registration_behind(token)
    registration.cycle = Cycle.objects.with_dates().get(pk=registration.cycle_id)
    now = timezone.now()
    seats = registration.own_seats
    next_seat = next((seat for seat in seats if seat.is_ahead(now)), None)
    return render(
        request,
        "registrations/space.html",
        {
            "registration": registration,
            "cycle": registration.cycle,
            "token": token,
            "seats": seats,
            "lost_seats": list(registration.seats.lost()),
            "is_confirmed": registration.status == Status.CONFIRMED,
            "next_seat": next_seat,
            "is_today": next_seat is not None and next_seat.is_today(now),
            "programme_url": _programme_url(registration, now),
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
    """« Modifier mon inscription »; what moves the person's slots is told before it is done."""
    registration = registration_behind(token)
    if not registration.is_active:
        return SeeOther(reverse("space", args=[token]))
    form = EditForm(request.POST if request.method == "POST" else None, registration=registration)
    context = {"registration": registration, "cycle": registration.cycle, "token": token}
    context["form"] = form
    if form.is_bound and BACK not in request.POST and form.is_valid():
        moves = _moves_to_review(request, registration, form)
        if moves:
            context |= {"moves": moves, "posted": _posted(request, form)}
            return render(request, "registrations/edit_review.html", context)
        if form.is_valid() and _edit(registration, form):
            messages.success(request, "Vos modifications sont enregistrées.")
            return SeeOther(reverse("space", args=[token]))
    return render(request, "registrations/edit.html", context, status=400 if form.errors else 200)


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
    return _act(request, token, _restore, registration, "Votre inscription est rétablie.")


@login_not_required
@require_http_methods(["POST"])
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """« Confirmer mon inscription », where addresses are verified."""
    registration = registration_behind(token)
    return _act(
        request, token, services.verify_address, registration, "Votre adresse est vérifiée."
    )


@login_not_required
@require_http_methods(["POST"])
def accept_offer(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the place that was offered to someone who waited."""
    registration = registration_behind(token)
    return _act(request, token, services.accept_offer, registration, "Votre place est confirmée.")


def _restore(registration: Registration, *, now: datetime) -> None:
    # A button that is pressed twice is no second change.
    if not registration.is_active:
        _count_change(registration)
    services.restore(registration, now=now)


def _count_change(registration: Registration) -> None:
    """Raises TooManyChanges: each is mailed, and gives or takes places that others wait for.

    Giving one's place back is not counted: it is never refused.
    """
    wait = throttling.wait_before_post("changes", str(registration.pk), throttling.CHANGES)
    if wait is not None:
        raise TooManyChanges(
            f"Vous avez déjà changé plusieurs fois. Attendez {wait_in_words(wait)}, puis "
            "recommencez."
        )


def _act(request: HttpRequest, token: str, service, registration, done: str) -> HttpResponse:
    try:
        service(registration, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return SeeOther(reverse("space", args=[token]))


def _programme_url(registration: Registration, now: datetime) -> str:
    """Where the person may read the programme; "" when no page of it is open to them."""
    cycle, invitation = registration.cycle, registration.invitation
    if not cycle.is_published:
        return ""
    if not cycle.is_private:
        return cycle.get_absolute_url()
    if invitation is None or not invitation.is_open(now):
        return ""
    return reverse("invitation", args=[invitation.token])


def _moves_to_review(
    request: HttpRequest, registration: Registration, form: EditForm
) -> list[Move]:
    """What the profile chosen does to the person's slots, unless they have read it already.

    A group that has no place left is an error of the form.
    """
    profile = form.cleaned_data["profile"]
    if request.POST.get(REVIEWED) == str(profile.pk):
        return []
    moves = services.moves_to(registration, profile, timezone.now())
    if registration.holds_places and any(move.is_full for move in moves):
        form.add_error("profile", str(GroupFull()))
        return []
    return moves


def _posted(request: HttpRequest, form: EditForm) -> list[tuple[str, str]]:
    """The form as it was typed, for the page that reviews it to post again."""
    return [(name, value) for name in form.fields for value in request.POST.getlist(name)]


def _edit(registration: Registration, form: EditForm) -> bool:
    """Whether it is done; what is refused is told by the profile."""
    profile = form.cleaned_data["profile"]
    try:
        if profile.group_id != registration.profile.group_id:
            _count_change(registration)
        services.edit(
            registration,
            profile=profile,
            person=form.person,
            territories=form.cleaned_data["territories"],
            now=timezone.now(),
        )
    except Refusal as refusal:
        form.add_error("profile", str(refusal))
        return False
    return True
