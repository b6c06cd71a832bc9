"""What people type, made fit to be stored, compared and sent; or refused, saying why and how.

Each `clean_x(value)` returns the value to store, "" when nothing is left of it (whether that is
allowed is the form's affair), and raises `ValidationError` with a French message and a code.
Cleaning twice changes nothing more.
"""

from registrations.cleaning.emails import clean_email, email_key, rate_key
from registrations.cleaning.names import clean_name
from registrations.cleaning.phones import clean_phone, format_phone, format_phone_from_abroad
from registrations.cleaning.texts import clean_line, clean_text

__all__ = [
    "clean_email",
    "clean_line",
    "clean_name",
    "clean_phone",
    "clean_text",
    "email_key",
    "format_phone",
    "format_phone_from_abroad",
    "rate_key",
]
