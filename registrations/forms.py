"""The public form of registration, and the same again when people correct what they wrote."""

import uuid
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property

from registrations.cleaning import email_key
from registrations.fields import EmailAddressField, FreeTextField, LineField, NameField, PhoneField
from registrations.humans import StrangerForm
from registrations.models import Invitation, Registration
from registrations.models.registrations import OrganisationKind
from registrations.openings import counted_agenda
from registrations.services import EDITABLE, Application
from sessions.agenda import Agenda
from sessions.models import Cycle, Profile, Territory
from sessions.models.territories import TerritoryQuerySet

TERRITORY_GROUPS = (
    ("Territoires en contrat de ville", lambda t: t.has_city_contract and not t.is_whole_level),
    ("Autres intercommunalités", lambda t: not t.has_city_contract and not t.is_whole_level),
    ("Tout un département ou la région", lambda t: t.is_whole_level),
)


class PersonForm(forms.Form):
    """Who someone is and which group they follow.

    Two queries to know what may be chosen. The page that shows the form asks for more: ``agenda``,
    whose dates stand by the profiles, and ``full_group_pks``, the groups where one can only wait.
    """

    full_group_pks: frozenset[int] = frozenset()

    profile = forms.TypedChoiceField(
        label="Vous êtes",
        widget=forms.RadioSelect,
        help_text="Votre réponse décide de votre groupe, donc de vos dates.",
        error_messages={
            "required": "Choisissez ce qui vous correspond, pour connaître votre groupe.",
            "invalid_choice": "Choisissez ce qui vous correspond dans la liste.",
        },
    )
    first_name = NameField(label="Prénom", error_messages={"required": "Saisissez votre prénom."})
    last_name = NameField(label="Nom", error_messages={"required": "Saisissez votre nom."})
    phone = PhoneField(
        label="Téléphone (facultatif)",
        required=False,
        help_text="Utile si la connexion échoue le jour même.",
    )
    organisation = LineField(
        label="Structure",
        max_length=200,
        error_messages={"required": "Saisissez le nom de votre structure."},
    )
    organisation_kind = forms.ChoiceField(
        label="Type de structure",
        choices=[("", "Choisissez dans la liste"), *OrganisationKind.choices],
        error_messages={
            "required": "Choisissez un type de structure.",
            "invalid_choice": "Choisissez un type de structure dans la liste.",
        },
    )
    job_title = LineField(
        label="Fonction", max_length=150, error_messages={"required": "Saisissez votre fonction."}
    )
    territories = forms.TypedMultipleChoiceField(
        label="Territoire d’intervention",
        widget=forms.CheckboxSelectMultiple,
        help_text="Vous pouvez en choisir plusieurs.",
        error_messages={
            "required": "Choisissez au moins un territoire.",
            "invalid_choice": "Choisissez vos territoires dans la liste.",
            "invalid_list": "Choisissez vos territoires dans la liste.",
        },
    )
    expectations = FreeTextField(
        label="Attentes (facultatif)",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="1\u00a0000\u00a0caractères au maximum. "
        "N’indiquez aucune information sur une personne.",
    )
    access_needs = FreeTextField(
        label="Besoins d’accessibilité (facultatif)",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Sous-titrage, interprétation en langue des signes, documents adaptés… Décrivez "
        "l’aménagement souhaité, sans préciser votre état de santé.",
    )

    autocomplete = {
        "first_name": "given-name",
        "last_name": "family-name",
        "email": "email",
        "phone": "tel",
        "organisation": "organization",
        "job_title": "organization-title",
    }

    def __init__(
        self,
        data: Any = None,
        *,
        cycle: Cycle,
        territories: TerritoryQuerySet | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.cycle = cycle
        self._offer_profiles()
        self._offer_territories(Territory.objects.active() if territories is None else territories)
        for name, value in self.autocomplete.items():
            if name in self.fields:
                self.fields[name].widget.attrs["autocomplete"] = value

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        # The page opens the form, so that the notice and the buttons stand where they are read.
        helper.form_tag = False
        helper.layout = Layout(
            Field("profile", template="registrations/_profile_field.html"),
            Fieldset("Vous", *self.identity_fields),
            Fieldset("Votre structure", "organisation", "organisation_kind", "job_title"),
            Field("territories", template="registrations/_territories_field.html"),
            Fieldset("Vos attentes (facultatif)", "expectations", "access_needs"),
        )
        return helper

    identity_fields: tuple[str, ...] = ("first_name", "last_name", "phone")

    @property
    def person(self) -> dict[str, Any]:
        """What the services call a person: the cleaned fields of EDITABLE."""
        return {name: self.cleaned_data[name] for name in EDITABLE}

    @cached_property
    def agenda(self) -> Agenda:
        """Which dates each group follows, printed with its profiles."""
        return counted_agenda(self.cycle)

    def _offer_profiles(self) -> None:
        profiles = Profile.objects.filter(group__cycle=self.cycle).select_related("group")
        by_pk = {str(profile.pk): profile for profile in profiles}
        field = cast(forms.TypedChoiceField, self.fields["profile"])
        field.choices = [(pk, profile.label) for pk, profile in by_pk.items()]
        field.coerce = by_pk.__getitem__

    def _offer_territories(self, offered: TerritoryQuerySet) -> None:
        territories = sorted(offered, key=lambda territory: territory.listing_key)
        by_pk = {str(territory.pk): territory for territory in territories}
        field = cast(forms.TypedMultipleChoiceField, self.fields["territories"])
        field.choices = [
            (label, [(str(t.pk), t.listed_name) for t in territories if belongs(t)])
            for label, belongs in TERRITORY_GROUPS
        ]
        field.coerce = by_pk.__getitem__


class RegistrationForm(StrangerForm, PersonForm):
    """« Valider mon inscription »."""

    email = EmailAddressField(
        label="Adresse électronique professionnelle",
        help_text="Le lien de connexion sera envoyé à cette adresse. "
        "Exemple\u00a0: prenom.nom@structure.fr",
    )
    # Drawn with the form and sent back with it: the same form twice is one registration.
    submission_key = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    identity_fields = ("first_name", "last_name", "email", "phone")
    # The order of the page, which the error summary follows.
    field_order = ("profile", *identity_fields)

    def __init__(
        self,
        data: Any = None,
        *,
        cycle: Cycle,
        invitation: Invitation | None = None,
        chosen: str = "",
    ) -> None:
        """``chosen``: the identifier of the profile that was chosen on the cycle's page."""
        initial: dict[str, Any] = {"submission_key": uuid.uuid4().hex, "profile": chosen}
        if invitation and invitation.profile_id:
            initial["profile"] = str(invitation.profile_id)
        if invitation and invitation.territory_id:
            initial["territories"] = [str(invitation.territory_id)]
        super().__init__(data, cycle=cycle, initial=initial)
        self.invitation = invitation

    @property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.layout = self.with_traps(*helper.layout, "submission_key")
        return helper

    def application(self) -> Application:
        """What the cleaned form asks for."""
        cleaned = self.cleaned_data
        profile: Profile = cleaned["profile"]
        # Of this cycle and this address, whatever was posted: a form that the browser brought back
        # and that was filled in for someone else is another one. Without its key, each is.
        key = f"{email_key(cleaned['email'])}/{cleaned['submission_key'] or uuid.uuid4().hex}"
        return Application(
            profile=profile,
            person=self.person | {"email": cleaned["email"]},
            territories=tuple(cleaned["territories"]),
            submission_key=uuid.uuid5(uuid.NAMESPACE_URL, f"{self.cycle.pk}/{key}"),
            invitation=self.invitation,
        )

    def clean_profile(self) -> Profile:
        profile = self.cleaned_data["profile"]
        if self.invitation and self.invitation.profile_id not in {None, profile.pk}:
            raise ValidationError(
                f"Votre invitation est réservée à\u00a0: {self.invitation.profile}."
            )
        return profile

    def clean_territories(self) -> list[Territory]:
        territories = self.cleaned_data["territories"]
        wanted = self.invitation and self.invitation.territory
        if wanted and wanted not in territories:
            raise ValidationError(f"Votre invitation est réservée au territoire\u00a0: {wanted}.")
        return territories


class EditForm(PersonForm):
    """« Modifier mon inscription ». The address stays: it is where the link is sent."""

    def __init__(self, data: Any = None, *, registration: Registration) -> None:
        initial = {name: getattr(registration, name) for name in EDITABLE}
        initial["profile"] = str(registration.profile_id)
        initial["territories"] = [str(t.pk) for t in registration.territories.all()]
        # One that is not offered any more stays with those who chose it.
        territories = (Territory.objects.active() | registration.territories.all()).distinct()
        super().__init__(data, cycle=registration.cycle, territories=territories, initial=initial)


class FindForm(StrangerForm):
    """« Retrouver mon inscription »."""

    email = EmailAddressField(
        label="Adresse électronique",
        help_text="Celle que vous avez donnée à l’inscription.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.layout = self.with_traps("email")
        return helper
