"""Publishing, closing, archiving: each a page that says what it will do, then does it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from sessions import publication
from sessions.admin.fields import MomentField
from sessions.admin.panel import cycle_url, linked
from sessions.exceptions import NotPublishable, TransitionRefused
from sessions.models import Cycle, Slot

if TYPE_CHECKING:
    from sessions.admin.cycles import CycleAdmin


@dataclass(frozen=True)
class Verb:
    """A change of state that only asks to be confirmed."""

    title: str
    explanation: str
    button: str
    done: str
    act: Callable[[Cycle, datetime], Cycle]


CLOSE = Verb(
    "Clore les inscriptions",
    "Le formulaire d’inscription sera fermé tout de suite. Les personnes déjà inscrites gardent "
    "leur place et leur lien. Vous pourrez rouvrir les inscriptions.",
    "Clore les inscriptions",
    "Les inscriptions sont closes.",
    lambda cycle, now: publication.close_registration(cycle, now=now),
)
ARCHIVE = Verb(
    "Archiver ce cycle",
    "Le cycle disparaîtra du site public. Rien n’est supprimé : les inscriptions et les listes "
    "restent ici, et vous pourrez le désarchiver.",
    "Archiver",
    "Le cycle est archivé.",
    lambda cycle, now: publication.archive(cycle),
)
UNARCHIVE = Verb(
    "Désarchiver ce cycle",
    "Le cycle sera de nouveau visible sur le site public.",
    "Désarchiver",
    "Le cycle est de nouveau sur le site.",
    lambda cycle, now: publication.unarchive(cycle),
)


def confirm_view(
    model_admin: "CycleAdmin", request: HttpRequest, object_id: str, verb: Verb
) -> HttpResponse:
    """Asks to confirm ``verb`` on GET, does it on POST."""
    cycle = model_admin.get_cycle(request, object_id, "change")
    if request.method == "POST":
        try:
            verb.act(cycle, timezone.now())
        except TransitionRefused as refusal:
            messages.error(request, str(refusal))
        else:
            _record(model_admin, request, cycle, verb.done)
        return redirect(cycle_url("change", cycle))
    return TemplateResponse(
        request,
        "admin/training/cycle/confirm.html",
        model_admin.page_context(request, cycle, verb.title, verb=verb),
    )


def publish_view(model_admin: "CycleAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Says what the cycle lacks, and publishes it when nothing forbids it."""
    cycle = model_admin.get_cycle(request, object_id, "change")
    now = timezone.now()
    if request.method == "POST":
        try:
            publication.publish(cycle, now=now)
        except (NotPublishable, TransitionRefused) as refusal:
            messages.error(request, str(refusal))
        else:
            _record(model_admin, request, cycle, "Le cycle est publié.")
            return redirect(cycle_url("change", cycle))
    found = publication.problems(cycle, now)
    return TemplateResponse(
        request,
        "admin/training/cycle/publish.html",
        model_admin.page_context(
            request,
            cycle,
            "Publier ce cycle",
            problems=linked(found, cycle),
            can_publish=not any(problem.is_error for problem in found),
        ),
    )


class ReopenForm(forms.Form):
    until = MomentField(
        label="Nouvelle clôture des inscriptions",
        required=False,
        help_text="Vide : au début de la première séance.",
    )


def reopen_view(model_admin: "CycleAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Asks until when, and opens registration again."""
    cycle = model_admin.get_cycle(request, object_id, "change")
    now = timezone.now()
    coming = Slot.objects.of_cycle(cycle).kept().filter(starts_at__gt=now).order_by("starts_at")
    next_slot = coming.first()
    form = ReopenForm(
        request.POST or None, initial={"until": next_slot.starts_at if next_slot else None}
    )
    if form.is_valid():
        try:
            publication.reopen_registration(cycle, until=form.cleaned_data["until"], now=now)
        except TransitionRefused as refusal:
            form.add_error("until", str(refusal))
        else:
            _record(model_admin, request, cycle, "Les inscriptions sont rouvertes.")
            return redirect(cycle_url("change", cycle))
    return TemplateResponse(
        request,
        "admin/training/cycle/reopen.html",
        model_admin.page_context(request, cycle, "Rouvrir les inscriptions", form=form),
    )


def _record(model_admin: "CycleAdmin", request: HttpRequest, cycle: Cycle, sentence: str) -> None:
    """Tells the person now, and the history of the cycle for later."""
    model_admin.log_change(request, cycle, sentence)
    messages.success(request, sentence)
