"""What people type of themselves: the rules of `sessions.cleaning`, and two more."""

from registrations.cleaning.names import clean_name
from registrations.cleaning.phones import clean_phone, format_phone, format_phone_from_abroad
from sessions.cleaning import clean_email, clean_line, clean_text, email_key, rate_key

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
