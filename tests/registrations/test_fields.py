"""The form fields against the corpus of bad inputs, and what they show again."""

import json
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import ValidationError

from registrations.cleaning import email_key
from registrations.fields import (
    EmailAddressField,
    FreeTextField,
    LineField,
    NameField,
    PhoneField,
)

CORPUS = json.loads((Path(__file__).parent.parent / "data/bad_inputs.json").read_text())

FIELDS = {
    "last_name": NameField(),
    "email": EmailAddressField(),
    "phone": PhoneField(required=False),
    "free_text": FreeTextField(max_length=1000, required=False),
}


class SomeForm(forms.Form):
    name = NameField()
    email = EmailAddressField()
    phone = PhoneField()
    organisation = LineField(max_length=200)
    expectations = FreeTextField()


def examples(outcome, *fields):
    """Give the entries of the corpus with this outcome, by their identifier."""
    return [
        pytest.param(entry["field"], expanded(entry["value"]), entry["expect"], id=entry["id"])
        for entry in CORPUS
        if entry["field"] in fields and entry["expect"]["outcome"] == outcome
    ]


def expanded(value):
    """Give the value of an entry, which says {"repeat": [text, times]} for long ones."""
    return value["repeat"][0] * value["repeat"][1] if isinstance(value, dict) else value


@pytest.mark.parametrize(("field", "value", "expected"), examples("accept", *FIELDS))
def test_corpus_is_accepted(field, value, expected):
    assert FIELDS[field].clean(value) == expected["stored"]


@pytest.mark.parametrize(("field", "value", "expected"), examples("field_error", *FIELDS))
def test_corpus_is_refused(field, value, expected):
    with pytest.raises(ValidationError) as refusal:
        FIELDS[field].clean(value)

    assert refusal.value.error_list[0].code == expected["error"].replace(" ", "_")


@pytest.mark.parametrize(("_field", "values", "_expected"), examples("duplicate", "email_pair"))
def test_corpus_of_one_mailbox_written_twice(_field, values, _expected):
    first, second = (email_key(FIELDS["email"].clean(value)) for value in values)

    assert first == second


@pytest.mark.parametrize(("_field", "values", "_expected"), examples("distinct", "email_pair"))
def test_corpus_of_two_mailboxes(_field, values, _expected):
    first, second = (email_key(FIELDS["email"].clean(value)) for value in values)

    assert first != second


def test_required_address_says_what_to_type():
    form = SomeForm({"email": "\N{NO-BREAK SPACE}"})

    assert form.errors["email"] == [
        "Saisissez une adresse électronique valide, par exemple prenom.nom@structure.fr."
    ]


@pytest.mark.parametrize(
    ("name", "length"),
    [("name", 200), ("email", 300), ("phone", 200), ("organisation", 800), ("expectations", 4000)],
)
def test_rejected_value_is_never_shown_whole_when_absurd(name, length):
    form = SomeForm({name: "\u0301" * 300_000})

    assert (form[name].value(), form.is_valid()) == ("\u0301" * length, False)


def test_rejected_text_is_shown_whole_when_a_person_wrote_it():
    form = SomeForm({"expectations": "é" * 1200})

    assert (form["expectations"].value(), form.has_error("expectations")) == ("é" * 1200, True)


def test_fields_say_to_browsers_what_they_hold():
    form = SomeForm()

    assert str(form["phone"]) == ('<input type="tel" name="phone" required id="id_phone">')
    assert form["email"].field.widget.input_type == "email"
    assert form["expectations"].field.widget.attrs == {"cols": "40", "rows": "10"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("+33612345678", "+33 6 12 34 56 78"),
        ("+32470123456", "+32 470 12 34 56"),
        ("06.12.34.56.78", "06.12.34.56.78"),
        ("aucun", "aucun"),
        ("", ""),
        (None, None),
    ],
)
def test_stored_telephone_is_shown_in_groups(value, shown):
    assert PhoneField().prepare_value(value) == shown


def test_stored_telephone_shown_again_has_not_changed():
    field = PhoneField()

    assert not field.has_changed("+33612345678", field.prepare_value("+33612345678"))
