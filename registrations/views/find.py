from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from registrations import services, throttling
from registrations.forms.finding import FindForm
from registrations.views.http import SeeOther, limited


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited
def find(request: HttpRequest) -> HttpResponse:
    """« Retrouver mon inscription »: mails the personal links again, if there are any."""
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_accepted(throttling.network_of(request)):
        address = form.cleaned_data["email"]
        services.find_links(address, pace=throttling.pace_of(address))
        return SeeOther(reverse("find_sent"))
    return render(
        request, "registrations/find.html", {"form": form}, status=400 if form.is_bound else 200
    )


@login_not_required
@require_safe
def find_sent(request: HttpRequest) -> HttpResponse:
    """The same page for an address that is known and for one that is not."""
    return render(request, "registrations/find_sent.html")
