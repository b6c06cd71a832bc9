"""Template filters for what people wrote of themselves."""

from django import template

from registrations.cleaning import format_phone

register = template.Library()

# A stored telephone as people in France read it.
register.filter("phone", format_phone)


@register.filter
def masked_address(email: str) -> str:
    """« a…@nord.fr »: enough for whoever wrote it, too little for others."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"
