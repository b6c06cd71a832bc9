"""What a cycle is made of, each as a list on its page."""

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey, Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from sessions.admin.deletion import WordedDeletionInline
from sessions.admin.forms import GroupForm, WordedForm
from sessions.admin.widgets import RichTextWidget
from sessions.models import AudienceGroup, Cycle, Phase, Reminder, Resource, Session, Speaker
from sessions.rich_text import RichTextField


class GroupInline(WordedDeletionInline):
    model = AudienceGroup
    form = GroupForm
    extra = 0
    fieldsets = [(None, {"fields": [("position", "name"), "slug", "profiles"]})]
    in_use_message = "Le groupe « {} » ne peut pas être supprimé : des personnes y sont inscrites."

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).prefetch_related("profiles")

    def get_readonly_fields(self, request: HttpRequest, obj: Cycle | None = None) -> list[str]:
        """Calendars follow the address of a public group: it stays."""
        return ["profiles"] if obj is None or obj.is_draft else ["profiles", "slug"]

    @admin.display(description="profils")
    def profiles(self, group: AudienceGroup) -> str:
        if not group.pk:
            return "Enregistrez le groupe : vous pourrez ensuite lui donner des profils."
        names = format_html_join(
            "", "<li>{}</li>", ((each.label,) for each in group.profiles.all())
        )
        return format_html(
            '{}<a href="{}">Modifier les profils du groupe « {} »</a>',
            format_html("<ul>{}</ul>", names) if names else "",
            reverse("admin:training_audiencegroup_change", args=[group.pk]),
            group.name,
        )


class PhaseInline(WordedDeletionInline):
    model = Phase
    form = WordedForm
    extra = 0
    fieldsets = [(None, {"fields": [("position", "label", "title")]})]


class SessionInline(WordedDeletionInline):
    model = Session
    form = WordedForm
    extra = 0
    fieldsets = [(None, {"fields": [("number", "phase"), "title", "content"]})]
    formfield_overrides = {RichTextField: {"widget": RichTextWidget}}
    in_use_message = (
        "« {} » ne peut pas être supprimée : des personnes sont inscrites à ses séances."
    )

    def get_formset(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any):
        self.phases = Phase.objects.filter(cycle=obj.pk if obj else None)
        return super().get_formset(request, obj, **kwargs)

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "phase" and field is not None:
            field.queryset = self.phases
            field.error_messages["invalid_choice"] = "Cette phase appartient à un autre cycle."
            # Asked once here, instead of once for each row of the page.
            field.choices = [("", "Sans phase"), *((phase.pk, str(phase)) for phase in self.phases)]
        return field


class SpeakerInline(WordedDeletionInline):
    model = Speaker
    verbose_name_plural = "liste des intervenants"
    extra = 0
    fieldsets = [(None, {"fields": [("position", "name", "role")]})]


class ResourceInline(WordedDeletionInline):
    model = Resource
    form = WordedForm
    verbose_name_plural = "liste des ressources"
    extra = 0
    fieldsets = [(None, {"fields": [("position", "title"), "url"]})]


class ReminderInline(WordedDeletionInline):
    model = Reminder
    extra = 0
    fieldsets = [(None, {"fields": ["hours_before", "text"]})]
