import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from registrations.cleaning import email_key
from registrations.fields import EmailAddressField
from registrations.forms.layouts import laid_out
from registrations.forms.person import PersonForm
from registrations.humans import StrangerForm
from registrations.models import Invitation
from registrations.services import Application
from sessions.models import Cycle, Profile


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
        return laid_out(*self.with_traps(*super().helper.layout, "submission_key"))

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
