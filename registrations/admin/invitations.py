"""Invitations of a cycle: links that open a private cycle or keep places, and who came by them.

The link is a secret: it is on the page of its invitation, for those who may change it, and nowhere
else.
"""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from registrations import services
from registrations.links import invitation_page
from registrations.models import Invitation
from registrations.models.invitations import InvitationQuerySet
from registrations.states import ACTIVE
from sessions.admin.fields import MomentField
from sessions.admin.widgets import MomentInput
from sessions.cleaning import check_line
from sessions.models import Cycle, Profile, Territory
from sessions.typography import count, moment

LIST = "admin:registrations_invitation_changelist"


class InvitationForm(forms.ModelForm):
    """An invitation of ``cycle``, which the admin sets on the class that it makes each time."""

    cycle: Cycle

    profile = forms.ModelChoiceField(
        Profile.objects.none(),
        label="Réservée au profil",
        required=False,
        empty_label="Tous les profils",
        error_messages={"invalid_choice": "Choisissez un profil de ce cycle."},
    )
    territory = forms.ModelChoiceField(
        Territory.objects.none(),
        label="Réservée au territoire",
        required=False,
        empty_label="Tous les territoires",
        error_messages={"invalid_choice": "Choisissez un territoire de la liste."},
    )

    # The admin says which model and fields.
    class Meta:
        labels = {"is_active": "Ouverte"}
        help_texts = {
            "expires_at": "Vide\u00a0: jusqu’à la clôture des inscriptions.",
            "is_active": "Décochez pour fermer l’invitation\u00a0: son lien n’ouvre plus rien, et "
            "les places qu’elle gardait vont à la liste d’attente.",
        }
        error_messages = {
            "label": {"required": "Donnez un nom à l’invitation."},
            "n_places": {"required": "Indiquez un nombre de places, 0 pour n’en garder aucune."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.cycle = self.cycle
        choices: dict[str, Any] = {
            "profile": Profile.objects.filter(group__cycle=self.cycle),
            # One that is not offered any more stays where it was chosen.
            "territory": Territory.objects.filter(
                Q(is_active=True) | Q(pk=self.instance.territory_id)
            ),
        }
        for name, queryset in choices.items():
            # Absent for an account that may only look.
            if name in self.fields:
                field: Any = self.fields[name]
                field.queryset = queryset

    def clean_label(self) -> str:
        check_line(self.cleaned_data["label"])
        return self.cleaned_data["label"]

    def clean_expires_at(self) -> datetime | None:
        expires_at: datetime | None = self.cleaned_data["expires_at"]
        if expires_at and "expires_at" in self.changed_data and expires_at <= timezone.now():
            raise ValidationError(
                "Choisissez une date à venir. "
                "Pour fermer l’invitation, décochez «\u00a0Ouverte\u00a0»."
            )
        return expires_at


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    form = InvitationForm
    view_on_site = False
    list_display = ["label", "cycle", "profile", "territory", "registered", "left", "state"]
    list_filter = [("cycle", admin.RelatedOnlyFieldListFilter)]
    ordering = ["label", "pk"]
    search_fields = ["label"]
    show_full_result_count = False
    fields = ("label", "profile", "territory", "n_places", "expires_at", "is_active")
    formfield_overrides = {models.DateTimeField: {"form_class": MomentField, "widget": MomentInput}}
    change_list_template = "admin/registrations/invitation/change_list.html"
    change_form_template = "admin/registrations/invitation/change_form.html"

    def get_queryset(self, request: HttpRequest) -> InvitationQuerySet:
        registered = Q(registrations__status__in=ACTIVE)
        return (
            Invitation.objects.counted()
            .annotate(n_registered=Count("registrations", filter=registered, distinct=True))
            .select_related("profile", "territory")
            # Each cycle once, not its long texts with each of its invitations.
            .prefetch_related("cycle")
        )

    def has_delete_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        """Closed instead: someone may have the link, or came by it. A draft goes with its own."""
        return False

    def get_list_display(self, request: HttpRequest) -> list:
        """Without the cycle once the list is of one cycle."""
        is_of_one = "cycle__id__exact" in request.GET
        return [name for name in self.list_display if not (is_of_one and name == "cycle")]

    def get_form(
        self,
        request: HttpRequest,
        obj: Invitation | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[forms.ModelForm]:
        form = cast(type[InvitationForm], super().get_form(request, obj, change, **kwargs))
        form.cycle = obj.cycle if obj else self._cycle(request)
        return form

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        context: dict[str, Any] = {
            "title": "Invitations",
            "add_url": reverse("admin:registrations_invitation_add"),
        }
        cycle = _cycle_numbered(request.GET.get("cycle__id__exact", ""))
        if cycle is not None:
            context |= {"add_url": f"{context['add_url']}?cycle={cycle.pk}", "cycle": cycle}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def add_view(self, request: HttpRequest, form_url="", extra_context=None) -> HttpResponse:
        """To which cycle, which is then in the address; it stays that one's for good."""
        if "cycle" in request.GET or not self.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Nouvelle invitation",
            "cycles": Cycle.objects.order_by("title", "pk"),
        }
        return TemplateResponse(request, "admin/registrations/invitation/cycles.html", context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        cycle = context["adminform"].form.cycle
        context |= {
            "title": "Invitation" if obj else "Nouvelle invitation",
            "cycle": cycle,
            "list_url": _list_url(cycle.pk),
        }
        context["show_save_and_add_another"] = False
        if obj:
            people = reverse("admin:registrations_registration_changelist")
            context |= {
                "state": self.state(obj),
                "is_open": obj.is_open(timezone.now()),
                "people_url": f"{people}?invitation__id__exact={obj.pk}",
                "link": invitation_page(obj) if self.has_change_permission(request, obj) else "",
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request: HttpRequest, obj: Invitation, form, change: bool) -> None:
        served = services.save_invitation(obj, now=timezone.now())
        if served:
            words = ("personne de la liste d’attente a", "personnes de la liste d’attente ont")
            messages.info(
                request,
                f"{count(len(served), *words)} reçu une place ou une proposition de place.",
            )

    def response_add(self, request, obj: Invitation, post_url_continue=None) -> HttpResponse:
        """The page that comes next has the link."""
        messages.success(request, "L’invitation est prête\u00a0: copiez son lien, ci-dessous.")
        return HttpResponseRedirect(reverse("admin:registrations_invitation_change", args=[obj.pk]))

    def response_post_save_change(
        self, request: HttpRequest, obj: Invitation
    ) -> HttpResponseRedirect:
        return HttpResponseRedirect(_list_url(obj.cycle_id))

    def _cycle(self, request: HttpRequest) -> Cycle:
        """The cycle that the address of a new invitation names. Raises Http404."""
        cycle = _cycle_numbered(request.GET.get("cycle", ""))
        if cycle is None:
            raise Http404
        return cycle

    @admin.display(description="personnes inscrites", ordering="n_registered")
    def registered(self, invitation: Any) -> int:
        return invitation.n_registered

    @admin.display(description="places gardées qui restent")
    def left(self, invitation: Invitation) -> str:
        if not invitation.n_places or not invitation.is_open(timezone.now()):
            return "aucune"
        return f"{invitation.n_left} sur {invitation.n_places}"

    @admin.display(description="état")
    def state(self, invitation: Invitation) -> str:
        if not invitation.is_active:
            return "Fermée"
        if invitation.expires_at is None:
            return "Ouverte"
        if invitation.is_open(timezone.now()):
            return f"Ouverte jusqu’au {moment(invitation.expires_at)}"
        return f"Expirée depuis le {moment(invitation.expires_at)}"


def _cycle_numbered(pk: str) -> Cycle | None:
    """From an address, where anything may stand."""
    is_likely = pk.isdecimal() and len(pk) < 10
    return Cycle.objects.filter(pk=int(pk)).first() if is_likely else None


def _list_url(cycle_pk: int) -> str:
    return f"{reverse(LIST)}?cycle__id__exact={cycle_pk}"
