"""Template filter that prints the rich text of staff."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from sessions.rich_text import sanitise

register = template.Library()


@register.filter
def rich(html: str) -> SafeString:
    """Print rich text as HTML, sanitised again in case it did not come in through its field."""
    return mark_safe(sanitise(html))  # noqa: S308
