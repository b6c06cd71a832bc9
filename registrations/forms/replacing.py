"""The two forms of « Me faire remplacer »: whom to write to, then what the colleague answers."""

import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field
from django import forms

from registrations.fields import EmailAddressField, NameField
from registrations.forms.layouts import laid_out
from registrations.forms.person import PersonForm
from registrations.humans import StrangerForm
from registrations.models import Replacement
from registrations.services import Application


class AskReplacementForm(StrangerForm):
    """« Me faire remplacer »: whom to write to."""

    first_name = NameField(
        label="Prénom de votre collègue", error_messages={"required": "Saisissez son prénom."}
    )
    last_name = NameField(
        label="Nom de votre collègue", error_messages={"required": "Saisissez son nom."}
    )
    email = EmailAddressField(
        label="Son adresse électronique professionnelle",
        help_text="Un courriel lui demandera d’accepter votre place. "
        "Exemple\u00a0: prenom.nom@structure.fr",
    )

    @property
    def helper(self) -> FormHelper:
        return laid_out(*self.with_traps("first_name", "last_name", "email"))


class ReplacementForm(PersonForm):
    """What the colleague says of themselves. Their address is the one that was written to.

    Seats are handed over as they are, so only the profiles of their group are offered.
    """

    # The page shows the dates of the place itself.
    profile_choice = Field("profile")

    # Drawn with the form and sent back with it: the same form twice is one answer.
    submission_key = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, replacement: Replacement) -> None:
        self.replacement = replacement
        # Nothing of whoever gives the place: an address may have been mistyped.
        initial = {"first_name": replacement.first_name, "last_name": replacement.last_name}
        initial["submission_key"] = uuid.uuid4().hex
        group = replacement.registration.profile.group
        super().__init__(
            data,
            cycle=replacement.registration.cycle,
            profiles=group.profiles.all(),
            initial=initial,
        )
        invitation = replacement.registration.invitation
        if invitation and invitation.binds:
            self.invitation = invitation
        self.fields["profile"].help_text = (
            f"Cette place est dans le groupe «\u00a0{group.name}\u00a0». Si aucun profil ne vous "
            "correspond, prévenez la personne qui vous la propose."
        )

    @property
    def helper(self) -> FormHelper:
        return laid_out(*super().helper.layout, "submission_key")

    def application(self) -> Application:
        """What the cleaned form asks for."""
        cleaned = self.cleaned_data
        return Application(
            profile=cleaned["profile"],
            person=self.person | {"email": self.replacement.email},
            territories=tuple(cleaned["territories"]),
            submission_key=submission_key_of(self.replacement, cleaned["submission_key"]),
        )


def submission_key_of(replacement: Replacement, posted: str) -> uuid.UUID:
    """The key of a form that answers this request; without what was drawn with it, a new one."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{replacement.link_hash}/{posted or uuid.uuid4().hex}")
