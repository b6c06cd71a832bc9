"""What people and staff type, made fit to be stored, compared and sent; or refused, saying why.

Each `clean_x(value)` returns the value to store, "" when nothing is left of it (whether that is
allowed is the form's affair), and raises `ValidationError` with a French message and a code.
Cleaning twice changes nothing more. Each `check_x(value)` is for the fields of models: it changes
nothing, and refuses what a mail, a calendar or a document could not hold.
"""

from sessions.cleaning.characters import check_line, check_text, space_refused
from sessions.cleaning.emails import check_contact, clean_contact, clean_email, email_key, rate_key
from sessions.cleaning.texts import clean_line, clean_text

__all__ = [
    "check_contact",
    "check_line",
    "check_text",
    "clean_contact",
    "clean_email",
    "clean_line",
    "clean_text",
    "email_key",
    "rate_key",
    "space_refused",
]
