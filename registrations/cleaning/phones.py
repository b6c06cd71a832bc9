"""Telephone numbers, typed in any way, stored in E.164, shown as people in France read them."""

import re
import unicodedata

import phonenumbers
from django.core.exceptions import ValidationError

from sessions.cleaning.characters import check_characters, collapse_spaces, remove_invisible

EXAMPLES = "06\u00a012\u00a034\u00a056\u00a078 ou +32\u00a0470\u00a012\u00a034\u00a056"

_MAX_RAW_LENGTH = 100
_FRANCE = 33

# Overseas numbers are typed like those of mainland France, but belong to other country codes.
# Typed nationally or with +33, their first digits (without the 0) tell.
_OVERSEAS = {
    **dict.fromkeys(("262", "263", "269", "639", "692", "693"), 262),  # Réunion, Mayotte
    **dict.fromkeys(("590", "690", "691"), 590),  # Guadeloupe and the northern islands
    **dict.fromkeys(("594", "694"), 594),  # Guyane
    **dict.fromkeys(("596", "696", "697"), 596),  # Martinique
}
_FRENCH_CODES = tuple(f"+{code}" for code in (_FRANCE, *sorted(set(_OVERSEAS.values()))))


def clean_phone(value: str) -> str:
    """Return the number in E.164, « +33612345678 », read from France when it has no country.

    A number that is possible is kept even when its range is not known to be in use: new ranges
    open faster than libraries are updated. Codes: control, undecodable, char, parse, impossible,
    premium.
    """
    if len(value) > _MAX_RAW_LENGTH:
        raise _refusal("Saisissez un seul numéro", "char")
    check_characters(value, allowed="\t")
    typed = collapse_spaces(remove_invisible(value))
    if not typed:
        return ""
    number = _parse(_dialled(typed))
    if not phonenumbers.is_possible_number(number):
        raise _refusal("Vérifiez le nombre de chiffres de ce numéro", "impossible")
    if phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.PREMIUM_RATE:
        raise _refusal("Saisissez un numéro qui n’est pas surtaxé", "premium")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def format_phone(phone: str) -> str:
    """Return a stored number as « 06 12 34 56 78 », or « +32 470 12 34 56 » from abroad.

    Overseas numbers are shown as they are dialled from France, « 0692 12 34 56 ». The spaces do
    not break. A value that is no number is returned as it is.
    """
    form = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    if phone.startswith(_FRENCH_CODES):
        form = phonenumbers.PhoneNumberFormat.NATIONAL
    return _format(phone, form).replace(" ", "\N{NO-BREAK SPACE}")


def format_phone_from_abroad(phone: str) -> str:
    """Return a stored number as « +33 6 12 34 56 78 », which no spreadsheet takes for a sum.

    A value that is no number is returned as it is.
    """
    return _format(phone, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _format(phone: str, form: int) -> str:
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, form)


def _dialled(typed: str) -> str:
    """Return the digits of what was typed, after a + if it has one."""
    digits = re.sub(r"[ ./()\u2010-\u2015-]", "", typed)
    digits = "".join(
        str(unicodedata.decimal(character, character)) for character in digits
    ).replace("\N{FULLWIDTH PLUS SIGN}", "+")
    # Checked as typed too: « -612345678 » is a number for a spreadsheet, not for a telephone.
    if not re.fullmatch(r"\+?[0-9]{6,15}", digits) or typed.startswith("-"):
        raise _refusal("Saisissez un numéro complet, en chiffres", "char")
    return digits


def _parse(dialled: str) -> phonenumbers.PhoneNumber:
    try:
        number = phonenumbers.parse(dialled, "FR")
    except phonenumbers.NumberParseException:
        raise _refusal("Vérifiez l’indicatif de ce numéro", "parse") from None
    if number.country_code == _FRANCE:
        number.country_code = _OVERSEAS.get(str(number.national_number)[:3], _FRANCE)
    return number


def _refusal(what: str, code: str) -> ValidationError:
    return ValidationError(f"{what}, par exemple {EXAMPLES}.", code=code)
