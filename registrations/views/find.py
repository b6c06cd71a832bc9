from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from registrations import services, throttling
from registrations.forms.finding import FindForm
from registrations.views.http import SeeOther, limited

SHARE_SPENT = (
    "Trop de courriels ont été demandés aujourd’hui pour cette adresse. Cherchez le dernier parmi "
    "vos courriers indésirables, ou recommencez demain."
)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited
def find(request: HttpRequest) -> HttpResponse:
    """« Retrouver mon inscription »: mails the personal links again, if there are any."""
    form = FindForm(request.POST if request.method == "POST" else None)
    network = throttling.network_of(request)
    if form.is_accepted(network):
        address = form.cleaned_data["email"]
        pace = throttling.pace_of("finding", address, network)
        if not pace.is_spent:
            services.find_links(address, pace=pace)
            return SeeOther(reverse("find_sent"))
        form.add_error("email", SHARE_SPENT)
    return render(
        request, "registrations/find.html", {"form": form}, status=400 if form.is_bound else 200
    )


@login_not_required
@require_safe
def find_sent(request: HttpRequest) -> HttpResponse:
    """The same page for an address that is known and for one that is not."""
    return render(request, "registrations/find_sent.html")
