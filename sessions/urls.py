from django.urls import path

from sessions import views

urlpatterns = [
    path("cycles/<slug:slug>/programme.pdf", views.programme, name="programme_pdf"),
    path(
        "cycles/<slug:slug>/calendrier/<slug:group_slug>.ics",
        views.group_calendar,
        name="group_calendar",
    ),
]
