"""Template filters for what other sites read: full addresses, data for search engines."""

import json
from typing import Any

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# What would end a <script>, or open a comment in it.
_ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}


@register.filter
def absolute(path: str) -> str:
    """The full address of a path of this site, or of one of its static files."""
    return settings.SITE_URL + path


@register.filter
def json_ld(data: Any) -> SafeString:
    """Print data as JSON, fit for ``<script type="application/ld+json">``."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(_ESCAPES))  # noqa: S308
