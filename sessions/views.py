from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from sessions import calendars
from sessions.models import AudienceGroup, Cycle, SitePage
from sessions.programme_pdf import programme_pdf
from sessions.site_pages import current_body, page_html


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


@login_not_required
@require_safe
def site_page(request: HttpRequest, page: SitePage) -> HttpResponse:
    """A page that the law asks for, as staff published it."""
    return render(request, "pages/page.html", {"page": page, "text": page_html(current_body(page))})


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The public pages that search engines may keep."""
    paths = [
        reverse("home"),
        *(cycle.get_absolute_url() for cycle in Cycle.objects.public()),
        *(page.get_absolute_url() for page in SitePage),
    ]
    return render(request, "sitemap.xml", {"paths": paths}, content_type="application/xml")


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines may read all that is public; forms and what is personal say it themselves."""
    text = f"User-agent: *\nDisallow:\n\nSitemap: {settings.SITE_URL}{reverse('sitemap')}\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
