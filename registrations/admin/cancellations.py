"""« Annuler le cycle »: says whom it will tell, then cancels what is to come and tells them."""

from datetime import datetime
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from registrations import services
from registrations.accounts import account_of
from registrations.admin.agenda import NoticeForm, impact_in_words
from sessions.admin.panel import cycle_url
from sessions.models import Cycle, Slot

if TYPE_CHECKING:
    from registrations.admin.cycles import CycleAdmin

CANCELLED = "Le cycle est annulé."


class CancellationForm(forms.Form):
    sentence = NoticeForm.base_fields["sentence"]


def can_cancel(cycle: Cycle, now: datetime) -> bool:
    """Whether there is something to come, that people know of. Needs ``with_dates()``."""
    return cycle.is_published and cycle.ends_at is not None and cycle.ends_at > now


def cancel_view(model_admin: "CycleAdmin", request: HttpRequest, object_id: int) -> HttpResponse:
    """Asks to confirm, with what it would send, on GET; POST does it."""
    cycle = model_admin.get_cycle(request, str(object_id), "change")
    if not request.user.has_perm("registrations.change_registration"):
        raise PermissionDenied
    now, by = timezone.now(), account_of(request)
    if not can_cancel(cycle, now):
        messages.error(request, "Ce cycle n’a aucune séance à venir à annuler.")
        return redirect(cycle_url("change", cycle))
    form = CancellationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        sentence = form.cleaned_data["sentence"]
        impact = services.cancel_cycle(cycle, now=now, by=by, sentence=sentence)
        model_admin.log_change(request, cycle, CANCELLED)
        messages.success(request, " ".join([CANCELLED, *impact_in_words(impact)]))
        return redirect(cycle_url("change", cycle))
    rehearsed = services.rehearse(lambda: services.cancel_cycle(cycle, now=now, by=by))
    context = {
        "form": form,
        "slots": Slot.objects.of_cycle(cycle).kept().filter(ends_at__gt=now).in_order(),
        "impact": impact_in_words(rehearsed),
    }
    context = model_admin.page_context(request, cycle, "Annuler le cycle", **context)
    return TemplateResponse(request, "admin/registrations/cancel_cycle.html", context)
