"""Before an agenda is saved, what it will send; when it is, the people concerned are told."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from registrations.accounts import account_of
from registrations.services import Impact, announce, rehearse
from sessions.admin.agenda_form import AgendaForm
from sessions.admin.cycles import CycleAdmin
from sessions.agenda_changes import AgendaChanges, Change, SlotChange
from sessions.cleaning import check_text
from sessions.models import Cycle
from sessions.typography import count, day, hours

WORDS = {
    Change.CREATED: "nouvelle séance",
    Change.REMOVED: "séance retirée",
    Change.CANCELLED: "séance annulée",
    Change.MOVED: "date ou horaire",
    Change.LINK_ADDED: "lien donné",
    Change.LINK_CHANGED: "autre lien",
    Change.LINK_REMOVED: "lien retiré",
    Change.MODE_CHANGED: "mode",
    Change.PLACE_CHANGED: "lieu",
    Change.GROUPS_CHANGED: "groupes",
    Change.CAPACITY_CHANGED: "nombre de places",
}


class NoticeForm(forms.Form):
    """How people are told; posted along with the agenda that it is about."""

    sentence = forms.CharField(
        label="Votre message (facultatif)",
        max_length=1000,
        required=False,
        validators=[check_text],
        widget=forms.Textarea({"rows": 4, "cols": 80}),
        help_text="Il est placé en tête de chaque courriel.",
    )
    silently = forms.BooleanField(
        label="Ne prévenir personne",
        required=False,
        help_text="Pour une correction qui ne change rien pour les personnes inscrites.",
    )
    # Posted by the page that says what saving will send, and by no other.
    reviewed = forms.BooleanField(required=False, widget=forms.HiddenInput, initial=True)


class AnnouncedAgenda(CycleAdmin):
    """The admin of cycles, where what is saved in the agenda reaches the people registered."""

    def review_agenda(
        self, request: HttpRequest, cycle: Cycle, form: AgendaForm
    ) -> HttpResponse | None:
        """The page that says what saving would send; None when that is nothing, or was read."""
        is_read = "reviewed" in request.POST
        notice = NoticeForm(request.POST if is_read else None)
        if (is_read and notice.is_valid()) or not form.changes:
            return None
        impact = _rehearsed(request, cycle, form)
        if not is_read and impact == Impact():
            return None
        return TemplateResponse(
            request,
            "admin/registrations/agenda_review.html",
            self.page_context(
                request,
                cycle,
                "Enregistrer l’agenda",
                changes=[in_words(change) for change in form.changes.changes],
                impact=impact_in_words(impact),
                notice=notice,
                posted=_posted(request, notice),
            ),
        )

    def save_agenda(self, request: HttpRequest, cycle: Cycle, form: AgendaForm) -> AgendaChanges:
        """Saves the agenda, gives people their seats in it, and tells those concerned."""
        notice = NoticeForm(request.POST)
        notice.is_valid()
        with transaction.atomic():
            changes = super().save_agenda(request, cycle, form)
            impact = announce(
                cycle,
                changes,
                now=form.now,
                by=account_of(request),
                sentence=notice.cleaned_data.get("sentence", ""),
                notify=not notice.cleaned_data.get("silently"),
            )
        for sentence in impact_in_words(impact):
            messages.info(request, sentence)
        return changes


def in_words(change: SlotChange) -> str:
    """« Séance du mardi 6 avril 2021, 9h00 à 12h00 : date ou horaire, lieu »"""
    state = change.before or change.after
    if state is None:
        raise ValueError("a slot that neither was nor will be has not changed")
    kinds = ", ".join(WORDS[kind] for kind in Change if kind in change.kinds)
    return f"Séance du {day(state.starts_at)}, {hours(state.starts_at, state.ends_at)} : {kinds}"


def impact_in_words(impact: Impact) -> list[str]:
    """What an agenda sends, a sentence for each thing; nothing when nobody is concerned."""
    sentences = []
    if impact.n_mails:
        parts = [
            count(impact.n_mails, "courriel", "courriels"),
            count(impact.n_calendars, "mise à jour d’agenda", "mises à jour d’agenda"),
        ]
        if impact.n_waiting:
            waiting = ("personne en liste d’attente", "personnes en liste d’attente")
            parts.append(count(impact.n_waiting, *waiting))
        sentences.append(f"{', '.join(parts)}.")
    if impact.n_promoted:
        who = count(
            impact.n_promoted,
            "personne de la liste d’attente reçoit",
            "personnes de la liste d’attente reçoivent",
        )
        sentences.append(f"{who} une place ou une proposition de place.")
    for room in impact.overbooked:
        slot = room.slot
        sentences.append(
            f"Séance du {day(slot.starts_at)}, {hours(slot.starts_at, slot.ends_at)} : "
            f"{count(room.n_taken, 'place prise', 'places prises')} pour {slot.capacity}. "
            "Personne n’est retiré."
        )
    return sentences


def _rehearsed(request: HttpRequest, cycle: Cycle, form: AgendaForm) -> Impact:
    """What saving would send. Read anew, since what is rehearsed leaves its marks on a form."""
    rehearsal = AgendaForm(cycle, request.POST, now=form.now)
    if not rehearsal.is_valid():
        return Impact()
    return rehearse(lambda: announce(cycle, rehearsal.save(), now=form.now, by=account_of(request)))


def _posted(request: HttpRequest, notice: NoticeForm) -> list[tuple[str, str]]:
    """The agenda as it was typed, for the page that reviews it to post again."""
    others = {"csrfmiddlewaretoken", "_save", *notice.fields}
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in others
        for value in values
    ]
