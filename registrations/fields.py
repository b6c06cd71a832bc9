"""Form fields that clean what people type, for the public form and the admin alike.

A rejected value is shown again as it was typed, but never whole when it is absurdly long: an
answer must not send megabytes back. The fields set no `maxlength`: a browser would cut a pasted
value in silence, where the form says what is too long.
"""

import re
from typing import Any

from django import forms

from registrations.cleaning import (
    clean_email,
    clean_line,
    clean_name,
    clean_phone,
    clean_text,
    format_phone_from_abroad,
)
from sessions.cleaning.emails import INVALID
from sessions.cleaning.texts import RAW_LENGTH_FACTOR


class _CleanedField(forms.CharField):
    """A text that `clean_typed` turns into what is stored, "" being left to `required`."""

    shown_length = 200

    def clean_typed(self, value: str) -> str:
        """Return the value to store. Raises `ValidationError`."""
        raise NotImplementedError

    def to_python(self, value: Any) -> str:
        return "" if value in self.empty_values else self.clean_typed(str(value))

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data[: self.shown_length] if isinstance(data, str) else data


class NameField(_CleanedField):
    """A first or last name."""

    def clean_typed(self, value: str) -> str:
        return clean_name(value)


class EmailAddressField(_CleanedField):
    """The address of a mailbox."""

    widget = forms.EmailInput
    default_error_messages = {"required": INVALID}
    shown_length = 300  # more than the longest address that is accepted

    def clean_typed(self, value: str) -> str:
        return clean_email(value)


class PhoneField(_CleanedField):
    """A telephone number, stored in E.164."""

    widget = forms.TelInput

    def clean_typed(self, value: str) -> str:
        return clean_phone(value)

    def prepare_value(self, value: Any) -> Any:
        """A stored number in groups of digits; what people typed, as they typed it.

        With its country code: the national form of some overseas numbers is that of others.
        """
        is_stored = isinstance(value, str) and re.fullmatch(r"\+[0-9]+", value)
        return format_phone_from_abroad(value) if is_stored else value


class LineField(_CleanedField):
    """One line of words: a structure, a function. `max_length` counts characters once cleaned."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_cleaned_length = max_length
        # Someone who wrote too much must find it whole, to shorten it.
        self.shown_length = RAW_LENGTH_FACTOR * max_length

    def clean_typed(self, value: str) -> str:
        return clean_line(value, self.max_cleaned_length)


class FreeTextField(LineField):
    """A text of several lines."""

    widget = forms.Textarea

    def __init__(self, *, max_length: int = 1000, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def clean_typed(self, value: str) -> str:
        return clean_text(value, self.max_cleaned_length)
