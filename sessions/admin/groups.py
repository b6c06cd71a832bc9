"""A group and its profiles, reached from the page of their cycle."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from sessions.admin.deletion import WordedDeletionInline
from sessions.admin.forms import GroupForm, WordedForm
from sessions.models import AudienceGroup, Profile


class ProfileInline(WordedDeletionInline):
    model = Profile
    form = WordedForm
    extra = 0
    fieldsets = [(None, {"fields": [("position", "label")]})]
    in_use_message = (
        "Le profil « {} » ne peut pas être supprimé : des personnes l’ont choisi en s’inscrivant."
    )


@admin.register(AudienceGroup)
class AudienceGroupAdmin(admin.ModelAdmin):
    form = GroupForm
    inlines = [ProfileInline]
    fieldsets = [(None, {"fields": ["name", "slug"]})]
    change_form_template = "admin/training/audiencegroup/change_form.html"

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).select_related("cycle")

    def get_readonly_fields(
        self, request: HttpRequest, obj: AudienceGroup | None = None
    ) -> list[str]:
        """Calendars follow the address of a public group: it stays."""
        return [] if obj is None or obj.cycle.is_draft else ["slug"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Kept out of the index: a group is found on the page of its cycle."""
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Groups are added, and deleted, on the page of their cycle."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AudienceGroup | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return redirect("admin:training_cycle_changelist")

    def response_post_save_change(
        self, request: HttpRequest, obj: AudienceGroup
    ) -> HttpResponseRedirect:
        url = reverse("admin:training_cycle_change", args=[obj.cycle_id])
        return HttpResponseRedirect(f"{url}#groups-heading")
