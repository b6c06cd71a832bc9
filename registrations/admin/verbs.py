"""What the team does to a registration: each verb is a page that says what it does, then does it.

The services decide; their refusals are told in their own words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from registrations import services
from registrations.accounts import account_of
from registrations.exceptions import Refusal
from registrations.fields import EmailAddressField, FreeTextField
from registrations.models import Registration
from registrations.states import ACTIVE, Status

if TYPE_CHECKING:
    from registrations.admin.registrations import RegistrationAdmin


class ReasonForm(forms.Form):
    reason = FreeTextField(
        label="Motif",
        help_text="Envoyé à la personne, tel quel.",
        error_messages={"required": "Donnez le motif\u00a0: il est envoyé à la personne."},
    )


class PromotionForm(forms.Form):
    over_capacity = forms.BooleanField(
        label="Même si une de ses séances est complète",
        required=False,
        help_text="La séance aura alors une place de plus que prévu\u00a0; "
        "le journal le retiendra.",
    )


class AddressForm(forms.Form):
    email = EmailAddressField(
        label="Adresse électronique", widget=forms.EmailInput(attrs={"class": "vTextField"})
    )


@dataclass(frozen=True)
class Verb:
    name: str
    address: str
    title: str
    explanation: str
    done: str
    # In which states it is offered; the service has the last word.
    statuses: tuple[Status, ...]
    # Takes the registration, what the form says, and now and by for the service.
    act: Callable[[Registration, dict[str, Any], datetime, User], object]
    form_class: type[forms.Form] = forms.Form

    def url(self, registration: Registration) -> str:
        return reverse(f"admin:registrations_registration_{self.name}", args=[registration.pk])


VERBS = (
    Verb(
        "accept",
        "accepter",
        "Accepter la demande",
        "L’inscription sera confirmée s’il reste une place dans chacune de ses séances, sinon elle "
        "ira sur liste d’attente. Un courriel le dira à la personne.",
        "La demande est acceptée.",
        (Status.PENDING,),
        lambda registration, _, now, by: services.accept(registration, now=now, by=by),
    ),
    Verb(
        "refuse",
        "refuser",
        "Refuser la demande",
        "La personne recevra un courriel avec le motif.",
        "La demande est refusée.",
        (Status.PENDING, Status.WAITLISTED),
        lambda registration, given, now, by: services.refuse(
            registration, given["reason"], now=now, by=by
        ),
        ReasonForm,
    ),
    Verb(
        "promote",
        "attribuer-une-place",
        "Attribuer une place",
        "La personne aura une place dans chacune de ses séances, avant celles qui attendent depuis "
        "plus longtemps. Un courriel lui donnera ses liens et son agenda.",
        "La place est attribuée.",
        (Status.WAITLISTED, Status.REFUSED),
        lambda registration, given, now, by: services.promote(
            registration, now=now, by=by, over_capacity=given["over_capacity"]
        ),
        PromotionForm,
    ),
    Verb(
        "resend",
        "renvoyer-le-lien",
        "Renvoyer le lien",
        "Le courriel d’inscription, avec le lien personnel et l’agenda, sera envoyé de nouveau, "
        "tel que les choses sont maintenant.",
        "Le courriel part dans un instant.",
        ACTIVE,
        lambda registration, _given, _now, _by: services.send_link_again(registration),
    ),
    Verb(
        "correct_address",
        "corriger-l-adresse",
        "Corriger l’adresse",
        "Le courriel d’inscription sera envoyé à la nouvelle adresse avec un nouveau lien "
        "personnel, et les courriels suivants aussi. Le lien envoyé à l’adresse d’avant n’ouvrira "
        "plus rien. Si l’adresse est la bonne (boîte qui était pleine, par exemple), laissez-la "
        "telle quelle\u00a0: le courriel sera seulement renvoyé, avec le même lien.",
        "L’adresse est enregistrée, et le courriel d’inscription part dans un instant.",
        ACTIVE,
        lambda registration, given, now, by: services.correct_address(
            registration, given["email"], now=now, by=by
        ),
        AddressForm,
    ),
    Verb(
        "cancel",
        "annuler",
        "Annuler l’inscription",
        "Ses places seront libérées et iront aux premières personnes de la liste d’attente qui "
        "peuvent les prendre. Un courriel le dira à la personne et retirera les séances de son "
        "agenda. Vous pourrez rétablir l’inscription.",
        "L’inscription est annulée.",
        ACTIVE,
        lambda registration, _, now, by: services.cancel(registration, now=now, by=by),
    ),
    Verb(
        "restore",
        "retablir",
        "Rétablir l’inscription",
        "L’inscription sera confirmée s’il reste une place dans chacune de ses séances, sinon elle "
        "ira en fin de liste d’attente. Un courriel le dira à la personne.",
        "L’inscription est rétablie.",
        (Status.CANCELLED,),
        lambda registration, _, now, by: services.restore(registration, now=now, by=by),
    ),
)


def verb_view(
    model_admin: "RegistrationAdmin", request: HttpRequest, pk: int, verb: Verb
) -> HttpResponse:
    """Asks to confirm ``verb`` on GET, does it on POST."""
    registration = model_admin.get_registration(request, pk)
    form = verb.form_class(
        request.POST if request.method == "POST" else None,
        initial={"email": registration.email},
    )
    if form.is_valid():
        try:
            verb.act(registration, form.cleaned_data, timezone.now(), account_of(request))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, verb.done)
        return redirect("admin:registrations_registration_change", registration.pk)
    return TemplateResponse(
        request,
        "admin/registrations/registration/confirm.html",
        model_admin.page_context(
            request, verb.title, registration=registration, verb=verb, form=form
        ),
    )
