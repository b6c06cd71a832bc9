from crispy_forms.helper import FormHelper
from django import forms

from registrations.forms.layouts import laid_out


class EraseForm(forms.Form):
    """« Effacer mes données »: a box to tick, which a program that presses buttons leaves alone."""

    is_understood = forms.BooleanField(
        label="Je comprends que mes données seront effacées définitivement.",
        error_messages={"required": "Cochez cette case pour effacer vos données."},
    )

    @property
    def helper(self) -> FormHelper:
        return laid_out("is_understood")
