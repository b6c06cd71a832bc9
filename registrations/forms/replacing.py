"""The two forms of « Me faire remplacer »: whom to write to, then what the colleague answers."""

import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from django.core.exceptions import ValidationError

from registrations.fields import EmailAddressField, NameField
from registrations.forms.layouts import laid_out
from registrations.forms.person import PersonForm
from registrations.humans import StrangerForm
from registrations.models import Replacement
from registrations.services import Application
from sessions.models import Profile


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
    """What the colleague says of themselves. Their address is the one that was written to."""

    def __init__(self, data: Any = None, *, replacement: Replacement) -> None:
        self.replacement = replacement
        # Nothing of whoever gives the place: an address may have been mistyped.
        names = {"first_name": replacement.first_name, "last_name": replacement.last_name}
        super().__init__(data, cycle=replacement.registration.cycle, initial=names)

    def clean_profile(self) -> Profile:
        profile = self.cleaned_data["profile"]
        if profile.group_id != self.replacement.registration.profile.group_id:
            raise ValidationError(
                "Cette place est dans un autre groupe. Inscrivez-vous au cycle avec ce profil."
            )
        return profile

    def application(self) -> Application:
        """What the cleaned form asks for."""
        cleaned = self.cleaned_data
        return Application(
            profile=cleaned["profile"],
            person=self.person | {"email": self.replacement.email},
            territories=tuple(cleaned["territories"]),
            submission_key=uuid.uuid4(),
        )
