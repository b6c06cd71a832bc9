from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from registrations.exports.destructions import export_register
from registrations.exports.responses import FileFormat
from registrations.models import Destruction


@admin.register(Destruction)
class DestructionAdmin(admin.ModelAdmin):
    """The register of what was destroyed, to read and to take to the archives; nobody writes it."""

    list_display = ("at", "data", "fate", "n", "cycle_title", "ground", "cause")
    list_filter = ("cause", "fate", ("cycle", admin.RelatedOnlyFieldListFilter))
    date_hierarchy = "at"
    show_full_result_count = False
    actions = ("export_csv", "export_ods", "export_xlsx")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Destruction | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Destruction | None = None) -> bool:
        return False

    @admin.action(description="Télécharger en CSV", permissions=["view"])
    def export_csv(self, request: HttpRequest, lines: QuerySet[Destruction]) -> HttpResponseBase:
        return export_register(lines, FileFormat.CSV, now=timezone.now())

    @admin.action(description="Télécharger en ODS", permissions=["view"])
    def export_ods(self, request: HttpRequest, lines: QuerySet[Destruction]) -> HttpResponseBase:
        return export_register(lines, FileFormat.ODS, now=timezone.now())

    @admin.action(description="Télécharger en XLSX", permissions=["view"])
    def export_xlsx(self, request: HttpRequest, lines: QuerySet[Destruction]) -> HttpResponseBase:
        return export_register(lines, FileFormat.XLSX, now=timezone.now())
