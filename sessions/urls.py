from django.urls import path

from sessions import views
from sessions.models import SitePage

urlpatterns = [
    path("cycles/<slug:slug>/programme.pdf", views.programme, name="programme_pdf"),
    path(
        "cycles/<slug:slug>/calendrier/<slug:group_slug>.ics",
        views.group_calendar,
        name="group_calendar",
    ),
    *(
        path(f"{page.value}/", views.site_page, {"page": page}, name=page.name.lower())
        for page in SitePage
    ),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
]
