"""What people say of themselves, whoever asks and whenever."""

from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import cached_property

from registrations.fields import FreeTextField, LineField, NameField, PhoneField
from registrations.forms.layouts import laid_out
from registrations.models import Invitation
from registrations.models.registrations import OrganisationKind
from registrations.openings import counted_agenda
from registrations.services import EDITABLE
from sessions.agenda import Agenda
from sessions.models import Cycle, Profile, Territory
from sessions.models.territories import TerritoryQuerySet

TERRITORY_GROUPS = (
    ("Territoires en contrat de ville", lambda t: t.has_city_contract and not t.is_whole_level),
    ("Autres intercommunalités", lambda t: not t.has_city_contract and not t.is_whole_level),
    ("Tout un département ou la région", lambda t: t.is_whole_level),
)


class PersonFields(forms.Form):
    """The fields of EDITABLE, their words and their cleaning, for people and for the team alike."""

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
        # Browsers tell screen readers that a list is wrong before anything was chosen in it.
        widget=forms.Select(attrs={"aria-invalid": "false"}),
    )
    job_title = LineField(
        label="Fonction", max_length=150, error_messages={"required": "Saisissez votre fonction."}
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


class PersonForm(PersonFields):
    """Who someone is and which group they follow.

    Two queries to know what may be chosen. The page that shows the form asks for more: ``agenda``,
    whose dates stand by the profiles, and ``full_group_pks``, the groups where one can only wait.
    """

    full_group_pks: frozenset[int] = frozenset()
    # Whose limits hold: the profile and the territory that it is for.
    invitation: Invitation | None = None
    profile_choice = Field("profile", template="registrations/_profile_field.html")

    profile = forms.TypedChoiceField(
        label="Vous êtes",
        widget=forms.RadioSelect,
        help_text="Votre réponse décide de votre groupe, donc de vos dates.",
        error_messages={
            "required": "Choisissez ce qui vous correspond, pour connaître votre groupe.",
            "invalid_choice": "Choisissez ce qui vous correspond dans la liste.",
        },
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
    # The order of the page, which the error summary follows.
    field_order = (
        *("profile", "first_name", "last_name", "email", "phone"),
        *("organisation", "organisation_kind", "job_title"),
        *("territories", "expectations", "access_needs"),
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
        profiles: QuerySet[Profile] | None = None,
        territories: TerritoryQuerySet | None = None,
        **kwargs: Any,
    ) -> None:
        """All profiles of the cycle and all territories are offered unless some are named."""
        super().__init__(data, **kwargs)
        self.cycle = cycle
        of_cycle = Profile.objects.filter(group__cycle=cycle)
        self._offer_profiles(of_cycle if profiles is None else profiles)
        self._offer_territories(Territory.objects.active() if territories is None else territories)
        for name, value in self.autocomplete.items():
            if name in self.fields:
                self.fields[name].widget.attrs["autocomplete"] = value

    @property
    def helper(self) -> FormHelper:
        return laid_out(
            self.profile_choice,
            Fieldset("Vous", *self.identity_fields),
            Fieldset("Votre structure", "organisation", "organisation_kind", "job_title"),
            Field("territories", template="registrations/_territories_field.html"),
            Fieldset("Vos attentes (facultatif)", "expectations", "access_needs"),
        )

    identity_fields: tuple[str, ...] = ("first_name", "last_name", "phone")

    def clean_profile(self) -> Profile:
        profile = self.cleaned_data["profile"]
        if self.invitation and not self.invitation.admits_profile(profile):
            raise ValidationError(
                f"Votre invitation est réservée à\u00a0: {self.invitation.profile}."
            )
        return profile

    def clean_territories(self) -> list[Territory]:
        territories = self.cleaned_data["territories"]
        if self.invitation and not self.invitation.admits_territories(territories):
            wanted = self.invitation.territory
            raise ValidationError(f"Votre invitation est réservée au territoire\u00a0: {wanted}.")
        return territories

    @property
    def person(self) -> dict[str, Any]:
        """What the services call a person: the cleaned fields of EDITABLE."""
        return {name: self.cleaned_data[name] for name in EDITABLE}

    @cached_property
    def agenda(self) -> Agenda:
        """Which dates each group follows, printed with its profiles."""
        return counted_agenda(self.cycle)

    def _offer_profiles(self, offered: QuerySet[Profile]) -> None:
        by_pk = {str(profile.pk): profile for profile in offered.select_related("group")}
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
