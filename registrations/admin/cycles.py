"""The way from a cycle's page to the people registered for it, of whom the offer knows nothing."""

from datetime import datetime
from functools import partial

from django.contrib import admin
from django.http import HttpRequest
from django.urls import path, reverse

from registrations.admin.agenda import AnnouncedAgenda
from registrations.admin.cancellations import can_cancel, cancel_view
from registrations.reachability import unreachable
from sessions.admin.panel import Action, cycle_url
from sessions.models import Cycle

admin.site.unregister(Cycle)


@admin.register(Cycle)
class CycleAdmin(AnnouncedAgenda):
    def get_urls(self) -> list:
        view = self.admin_site.admin_view(partial(cancel_view, self))
        return [
            path("<int:object_id>/annuler/", view, name="training_cycle_cancel"),
            *super().get_urls(),
        ]

    def get_cycle_actions(self, request: HttpRequest, cycle: Cycle, now: datetime) -> list[Action]:
        return super().get_cycle_actions(request, cycle, now) + _actions(request, cycle, now)


def _lists(cycle: Cycle, now: datetime) -> list[Action]:
    """Who is registered, who waits, whom no mail reaches."""
    people = reverse("admin:registrations_registration_changelist")
    people = f"{people}?cycle__id__exact={cycle.pk}"
    waiting = reverse("admin:registrations_registration_waiting", args=[cycle.pk])
    n_unreachable = unreachable(cycle.registrations.all(), now).count()
    return [
        Action("Voir les inscriptions", people),
        Action("Liste d’attente", waiting),
        Action(f"Pas joignables\u00a0: {n_unreachable}", f"{people}&unreachable=yes"),
    ]


def _actions(request: HttpRequest, cycle: Cycle, now: datetime) -> list[Action]:
    may = request.user.has_perm
    offered = _lists(cycle, now) if may("registrations.view_registration") else []
    if may("registrations.add_registration") and cycle.is_published:
        address = reverse("admin:registrations_registration_register", args=[cycle.pk])
        offered.append(Action("Inscrire une personne", address))
    if may("registrations.coordinate"):
        address = reverse("admin:registrations_registration_export", args=[cycle.pk])
        offered.append(Action("Exporter les inscrits", address))
    if may("registrations.view_invitation"):
        invitations = reverse("admin:registrations_invitation_changelist")
        offered.append(Action("Invitations", f"{invitations}?cycle__id__exact={cycle.pk}"))
    may_cancel = may("training.change_cycle") and may("registrations.change_registration")
    if may_cancel and can_cancel(cycle, now):
        offered.append(Action("Annuler le cycle", cycle_url("cancel", cycle)))
    return offered
