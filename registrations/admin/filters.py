from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from registrations.reachability import unreachable
from sessions.models import AudienceGroup


class GroupFilter(admin.SimpleListFilter):
    """By group, once a cycle is chosen: groups of all cycles have much the same names."""

    title = "groupe"
    parameter_name = "group"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        cycle_pk = request.GET.get("cycle__id__exact", "")
        if not cycle_pk.isdecimal():
            return []
        groups = AudienceGroup.objects.filter(cycle=int(cycle_pk))
        return [(str(group.pk), group.name) for group in groups]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        # Only what was offered: anything else would be asked of the database as it was typed.
        chosen = self.value()
        if chosen not in {key for key, _ in self.lookup_choices}:
            return queryset
        return queryset.filter(profile__group=chosen)


class UnreachableFilter(admin.SimpleListFilter):
    """« Pas joignables »: who does not get our mails, and must be telephoned."""

    title = "réception des courriels"
    parameter_name = "unreachable"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Pas joignables")]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        return unreachable(queryset, timezone.now()) if self.value() == "yes" else queryset
