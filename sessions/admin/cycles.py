"""Everything about a cycle: its page, its agenda, its life, its copies."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from sessions.admin import lifecycle
from sessions.admin.agenda import agenda_view, summary
from sessions.admin.agenda_form import AgendaForm
from sessions.admin.copies import duplicate_view
from sessions.admin.fields import MomentField
from sessions.admin.forms import CycleForm
from sessions.admin.inlines import (
    GroupInline,
    PhaseInline,
    ReminderInline,
    ResourceInline,
    SessionInline,
    SpeakerInline,
)
from sessions.admin.panel import Action, actions, panel, state_in_words
from sessions.admin.preview import preview_view
from sessions.admin.widgets import MomentInput, RichTextWidget
from sessions.agenda_changes import AgendaChanges
from sessions.models import Cycle
from sessions.models.reminders import add_default_reminders
from sessions.rich_text import RichTextField
from sessions.typography import short_day

ESSENTIAL = [(None, {"fields": ["title", "subtitle", "slug"]})]
# In the order of the programme.
SECTIONS = [
    ("Contexte", {"fields": ["context"]}),
    ("Publics visés", {"fields": ["audiences_text"]}),
    ("Objectifs", {"fields": ["aim", "objectives"]}),
    ("Intervenants", {"fields": ["speakers_note"]}),
    ("Programme", {"fields": ["programme_intro"]}),
    (
        "Inscription et connexion",
        {
            "fields": [
                "registration_opens_at",
                "registration_closes_at",
                "is_private",
                "requires_validation",
                "verifies_addresses",
                "offer_hours",
                "registration_note",
            ]
        },
    ),
    ("Ressources", {"fields": ["resources_note"]}),
    (
        "Renseignements et contact",
        {
            "fields": [
                "contact_name",
                "contact_role",
                "contact_email",
                ("contact_phone", "contact_mobile"),
            ]
        },
    ),
    (
        "Informations pratiques",
        {
            "fields": [
                "prerequisites",
                "evaluation",
                "access_delay",
                "price",
                "accessibility_note",
            ],
            "description": "Chaque information laissée vide est cachée sur le site.",
        },
    ),
]
# Which lists come after which part, so that the page reads as the programme does.
LISTS_AFTER = {
    "Publics visés": ["groups"],
    "Programme": ["phases", "training_sessions"],
    "Intervenants": ["speakers"],
    "Inscription et connexion": ["reminders"],
    "Ressources": ["resources"],
}


@admin.register(Cycle)
class CycleAdmin(admin.ModelAdmin):
    """The cycle's pages. ``registrations`` registers a subclass that tells people of changes."""

    form = CycleForm
    view_on_site = False  # the head of the page leads there
    list_display = ["title", "state", "days"]
    list_filter = ["publication"]
    readonly_fields = ["address"]
    search_fields = ["title", "subtitle", "slug"]
    change_form_template = "admin/training/cycle/change_form.html"
    inlines = [
        GroupInline,
        PhaseInline,
        SessionInline,
        SpeakerInline,
        ReminderInline,
        ResourceInline,
    ]
    formfield_overrides = {
        RichTextField: {"widget": RichTextWidget},
        models.DateTimeField: {"form_class": MomentField, "widget": MomentInput},
    }

    def review_agenda(
        self, request: HttpRequest, cycle: Cycle, form: AgendaForm
    ) -> HttpResponse | None:
        """A page to show before a valid agenda is saved, or None to save it.

        ``form.changes`` is what saving would change.
        """
        return None

    def save_agenda(self, request: HttpRequest, cycle: Cycle, form: AgendaForm) -> AgendaChanges:
        """Saves a valid agenda and returns what changed.

        The place to tell the people registered: extend it, in one transaction with the saving.
        """
        changes = form.save()
        if changes:
            self.log_change(request, cycle, summary(changes))
        return changes

    def get_cycle_actions(self, request: HttpRequest, cycle: Cycle, now: datetime) -> list[Action]:
        """The buttons of the head of the cycle's page; extend it to offer more."""
        return actions(
            cycle,
            now,
            can_change=self.has_change_permission(request, cycle),
            can_duplicate=self.has_add_permission(request),
        )

    def get_queryset(self, request: HttpRequest):
        return Cycle.objects.with_dates()

    def get_cycle(self, request: HttpRequest, object_id: str, right: str) -> Cycle:
        """The cycle of a page, with its dates, for someone who has this right on it.

        ``right`` is "view", "add" or "change". Raises Http404 or PermissionDenied.
        """
        cycle = self.get_object(request, object_id)
        if cycle is None:
            raise Http404("Ce cycle n’existe pas.")
        has_right = {
            "view": lambda: self.has_view_permission(request, cycle),
            "add": lambda: self.has_add_permission(request),
            "change": lambda: self.has_change_permission(request, cycle),
        }
        if not has_right[right]():
            raise PermissionDenied
        return cycle

    def page_context(
        self, request: HttpRequest, cycle: Cycle, title: str, **context: Any
    ) -> dict[str, Any]:
        """What every page of a cycle gives to its template."""
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "cycle": cycle,
            "title": title,
            **context,
        }

    def get_urls(self) -> list:
        pages: dict[str, tuple[str, Callable]] = {
            "agenda": ("agenda", agenda_view),
            "preview": ("apercu", preview_view),
            "publish": ("publier", lifecycle.publish_view),
            "close": ("clore", partial(lifecycle.confirm_view, verb=lifecycle.CLOSE)),
            "reopen": ("rouvrir", lifecycle.reopen_view),
            "archive": ("archiver", partial(lifecycle.confirm_view, verb=lifecycle.ARCHIVE)),
            "unarchive": ("desarchiver", partial(lifecycle.confirm_view, verb=lifecycle.UNARCHIVE)),
            "duplicate": ("dupliquer", duplicate_view),
        }
        return [
            path(
                f"<int:object_id>/{address}/",
                self.admin_site.admin_view(partial(view, self)),
                name=f"training_cycle_{name}",
            )
            for name, (address, view) in pages.items()
        ] + super().get_urls()

    def get_fieldsets(self, request: HttpRequest, obj: Cycle | None = None) -> list:
        if obj is None:
            return ESSENTIAL
        title = ["title", "subtitle", "slug" if obj.is_draft else "address"]
        return [("Titre", {"fields": title}), *SECTIONS]

    def get_inlines(self, request: HttpRequest, obj: Cycle | None = None) -> list:
        return self.inlines if obj else []

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Cycle | None = None
    ) -> dict[str, Sequence[str]]:
        return {} if obj else {"slug": ["title"]}

    def has_delete_permission(self, request: HttpRequest, obj: Cycle | None = None) -> bool:
        """A cycle that was public is archived, with those who registered for it."""
        may_delete = super().has_delete_permission(request, obj)
        return may_delete and (obj is None or obj.is_draft)

    def get_deleted_objects(self, objs, request: HttpRequest):
        """Whoever may delete a draft may delete what it is made of, whose pages delete nothing."""
        deleted, counts, _, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, set(), protected

    def get_actions(self, request: HttpRequest) -> dict:
        # Deleting is for one draft at a time, from its own page.
        found = super().get_actions(request)
        found.pop("delete_selected", None)
        return found

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            now = timezone.now()
            lists = {each.formset.prefix: each for each in context["inline_admin_formsets"]}
            context |= {
                "parts": [
                    # A list is absent for an account that has no right on it.
                    (
                        part,
                        [lists[name] for name in LISTS_AFTER.get(part.name, []) if name in lists],
                    )
                    for part in context["adminform"]
                ],
                "panel": panel(obj, now),
                "actions": self.get_cycle_actions(request, obj, now),
            }
        context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request: HttpRequest, obj: Cycle, form, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            add_default_reminders(obj)

    def response_add(self, request, obj: Cycle, post_url_continue=None) -> HttpResponse:
        """The rest of the programme is written on the page that comes next."""
        request.POST = request.POST.copy()
        request.POST["_continue"] = "1"
        return super().response_add(request, obj, post_url_continue)

    @admin.display(description="adresse de la page")
    def address(self, cycle: Cycle) -> str:
        """It stays once the page was public: links to it are in mails and documents."""
        return cycle.get_absolute_url()

    @admin.display(description="état")
    def state(self, cycle: Cycle) -> str:
        return state_in_words(cycle, timezone.now())

    @admin.display(description="dates", ordering="starts_at")
    def days(self, cycle: Cycle) -> str:
        if cycle.starts_at is None or cycle.ends_at is None:
            return "à fixer"
        first, last = short_day(cycle.starts_at), short_day(cycle.ends_at)
        return first if first == last else f"{first} au {last}"
