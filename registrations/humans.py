"""What tells a person from a program that fills in forms, without asking the person anything.

A field that nobody sees, and the moment when the form was opened, signed. Neither ever loses what a
person typed: the form comes back as it was, to be sent again. A form that comes without them is
taken as it is; `registrations.throttling` counts it like the others.
"""

from datetime import timedelta
from typing import cast

from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.http import QueryDict

from registrations import throttling

# Sooner than that after the page was opened, nobody has typed a form.
HASTE = timedelta(seconds=2)
ONCE_MORE = (
    "Cet envoi ressemble à celui d’un programme. Si vous êtes bien une personne, vérifiez ce que "
    "vous avez saisi et validez de nouveau\u00a0: rien n’est perdu."
)

_signer = TimestampSigner(salt="registrations.humans")


def stamp() -> str:
    """This moment, signed."""
    return _signer.sign("")


def is_fresh(value: str) -> bool:
    """Whether a stamp is less than HASTE old, or is none of ours."""
    try:
        _signer.unsign(value, max_age=HASTE)
    except SignatureExpired:
        return False
    except BadSignature:
        return True
    return True


class StrangerForm(forms.Form):
    """A form that anybody may send: to be asked ``is_accepted()`` rather than ``is_valid()``."""

    # Programs fill in what bears such a name; nobody sees or hears it.
    website = forms.CharField(
        label="Laissez ce champ vide",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    opened_at = forms.CharField(required=False, initial=stamp, widget=forms.HiddenInput)

    def is_accepted(self, network: str) -> bool:
        """Whether it is valid, and not one more of a series sent faster than people type."""
        if not self.is_valid():
            return False
        opened_at = self.cleaned_data["opened_at"]
        if not opened_at or not is_fresh(opened_at):
            return True
        if throttling.wait_before_post("haste", network, throttling.HASTY_POSTS) is None:
            return True
        self.add_error(None, ONCE_MORE)
        return False

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("website"):
            # Empty when the form comes back, so that whoever has not seen it gets through.
            data = cast(QueryDict, self.data).copy()
            data[self.add_prefix("website")] = ""
            self.data = data
            raise ValidationError(ONCE_MORE, code="program")
        return cleaned

    @staticmethod
    def with_traps(*layout) -> Layout:
        """The layout of a form and, out of sight, what is not for people."""
        return Layout(*layout, Div("website", hidden=True), "opened_at")
