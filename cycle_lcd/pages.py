from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sessions.models import Cycle


@login_not_required
@require_safe
def personal_data(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/personal_data.html")


@login_not_required
@require_safe
def legal_notice(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/legal_notice.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/accessibility.html")


@login_not_required
@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/site_map.html", {"cycles": Cycle.objects.public()})
