from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from registrations import services, throttling, visits
from registrations.exceptions import InvitationRefused, MailboxFull, RegistrationClosed
from registrations.forms.registering import RegistrationForm
from registrations.models import Invitation
from registrations.openings import opening_of, published_cycles, whom_to_ask
from registrations.views.http import SeeOther, limited
from sessions.models import Cycle


@dataclass(frozen=True)
class Addresses:
    """Where the pages of a registration lead, which are others for who comes by an invitation."""

    programme: str
    thanks: str


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of a cycle that is open to all."""
    cycle = get_object_or_404(published_cycles().public(), slug=slug)
    addresses = Addresses(cycle.get_absolute_url(), reverse("thanks", args=[slug]))
    return registration_page(request, cycle, addresses)


def registration_page(
    request: HttpRequest, cycle: Cycle, addresses: Addresses, invitation: Invitation | None = None
) -> HttpResponse:
    """The form; once accepted, the same redirect whether or not the address was known."""
    now = timezone.now()
    data = request.POST if request.method == "POST" else None
    chosen = request.GET.get("profil", "")
    form = RegistrationForm(data, cycle=cycle, invitation=invitation, chosen=chosen)
    if form.is_accepted(throttling.network_of(request)):
        answer = _register(request, form, addresses, now)
        if answer is not None:
            return answer
    opening = opening_of(cycle, form.agenda.slots_by_group, now, invitation)
    context = {"cycle": cycle, "registration": opening, "form": form}
    context["programme_url"] = addresses.programme
    if not opening.can_register:
        return render(request, "registrations/closed.html", context)
    form.full_group_pks = opening.full_group_pks
    return render(request, "registrations/form.html", context, status=400 if form.is_bound else 200)


def _register(
    request: HttpRequest, form: RegistrationForm, addresses: Addresses, now: datetime
) -> HttpResponse | None:
    """Where an accepted form leads; None when the form comes back, saying why."""
    cycle, address = form.cycle, form.cleaned_data["email"]
    pace = throttling.pace_of("registering", address, throttling.network_of(request))
    try:
        services.register(cycle, form.application(), now=now, pace=pace)
    except MailboxFull as refusal:
        form.add_error("email", f"{refusal}{whom_to_ask(cycle)}")
        return None
    except (RegistrationClosed, InvitationRefused):
        # Said by the page itself, as it is now.
        return SeeOther(request.path)
    visits.remember(request, cycle, address)
    return SeeOther(addresses.thanks)


@login_not_required
@never_cache
@require_safe
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens next, for a cycle that is open to all."""
    cycle = visits.remembered_cycle(request, slug)
    if cycle is None:
        cycle = get_object_or_404(published_cycles().public(), slug=slug)
    return thanks_page(request, cycle, reverse("cycle", args=[slug]))


def thanks_page(request: HttpRequest, cycle: Cycle, programme_url: str) -> HttpResponse:
    """The same whether or not the address was already known."""
    address = visits.remembered_address(request, cycle)
    context = {"cycle": cycle, "programme_url": programme_url, "address": address}
    return render(request, "registrations/thanks.html", context)
