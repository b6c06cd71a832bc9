from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout


def laid_out(*layout: Any) -> FormHelper:
    """What crispy prints of a form: its fields only.

    The page opens the form, so that the notice and the buttons stand where they are read.
    """
    helper = FormHelper()
    helper.form_tag = False
    helper.layout = Layout(*layout)
    return helper
