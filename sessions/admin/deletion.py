"""What cannot be deleted because people registered for it, said in words."""

from collections.abc import Collection, Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import router
from django.db.models import PROTECT, Model, ProtectedError
from django.db.models.deletion import Collector
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest


def is_in_use(instance: Model) -> bool:
    """Whether the database would refuse to delete it, because someone registered for it."""
    collector = Collector(using=router.db_for_write(type(instance)), origin=instance)
    try:
        collector.collect([instance])
    except ProtectedError:
        return True
    return False


def in_use(model: type[Model], pks: Collection[int]) -> set[int]:
    """Which of these rows the database would refuse to delete, in one query a relation."""
    used: set[int] = set()
    for relation in model._meta.related_objects:
        if relation.on_delete is PROTECT:
            rows = relation.related_model._base_manager.filter(
                **{f"{relation.field.name}__in": pks}
            )
            used |= set(rows.order_by().values_list(relation.field.attname, flat=True).distinct())
    return used


class WordedDeletion:
    """Mixed into the form of an inline, before the admin's own."""

    in_use_message: str
    instance: Model
    cleaned_data: dict[str, Any]

    def hand_clean_DELETE(self) -> None:  # noqa: N802, the name of the admin's hook
        is_marked = self.cleaned_data.get(DELETION_FIELD_NAME, False)
        if is_marked and self.instance.pk and is_in_use(self.instance):
            raise ValidationError(self.in_use_message.format(self.instance), code="in_use")


class WordedFormSet(BaseInlineFormSet):
    """Says in words which value two rows may not share."""

    def get_unique_error_message(self, unique_check: Sequence[str]) -> str:
        labels = [
            self.form.base_fields[name].label for name in unique_check if name != self.fk.name
        ]
        return f"Deux lignes ont la même valeur pour « {', '.join(map(str, labels))} »."

    def get_form_error(self) -> str:
        return "Cette valeur est déjà celle d’une autre ligne."


class WordedDeletionInline(admin.StackedInline):
    """An inline that says why a row cannot be deleted, instead of listing who is registered.

    It has a hundred rows at most: a request says how many, and each is made, read, shown again.
    """

    formset = WordedFormSet
    max_num = 100
    # With {} where the row is named.
    in_use_message = ""

    def get_formset(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any):
        formset = super().get_formset(request, obj, absolute_max=self.max_num, **kwargs)
        formset.form = type(
            "WordedForm",
            (WordedDeletion, formset.form),
            {"in_use_message": self.in_use_message},
        )
        return formset
