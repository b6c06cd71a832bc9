"""What the lists of the admin may be filtered by."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import get_fields_from_path
from django.http import HttpRequest

# Of the parts of a date hierarchy: those that every database can compare.
DATE_PARTS = {
    "year": re.compile("[12][0-9]{3}"),
    "month": re.compile("[0-9]{1,2}"),
    "day": re.compile("[0-9]{1,2}"),
}


class OfferedLookups(ModelAdmin):
    """Mixed in before a ModelAdmin: filters by what the list offers, answers 400 to all else.

    Django's own lets an address filter by any field of the model. Whoever sees the list, but not a
    field, would read that field letter by letter: ``?access_needs__startswith=F``.

    Offered are ``list_filter``, ``date_hierarchy``, and the ``linked_lookups`` that a ModelAdmin
    may declare because a page of ours leads there.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        hierarchy, _, part = lookup.rpartition("__")
        if self.date_hierarchy and hierarchy == self.date_hierarchy and part in DATE_PARTS:
            return DATE_PARTS[part].fullmatch(value) is not None
        linked = getattr(self, "linked_lookups", ())
        return lookup in linked or lookup in self._lookups_of_filters(request)

    def _lookups_of_filters(self, request: HttpRequest) -> Iterator[str]:
        each: Any
        for each in self.get_list_filter(request):
            if callable(each):
                yield each.parameter_name
                continue
            path = each if isinstance(each, str) else each[0]
            field: Any = get_fields_from_path(self.model, path)[-1]
            compared = f"{path}__{field.target_field.name}" if field.is_relation else path
            yield from (f"{compared}__exact", f"{path}__isnull")
