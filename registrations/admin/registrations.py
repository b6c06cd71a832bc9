from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone

from registrations import services
from registrations.accounts import account_of
from registrations.admin.entries import cycles_view, register_view
from registrations.admin.exports import export_view
from registrations.admin.filters import GroupFilter, UnreachableFilter
from registrations.admin.forms import PersonAdminForm
from registrations.admin.moves import move_view
from registrations.admin.own_data import erase_view, hand_over_view
from registrations.admin.profiles import profile_view
from registrations.admin.verbs import VERBS, verb_view
from registrations.admin.waiting import waiting_view
from registrations.cleaning import format_phone
from registrations.exceptions import Refusal
from registrations.exports.attendees import export_selection
from registrations.exports.responses import FileFormat
from registrations.models import Registration
from registrations.models.registrations import RegistrationQuerySet
from registrations.reachability import Unreachable, why
from registrations.refusals import in_words
from registrations.services import EDITABLE
from sessions.alphabetical import Alphabetical

# Whom to telephone, and why.
UNREACHABLE_COLUMNS = ["name", "telephone", "unreachable_because", "email", "group", "cycle"]
# Shown when they say something: most people never wait, nor cancel.
MOMENTS = ("queued_at", "offer_expires_at", "confirmed_at", "cancelled_at")


