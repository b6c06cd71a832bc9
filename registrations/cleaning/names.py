"""First and last names: any script, any particle, one letter or fifty; never a formula or link."""

import re
import unicodedata

from django.core.exceptions import ValidationError

from sessions.cleaning.characters import (
    JOINERS,
    check_characters,
    check_length,
    collapse_spaces,
    remove_invisible,
)

MAX_LENGTH = 100

# Longer values are refused before Unicode normalisation, whose cost grows with them.
_MAX_RAW_LENGTH = 4 * MAX_LENGTH

_APOSTROPHES = "'’ʻ"
_PUNCTUATION = f"{_APOSTROPHES} -.·,()"
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_MAX_MARKS_IN_A_ROW = 3
# « X Æ A-12 », « Louis 14 »; not a telephone number or a sum, which a mail would carry to others.
_MAX_DIGITS = 2

# Scripts where a joiner changes how letters are drawn, as `unicodedata.name` calls them.
_JOINING_SCRIPTS = {
    *("ARABIC", "SYRIAC", "MONGOLIAN", "NKO", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI"),
    *("ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "KHMER", "MYANMAR"),
}


def clean_name(value: str) -> str:
    """Return a name of at most 100 characters in NFC; its case is the person's.

    Codes: too_long, control, undecodable, no_letter, combining, joiner, char, first_char, digits,
    url.
    """
    check_length(value, _MAX_RAW_LENGTH)
    check_characters(value, allowed="\t")
    name = collapse_spaces(unicodedata.normalize("NFC", remove_invisible(value, kept=JOINERS)))
    if not name:
        return ""
    name = _DASHES.sub("-", name)
    _check_letters(name)
    _check_punctuation(name)
    # « St.Pierre » is two words; « evil.com » must not become a link in a mail.
    name = re.sub(r"\.(?=\w\w)", ". ", name)
    check_length(name, MAX_LENGTH)
    return name


def _check_letters(name: str) -> None:
    categories = [unicodedata.category(character)[0] for character in name]
    if "L" not in categories:
        raise ValidationError("Saisissez un nom qui contient des lettres.", code="no_letter")
    if "M" * (_MAX_MARKS_IN_A_ROW + 1) in "".join(categories):
        raise ValidationError(
            "Retirez les accents superposés\u00a0: trois au maximum sur une lettre.",
            code="combining",
        )
    for match in re.finditer(f"[{JOINERS}]", name):
        before, after = name[: match.start()][-1:], name[match.end() :][:1]
        if not (_joins(before) and _joins(after)):
            raise ValidationError(
                "Ce nom contient un caractère invisible\u00a0: saisissez-le de nouveau au clavier.",
                code="joiner",
            )


def _joins(character: str) -> bool:
    return unicodedata.name(character or " ", "").split(" ")[0] in _JOINING_SCRIPTS


def _check_punctuation(name: str) -> None:
    for character in name:
        if character in _PUNCTUATION + JOINERS:
            continue
        if unicodedata.category(character)[0] not in "LM" and not character.isdecimal():
            raise ValidationError(
                "Retirez le caractère «\u00a0%(character)s\u00a0». Un nom contient des lettres, "
                "des chiffres, des espaces, des apostrophes, des traits d’union, des points, "
                "des virgules ou des parenthèses.",
                code="char",
                params={"character": character},
            )
    if not (name[0] in _APOSTROPHES or unicodedata.category(name[0])[0] == "L"):
        raise ValidationError(
            "Commencez ce nom par une lettre ou une apostrophe.", code="first_char"
        )
    if sum(character.isdecimal() for character in name) > _MAX_DIGITS:
        raise ValidationError(
            "Retirez les chiffres\u00a0: un nom en a deux au maximum. Un numéro de téléphone a son "
            "propre champ.",
            code="digits",
        )
    if re.search(r"\b(www|https?)\b", name, re.IGNORECASE):
        raise ValidationError("Saisissez un nom, sans adresse de site.", code="url")
