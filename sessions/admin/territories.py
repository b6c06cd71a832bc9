"""The territories offered by the registration form."""

from django.contrib import admin, messages
from django.http import HttpRequest

from sessions.alphabetical import Alphabetical
from sessions.models import Territory
from sessions.models.territories import TerritoryQuerySet
from sessions.typography import count


@admin.register(Territory)
class TerritoryAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "departments", "has_city_contract", "is_active", "code"]
    list_filter = ["has_city_contract", "is_active", "kind"]
    search_fields = ["name", "code", "departments"]
    ordering = [Alphabetical("name")]
    actions = ["deactivate", "activate"]
    fields = ["name", "kind", "code", "departments", "has_city_contract", "is_active"]

    def has_delete_permission(self, request: HttpRequest, obj: Territory | None = None) -> bool:
        """Deactivated instead: past registrations keep their territories."""
        return False

    @admin.action(description="Ne plus proposer à l’inscription", permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: TerritoryQuerySet) -> None:
        number = queryset.update(is_active=False)
        done = count(number, "territoire n’est plus proposé", "territoires ne sont plus proposés")
        messages.success(request, f"{done} à l’inscription.")

    @admin.action(description="Proposer à l’inscription", permissions=["change"])
    def activate(self, request: HttpRequest, queryset: TerritoryQuerySet) -> None:
        number = queryset.update(is_active=True)
        done = count(number, "territoire est proposé", "territoires sont proposés")
        messages.success(request, f"{done} à l’inscription.")
