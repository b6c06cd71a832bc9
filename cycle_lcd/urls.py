from django.contrib import admin
from django.urls import include, path

from cycle_lcd import disclosure, pages

urlpatterns = [
    path("", include("sessions.urls")),
    path("", include("registrations.urls")),
    path("donnees-personnelles/", pages.personal_data, name="personal_data"),
    path("mentions-legales/", pages.legal_notice, name="legal_notice"),
    path("accessibilite/", pages.accessibility, name="accessibility"),
    path("plan-du-site/", pages.site_map, name="site_map"),
    path(".well-known/security.txt", disclosure.security_txt, name="security_txt"),
    path("admin/", admin.site.urls),
]

handler500 = "cycle_lcd.errors.failure"
