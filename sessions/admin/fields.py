"""Dates and hours as staff type them, on the clock of Paris."""

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from sessions.admin.widgets import DATE_FORMAT, TIME_FORMAT, MomentInput
from sessions.typography import PARIS, day


def instant(on: date, at: time) -> datetime:
    """The instant of that day and hour in Paris.

    Raises ValidationError for a year that can only be a slip, and for the hour that a change of
    clock skips or repeats.
    """
    _refuse_unlikely_year(on)
    aware = datetime.combine(on, at, PARIS)
    typed = f"{at.hour}h{at.minute:02}"
    if aware.astimezone(UTC).astimezone(PARIS).replace(tzinfo=None) != datetime.combine(on, at):
        raise ValidationError(
            f"{typed} n’existe pas le {day(on)} : cette nuit-là, l’heure d’été fait passer "
            "les horloges de 2h00 à 3h00. Choisissez une autre heure.",
            code="skipped_hour",
        )
    if aware.utcoffset() != aware.replace(fold=1).utcoffset():
        raise ValidationError(
            f"{typed} existe deux fois le {day(on)} : cette nuit-là, l’heure d’hiver ramène "
            "les horloges de 3h00 à 2h00. Choisissez une autre heure.",
            code="repeated_hour",
        )
    return aware


class DateField(forms.DateField):
    widget = forms.DateInput({"type": "date"}, format=DATE_FORMAT)
    default_error_messages = {
        "required": "Indiquez la date.",
        "invalid": "Indiquez une date valide, par exemple 06/04/2027.",
    }

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None:
            _refuse_unlikely_year(value)


class TimeField(forms.TimeField):
    widget = forms.TimeInput({"type": "time"}, format=TIME_FORMAT)
    default_error_messages = {
        "required": "Indiquez l’heure.",
        "invalid": "Indiquez une heure valide, par exemple 9:00.",
    }


class MomentField(forms.SplitDateTimeField):
    """An instant, typed as a date and an hour of Paris."""

    widget = MomentInput
    default_error_messages = {
        "required": "Indiquez la date et l’heure.",
        "invalid_date": "Indiquez une date valide, par exemple 06/04/2027.",
        "invalid_time": "Indiquez une heure valide, par exemple 9:00.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for part, widget in zip(("date", "heure"), self.widget.widgets, strict=True):
            widget.attrs["aria-label"] = f"{self.label} : {part}" if self.label else part

    def compress(self, data_list: Any) -> datetime | None:
        if not data_list or all(value in self.empty_values for value in data_list):
            return None
        on, at = data_list
        if on in self.empty_values:
            raise ValidationError(self.error_messages["invalid_date"], code="invalid_date")
        if at in self.empty_values:
            raise ValidationError(self.error_messages["invalid_time"], code="invalid_time")
        return instant(on, at)


def _refuse_unlikely_year(on: date) -> None:
    if not 2000 <= on.year <= 2100:
        raise ValidationError("Vérifiez l’année de cette date.", code="unlikely_year")