@admin.register(Registration)
class RegistrationAdmin(admin.ModelAdmin):
    """Who is registered. Every change goes through a service."""

    form = PersonAdminForm
    list_display = ["name", "organisation", "telephone", "status", "group", "cycle", "created_at"]
    list_filter = [
        ("cycle", admin.RelatedOnlyFieldListFilter),
        GroupFilter,
        "status",
        UnreachableFilter,
        ("territories", admin.RelatedOnlyFieldListFilter),
    ]
    # From the page of an invitation.
    linked_lookups = ["invitation__id__exact"]
    ordering = [Alphabetical("last_name"), Alphabetical("first_name"), "pk"]
    search_fields = ["last_name", "first_name", "organisation", "email"]
    show_full_result_count = False
    filter_horizontal = ["territories"]
    readonly_fields = ["cycle", "group", "profile", "status", "email", "created_at", *MOMENTS]
    actions = ["export_xlsx", "export_csv", "export_ods"]
    change_list_template = "admin/registrations/registration/change_list.html"
    change_form_template = "admin/registrations/registration/change_form.html"

    def get_queryset(self, request: HttpRequest) -> RegistrationQuerySet:
        # Each cycle once, not its long texts with each of its people.
        return Registration.objects.select_related("profile__group").prefetch_related("cycle")

    def get_registration(self, request: HttpRequest, pk: int) -> Registration:
        """The registration of a page, for someone who may change registrations.

        Raises Http404 or PermissionDenied.
        """
        if not self.has_change_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request), pk=pk)

    def page_context(self, request: HttpRequest, title: str, **context: Any) -> dict[str, Any]:
        """What every page of ours gives to its template."""
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            **context,
        }

    def get_urls(self) -> list:
        wrap = self.admin_site.admin_view
        pages: dict[str, tuple[str, Callable]] = {
            "profile": ("<id:pk>/profil/", profile_view),
            "move": ("<id:pk>/seances/<id:session_pk>/", move_view),
            "waiting": ("cycles/<id:pk>/attente/", waiting_view),
            "register": ("cycles/<id:pk>/inscrire/", register_view),
            "export": ("cycles/<id:pk>/exporter/", export_view),
            "own_data": ("<id:pk>/donnees/", hand_over_view),
            "erase": ("<id:pk>/effacer/", erase_view),
            **{
                verb.name: (f"<id:pk>/{verb.address}/", partial(verb_view, verb=verb))
                for verb in VERBS
            },
        }
        return [
            path(address, wrap(partial(view, self)), name=f"registrations_registration_{name}")
            for name, (address, view) in pages.items()
        ] + super().get_urls()

    def get_list_display(self, request: HttpRequest) -> list:
        """Without the cycle once the list is of one; « Pas joignables » has its own columns."""
        names = UNREACHABLE_COLUMNS if _is_of_unreachable(request) else self.list_display
        is_of_one = "cycle__id__exact" in request.GET
        return [name for name in names if not (is_of_one and name == "cycle")]

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        title = "Pas joignables" if _is_of_unreachable(request) else "Inscriptions"
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def add_view(self, request: HttpRequest, form_url="", extra_context=None) -> HttpResponse:
        return cycles_view(self, request)

    def changeform_view(
        self, request: HttpRequest, object_id=None, form_url="", extra_context=None
    ) -> HttpResponse:
        # Its transaction is undone by then.
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)

    def save_model(self, request: HttpRequest, obj: Registration, form, change: bool) -> None:
        services.edit(
            obj,
            profile=obj.profile,
            person={name: getattr(obj, name) for name in EDITABLE},
            territories=form.cleaned_data["territories"],
            now=timezone.now(),
            by=account_of(request),
        )

    def save_related(self, request: HttpRequest, form, formsets, change: bool) -> None:
        """Nothing is left to save: the service did."""

    def log_change(self, request: HttpRequest, obj: Registration, message) -> LogEntry:
        """Without the name, which must not outlive the registration."""
        return LogEntry.objects.create(
            user=account_of(request),
            content_type=ContentType.objects.get_for_model(obj),
            object_id=str(obj.pk),
            object_repr=f"Inscription n°\u00a0{obj.pk}",
            action_flag=CHANGE,
            change_message=message,
        )

    def has_change_permission(self, request: HttpRequest, obj: Registration | None = None) -> bool:
        may_change = super().has_change_permission(request, obj)
        return may_change and (obj is None or obj.is_active)

    def has_delete_permission(self, request: HttpRequest, obj: Registration | None = None) -> bool:
        """Cancelled instead: the journal, the mails and the figures stay true. Or erased."""
        return False

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("registrations.coordinate")

    def get_fieldsets(self, request: HttpRequest, obj: Registration | None = None) -> list:
        wishes = ["expectations"]
        if request.user.has_perm("registrations.view_access_needs"):
            wishes.append("access_needs")
        moments = [name for name in MOMENTS if getattr(obj, name, None)]
        person = ["first_name", "last_name", "email", "phone"]
        return [
            (
                "Inscription",
                {"fields": ["cycle", "profile", "group", "status", "created_at", *moments]},
            ),
            (
                "Personne",
                {"fields": [*person, "organisation", "organisation_kind", "job_title"]},
            ),
            ("Territoires d’intervention", {"fields": ["territories"]}),
            ("Attentes et besoins", {"fields": wishes}),
        ]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context |= {
            "title": "Inscription",
            "verbs": [(verb.title, verb.url(obj)) for verb in VERBS if obj.status in verb.statuses],
            "may_act": self.has_change_permission(request),
            "refusal": in_words(obj.address_failure) if obj.address_failed_at else "",
            "seats": list(obj.seats.select_related("session", "slot")),
            "events": list(obj.events.select_related("by")),
            "sent": list(obj.messages.defer("text_body", "html_body", "calendars")),
            "show_save_and_add_another": False,
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.action(description="Exporter en XLSX", permissions=["export"])
    def export_xlsx(self, request: HttpRequest, queryset: RegistrationQuerySet):
        return self._export(request, queryset, FileFormat.XLSX)

    @admin.action(description="Exporter en CSV", permissions=["export"])
    def export_csv(self, request: HttpRequest, queryset: RegistrationQuerySet):
        return self._export(request, queryset, FileFormat.CSV)

    @admin.action(description="Exporter en ODS", permissions=["export"])
    def export_ods(self, request: HttpRequest, queryset: RegistrationQuerySet):
        return self._export(request, queryset, FileFormat.ODS)

    def _export(
        self, request: HttpRequest, queryset: RegistrationQuerySet, file_format: FileFormat
    ) -> HttpResponseBase | None:
        try:
            return export_selection(
                queryset, file_format, by=account_of(request), now=timezone.now()
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return None

    @admin.display(description="nom", ordering=Alphabetical("last_name"))
    def name(self, registration: Registration) -> str:
        return f"{registration.last_name} {registration.first_name}"

    @admin.display(description="téléphone")
    def telephone(self, registration: Registration) -> str:
        return format_phone(registration.phone)

    @admin.display(description="ce qui se passe")
    def unreachable_because(self, registration: Unreachable) -> str:
        return why(registration)

    @admin.display(description="groupe", ordering="profile__group__position")
    def group(self, registration: Registration) -> str:
        return registration.group.name


def _is_of_unreachable(request: HttpRequest) -> bool:
    return request.GET.get(UnreachableFilter.parameter_name) == "yes"
