"""What cannot be deleted because people registered for it, said in words."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import router
from django.db.models import Model, ProtectedError
from django.db.models.deletion import Collector
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest


def is_in_use(instance: Model) -> bool:
    """Whether the database would refuse to delete it, because someone registered for it."""
    collector = Collector(using=router.db_for_write(type(instance)), origin=instance)
    try:
        collector.collect([instance])
    except ProtectedError:
        return True
    return False


class WordedDeletion:
    """Mixed into the form of an inline, before the admin's own."""

    in_use_message: str
    instance: Model
    cleaned_data: dict[str, Any]

    def hand_clean_DELETE(self) -> None:  # noqa: N802, the name of the admin's hook
        is_marked = self.cleaned_data.get(DELETION_FIELD_NAME, False)
        if is_marked and self.instance.pk and is_in_use(self.instance):
            raise ValidationError(self.in_use_message, code="in_use")


class WordedDeletionInline(admin.StackedInline):
    """An inline that says why a row cannot be deleted, instead of listing who is registered."""

    in_use_message = ""

    def get_formset(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any):
        formset = super().get_formset(request, obj, **kwargs)
        formset.form = type(
            "WordedForm",
            (WordedDeletion, formset.form),
            {"in_use_message": self.in_use_message},
        )
        return formset
