from django.contrib import admin
from django.urls import include, path

from cycle_lcd import disclosure

urlpatterns = [
    path("", include("sessions.urls")),
    path("", include("registrations.urls")),
    path(".well-known/security.txt", disclosure.security_txt, name="security_txt"),
    path("admin/", admin.site.urls),
]

handler500 = "cycle_lcd.errors.failure"
