"""Template filters for French dates, hours, durations, numbers and punctuation.

`{{ slot.starts_at|hours:slot.ends_at }}`, `{{ n|count:"place,places" }}`,
`{{ slot.starts_at|time_tag:"moment" }}`.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sessions import typography

register = template.Library()

register.filter("day", typography.day)
register.filter("short_day", typography.short_day)
register.filter("hour", typography.hour)
register.filter("hours", typography.hours)
register.filter("moment", typography.moment)
register.filter("dates", typography.dates)
register.filter("duration", typography.duration)
register.filter("in_words", typography.in_words)
register.filter("french", typography.french, is_safe=True)

_FORMS: dict[str, Callable[[Any], str]] = {
    "day": typography.day,
    "short_day": typography.short_day,
    "hour": typography.hour,
    "moment": typography.moment,
}


@register.filter
def count(number: int, forms: str) -> str:
    """Print « 3 places » of `forms` "place,places"."""
    return typography.count(number, *forms.split(","))


@register.filter
def plural(number: int, forms: str) -> str:
    """Print the form that agrees with the number, of `forms` "libérée,libérées"."""
    return typography.plural(number, *forms.split(","))


@register.filter
def time_tag(value: date, form: str) -> SafeString:
    """Print a `<time>` element that says the date or instant as the filter `form` does."""
    return typography.time_tag(value, _FORMS[form](value))


@register.filter
def hours_tag(starts_at: datetime, ends_at: datetime) -> SafeString:
    """Print « 9h00 à 12h00 » as two `<time>` elements."""
    return format_html("{} à {}", time_tag(starts_at, "hour"), time_tag(ends_at, "hour"))
