"""The lists of a cycle as files, for the team."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from registrations.accounts import account_of
from registrations.admin.forms import ExportForm
from registrations.exports.attendees import export_roster
from sessions.models import Cycle

if TYPE_CHECKING:
    from registrations.admin.registrations import RegistrationAdmin


def export_view(
    model_admin: "RegistrationAdmin", request: HttpRequest, pk: int
) -> HttpResponseBase:
    """Asks which list and how on GET; POST hands over the file."""
    if not model_admin.has_export_permission(request):
        raise PermissionDenied
    cycle = get_object_or_404(Cycle, pk=pk)
    form = ExportForm(
        request.POST if request.method == "POST" else None,
        cycle=cycle,
        may_read_needs=request.user.has_perm("registrations.view_access_needs"),
    )
    if form.is_valid():
        return export_roster(
            form.roster,
            form.cleaned_data["file_format"],
            by=account_of(request),
            now=timezone.now(),
            with_needs=form.cleaned_data.get("with_needs", False),
        )
    return TemplateResponse(
        request,
        "admin/registrations/registration/export.html",
        model_admin.page_context(request, "Exporter les inscrits", cycle=cycle, form=form),
    )
