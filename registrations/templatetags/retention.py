"""What the pages say of the retention policy, read from it."""

from typing import Any

from django import template

from registrations.retention import policy

register = template.Library()


@register.simple_tag
def kept_until(key: str) -> str:
    """Print until when the data of a rule are kept: « 12 mois après la fin du cycle »."""
    return policy().rule(key).until


@register.inclusion_tag("pages/_retention.html")
def retention_table() -> dict[str, Any]:
    """Print the table of what is kept, why and until when."""
    return {"rules": policy().rules, "outside": policy().outside}
