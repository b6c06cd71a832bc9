"""Template filters for what people wrote of themselves."""

from django import template

from registrations.cleaning import format_phone

register = template.Library()

# A stored telephone as people in France read it.
register.filter("phone", format_phone)
