"""The way from a cycle's page to the people registered for it, of whom the offer knows nothing."""

from datetime import datetime

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from registrations.admin.agenda import AnnouncedAgenda
from sessions.admin.panel import Action
from sessions.models import Cycle

admin.site.unregister(Cycle)


@admin.register(Cycle)
class CycleAdmin(AnnouncedAgenda):
    def get_cycle_actions(self, request: HttpRequest, cycle: Cycle, now: datetime) -> list[Action]:
        return super().get_cycle_actions(request, cycle, now) + _actions(request, cycle)


def _actions(request: HttpRequest, cycle: Cycle) -> list[Action]:
    may = request.user.has_perm
    offered = []
    if may("registrations.view_registration"):
        people = reverse("admin:registrations_registration_changelist")
        offered.append(Action("Voir les inscriptions", f"{people}?cycle__id__exact={cycle.pk}"))
    if may("registrations.add_registration") and cycle.is_published:
        address = reverse("admin:registrations_registration_register", args=[cycle.pk])
        offered.append(Action("Inscrire une personne", address))
    if may("registrations.coordinate"):
        address = reverse("admin:registrations_registration_export", args=[cycle.pk])
        offered.append(Action("Exporter les inscrits", address))
    return offered
