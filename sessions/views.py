from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from sessions import calendars
from sessions.models import AudienceGroup, Cycle
from sessions.programme_pdf import programme_pdf


@login_not_required
@require_safe
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """« Télécharger le programme »: the cycle's page as a document to print and pass on."""
    cycle = get_object_or_404(Cycle.objects.public(), slug=slug)
    response = HttpResponse(programme_pdf(cycle), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{cycle.slug}.pdf"'
    return response


@login_not_required
@require_safe
def group_calendar(request: HttpRequest, slug: str, group_slug: str) -> HttpResponse:
    """The public calendar of a group: its slots, without the links."""
    cycle = get_object_or_404(Cycle.objects.public(), slug=slug)
    group = get_object_or_404(AudienceGroup, cycle=cycle, slug=group_slug)
    response = HttpResponse(
        calendars.group_calendar(cycle, group), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{cycle.slug}-{group.slug}.ics"'
    return response
