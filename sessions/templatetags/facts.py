"""Template tag for what only the organisation knows, as its settings say it."""

from django import template
from django.utils.safestring import SafeString

from sessions.site_pages import FACT_OF, fact_html

register = template.Library()


@register.simple_tag
def fact(word: str) -> SafeString | str:
    """Print what the texts of the site print for this word between braces; marked if missing."""
    return fact_html(FACT_OF[word])
