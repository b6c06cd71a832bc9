"""Characters that no field wants, and those that nobody sees."""

import re
import unicodedata

from django.core.exceptions import ValidationError

ZWNJ = "\N{ZERO WIDTH NON-JOINER}"
ZWJ = "\N{ZERO WIDTH JOINER}"
JOINERS = ZWNJ + ZWJ

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Control characters (C0, C1), line and paragraph separators, private use, halves of surrogates.
_REFUSED = {"Cc", "Zl", "Zp", "Co", "Cs"}

# Seen as nothing though their category says letter or mark: Hangul fillers, grapheme joiner.
_BLANK = "\u115f\u1160\u3164\uffa0\u034f"


def check_length(value: str, max_length: int) -> None:
    """Refuse a text longer than `max_length` characters, saying how long it may be."""
    if len(value) > max_length:
        limit = f"{max_length:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
        raise ValidationError(
            f"Raccourcissez ce texte\u00a0: {limit} caractères au maximum.", code="too_long"
        )


def check_characters(value: str, allowed: str = "") -> None:
    """Refuse control characters other than those `allowed`, and text damaged before it came."""
    for character in set(value).difference(allowed):
        if character == _REPLACEMENT:
            raise ValidationError(
                "Ce texte contient un caractère abîmé (\N{REPLACEMENT CHARACTER})\u00a0: "
                "saisissez-le de nouveau au clavier.",
                code="undecodable",
            )
        if _is_refused(character):
            raise ValidationError(
                "Ce texte contient un retour à la ligne ou un caractère invisible\u00a0: "
                "saisissez-le de nouveau au clavier.",
                code="control",
            )


def check_line(value: str) -> None:
    """What staff write on one line: a title, a name, a place."""
    check_characters(value)


def check_text(value: str) -> None:
    """What staff write on several lines."""
    check_characters(value, allowed="\t\r\n")


def space_refused(value: str) -> str:
    """Make a space of each character that `check_text` refuses."""
    return "".join(
        " " if _is_refused(character) and character not in "\t\r\n" else character
        for character in value
    )


def remove_invisible(value: str, kept: str = "") -> str:
    """Drop soft hyphens, zero-width spaces, marks of writing direction and the like."""
    return "".join(
        character
        for character in value
        if character in kept or not (unicodedata.category(character) == "Cf" or character in _BLANK)
    )


def collapse_spaces(value: str) -> str:
    """Make one plain space of any run of spaces (no-break, ideographic...) and tabs; trim."""
    return re.sub(r"[^\S\n]+", " ", value).strip()


def _is_refused(character: str) -> bool:
    code = ord(character)
    is_noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return is_noncharacter or unicodedata.category(character) in _REFUSED
