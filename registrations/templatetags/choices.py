"""Template filter for the choices of a form field."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def has_selected(options: Iterable[Mapping[str, Any]]) -> bool:
    """Whether one of a widget's options, as `optgroups()` gives them, is ticked."""
    return any(option["selected"] for option in options)
