"""No text that staff write holds what a mail, a calendar or a document could not: one rule."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from registrations.admin.agenda import NoticeForm
from sessions.admin.copies import DuplicateForm
from sessions.rich_text import RichTextField

UNWRITABLE = ["Un\u2028titre", "Un\x0btitre", "Un\x07titre", "Un\ufdd0titre", "Un\ue000titre"]


def texts() -> list[models.Field]:
    """What staff type into models, but for choices, and links that ``check_join_url`` judges."""
    return [
        field
        for model in apps.get_app_config("training").get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and field.editable
        and not field.choices
        and field.name != "video_url"
    ]


@pytest.mark.parametrize("field", texts(), ids=str)
@pytest.mark.parametrize("value", UNWRITABLE, ids=ascii)
def test_text_of_staff_is_refused_or_mended(field, value):
    if isinstance(field, RichTextField):
        assert field.clean(f"<p>{value}</p>", None) == "<p>Un titre</p>"
    else:
        with pytest.raises(ValidationError):
            field.clean(value, None)


@pytest.mark.parametrize("value", UNWRITABLE, ids=ascii)
@pytest.mark.parametrize(
    "field", [NoticeForm.base_fields["sentence"], DuplicateForm.base_fields["title"]]
)
def test_text_of_a_form_without_a_model_is_refused(field, value):
    with pytest.raises(ValidationError) as refused:
        field.clean(value)

    assert refused.value.error_list[0].code == "control"


def test_lines_of_a_message_to_people_stay():
    typed = "Bonjour,\r\n\r\n\tà mardi."

    assert NoticeForm.base_fields["sentence"].clean(typed) == typed
