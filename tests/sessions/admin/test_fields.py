from datetime import date, time

import pytest
from django import forms
from django.core.exceptions import ValidationError

from sessions.admin.fields import DateField, MomentField, instant
from tests.factories import paris


class MomentForm(forms.Form):
    at = MomentField(label="Clôture", required=False)


def moment_form(on: str = "", at: str = "") -> MomentForm:
    return MomentForm({"at_0": on, "at_1": at})


@pytest.mark.parametrize(
    ("on", "at", "expected"),
    [
        (date(2026, 3, 29), time(1, 59), "2026-03-29T01:59:00+01:00"),
        (date(2026, 3, 29), time(3), "2026-03-29T03:00:00+02:00"),
        (date(2026, 10, 25), time(1, 59), "2026-10-25T01:59:00+02:00"),
        (date(2026, 10, 25), time(3), "2026-10-25T03:00:00+01:00"),
    ],
)
def test_instant_is_on_the_clock_of_paris(on, at, expected):
    assert instant(on, at).isoformat() == expected


@pytest.mark.parametrize(
    ("on", "at", "code", "words"),
    [
        (date(2026, 3, 29), time(2, 30), "skipped_hour", "2h30 n’existe pas le dimanche 29 mars"),
        (date(2026, 3, 29), time(2), "skipped_hour", "2h00 n’existe pas le dimanche 29 mars"),
        (date(2026, 10, 25), time(2, 30), "repeated_hour", "2h30 existe deux fois le dimanche 25"),
        (date(1899, 4, 6), time(9), "unlikely_year", "Vérifiez l’année de cette date."),
        (date(2101, 4, 6), time(9), "unlikely_year", "Vérifiez l’année de cette date."),
    ],
)
def test_instant_says_why_an_hour_cannot_be(on, at, code, words):
    with pytest.raises(ValidationError) as refusal:
        instant(on, at)

    assert refusal.value.code == code
    assert refusal.value.message.replace("\N{NO-BREAK SPACE}", " ").startswith(words)


@pytest.mark.parametrize(
    ("on", "at", "expected"),
    [("", "", None), ("2027-04-06", "09:30", paris(2027, 4, 6, 9, 30))],
)
def test_moment_field_reads_a_date_and_an_hour(on, at, expected):
    form = moment_form(on, at)

    assert form.is_valid()
    assert form.cleaned_data == {"at": expected}


@pytest.mark.parametrize(
    ("on", "at", "message"),
    [
        ("2027-04-06", "", "Indiquez une heure valide, par exemple 9:00."),
        ("", "09:00", "Indiquez une date valide, par exemple 06/04/2027."),
        ("2027-02-30", "09:00", "Indiquez une date valide, par exemple 06/04/2027."),
        ("2027-04-06", "25:00", "Indiquez une heure valide, par exemple 9:00."),
        ("20277-04-06", "09:00", "Indiquez une date valide, par exemple 06/04/2027."),
    ],
)
def test_moment_field_says_what_is_missing(on, at, message):
    assert moment_form(on, at).errors == {"at": [message]}


def test_moment_field_shows_the_clock_of_paris_in_two_named_inputs():
    form = MomentForm(initial={"at": paris(2026, 7, 1, 9)})

    html = str(form["at"])

    assert (
        'type="date" name="at_0" value="2026-07-01" aria-label="Clôture\N{NO-BREAK SPACE}: date"'
        in html
    )
    assert (
        'type="time" name="at_1" value="09:00" aria-label="Clôture\N{NO-BREAK SPACE}: heure"'
        in html
    )


def test_moment_field_left_as_shown_has_not_changed():
    form = MomentForm({"at_0": "2026-07-01", "at_1": "09:00"}, initial={"at": paris(2026, 7, 1, 9)})

    assert form.changed_data == []


def test_date_field_refuses_an_unlikely_year():
    with pytest.raises(ValidationError, match="Vérifiez l’année"):
        DateField().clean("0021-04-06")
