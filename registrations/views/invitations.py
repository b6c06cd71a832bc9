"""What an invitation opens: a cycle that may be private, and places kept for it."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from registrations.models import Invitation
from registrations.openings import published_cycles
from registrations.views.http import limited
from registrations.views.offer import cycle_page
from registrations.views.register import Addresses, registration_page, thanks_page
from sessions.models import Cycle


def cycle_behind(token: str) -> tuple[Cycle, Invitation]:
    """The published cycle that the link opens; unknown, late and withdrawn links answer 404."""
    invitation = Invitation.objects.by_token(token).select_related("profile", "territory").first()
    if invitation is None or not invitation.is_open(timezone.now()):
        raise Http404
    return get_object_or_404(published_cycles(), pk=invitation.cycle_id), invitation


@login_not_required
@require_safe
def invited_cycle(request: HttpRequest, token: str) -> HttpResponse:
    """The programme; registering for it then goes by the invitation."""
    cycle, invitation = cycle_behind(token)
    return cycle_page(request, cycle, reverse("invited_register", args=[token]), invitation)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited
def invited_register(request: HttpRequest, token: str) -> HttpResponse:
    """The form, with what the invitation is for already chosen."""
    cycle, invitation = cycle_behind(token)
    addresses = Addresses(
        reverse("invitation", args=[token]), reverse("invited_thanks", args=[token])
    )
    return registration_page(request, cycle, addresses, invitation)


@login_not_required
@require_safe
def invited_thanks(request: HttpRequest, token: str) -> HttpResponse:
    """What happens next, for a cycle that may be private."""
    cycle, _ = cycle_behind(token)
    return thanks_page(request, cycle, reverse("invitation", args=[token]))
