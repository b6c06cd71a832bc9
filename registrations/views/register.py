from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from registrations import services
from registrations.exceptions import RegistrationClosed
from registrations.forms import RegistrationForm
from registrations.models import Invitation
from registrations.openings import opening_of, published_cycles
from registrations.views.http import SeeOther
from sessions.models import Cycle

# How long, in seconds, the page that thanks may still say to which address the mail was sent.
THANKS_LAST = 30 * 60


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of a cycle that is open to all."""
    cycle = get_object_or_404(published_cycles(), slug=slug, is_private=False)
    return registration_page(request, cycle)


def registration_page(
    request: HttpRequest, cycle: Cycle, invitation: Invitation | None = None
) -> HttpResponse:
    """The form; once accepted, the same redirect whether or not the address was known."""
    now = timezone.now()
    data = request.POST if request.method == "POST" else None
    form = RegistrationForm(data, cycle=cycle, invitation=invitation)
    if form.is_bound and form.is_valid():
        try:
            services.register(cycle, form.application(), now=now)
        except RegistrationClosed:
            # Said by the page itself, as it is now.
            return SeeOther(request.path)
        _remember(request, cycle, form.cleaned_data["email"])
        return SeeOther(reverse("thanks", args=[cycle.slug]))
    opening = opening_of(cycle, form.agenda.slots_by_group, now)
    context = {"cycle": cycle, "agenda": form.agenda, "registration": opening, "form": form}
    if not opening.can_register:
        return render(request, "registrations/closed.html", context)
    form.full_group_pks = opening.full_group_pks
    return render(request, "registrations/form.html", context, status=400 if form.is_bound else 200)


@login_not_required
@never_cache
@require_safe
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens next; the same whether or not the address was already known."""
    cycle = get_object_or_404(Cycle.objects.published(), slug=slug)
    remembered = request.session.get("thanks", {})
    address = remembered.get("email") if remembered.get("cycle") == cycle.pk else None
    return render(request, "registrations/thanks.html", {"cycle": cycle, "address": address})


def _remember(request: HttpRequest, cycle: Cycle, email: str) -> None:
    """Keeps the address typed for the next page, where a slip of the finger shows."""
    request.session["thanks"] = {"cycle": cycle.pk, "email": email}
    if not request.user.is_authenticated:
        request.session.set_expiry(THANKS_LAST)
