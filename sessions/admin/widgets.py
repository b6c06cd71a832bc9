"""Inputs of the admin that the strict Content-Security-Policy and RGAA accept."""

from django import forms
from django.forms import Media
from django.forms.widgets import Script
from django_prose_editor.widgets import ProseEditorWidget


class RichTextWidget(ProseEditorWidget):
    """The rich text editor, started by a script of ours.

    The library's own start needs an import map, which is an inline script, and adds an inline
    style sheet: the policy of the site refuses both, and would have to be weakened for them.
    """

    @property
    def media(self) -> Media:
        return Media(
            css={
                "all": [
                    "django_prose_editor/material-icons.css",
                    "django_prose_editor/editor.css",
                    "django_prose_editor/overrides.css",
                    "css/admin-rich-text.css",
                ]
            },
            js=[Script("js/rich-text.js", type="module")],  # type: ignore[list-item]
        )


# Browsers accept no other form in the value of such inputs, whatever they show.
DATE_FORMAT, TIME_FORMAT = "%Y-%m-%d", "%H:%M"


class MomentInput(forms.SplitDateTimeWidget):
    """A date and an hour side by side; the field names each for screen readers."""

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(
            attrs,
            date_format=DATE_FORMAT,
            time_format=TIME_FORMAT,
            date_attrs={"type": "date"},
            time_attrs={"type": "time"},
        )
