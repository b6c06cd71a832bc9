from crispy_forms.helper import FormHelper
from django import forms

from registrations.fields import EmailAddressField
from registrations.forms.layouts import laid_out
from registrations.humans import StrangerForm


class FindForm(StrangerForm):
    """« Retrouver mon inscription »."""

    email = EmailAddressField(
        label="Adresse électronique",
        help_text="Celle que vous avez donnée à l’inscription.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    @property
    def helper(self) -> FormHelper:
        return laid_out(*self.with_traps("email"))
