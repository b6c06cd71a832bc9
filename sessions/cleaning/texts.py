"""Words people choose freely: a line (structure, function) or a text (expectations, needs).

Nothing is refused for its meaning: what prints or exports a text escapes it.
"""

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

# Longer values are refused before Unicode normalisation, whose cost grows with them; the margin
# is for what cleaning removes.
RAW_LENGTH_FACTOR = 4


def clean_line(value: str, max_length: int) -> str:
    """Return one line of text in NFC. Codes: too_long, control, undecodable, no_letter."""
    check_length(value, RAW_LENGTH_FACTOR * max_length)
    check_characters(value, allowed="\t")
    line = _visible(value)
    if line and not re.search(r"[^\W_]", line):
        raise ValidationError("Saisissez un texte qui contient des lettres.", code="no_letter")
    check_length(line, max_length)
    return line


def clean_text(value: str, max_length: int) -> str:
    """Return a text in NFC, its lines ended by "\\n", with one empty line at most in a row.

    Codes: too_long, control, undecodable.
    """
    check_length(value, RAW_LENGTH_FACTOR * max_length)
    value = re.sub("\r\n|[\r\u2028\u2029]", "\n", value)
    check_characters(value, allowed="\t\n")
    text = "\n".join(_visible(line) for line in value.split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", text).strip("\n")
    check_length(text, max_length)
    return text


def _visible(line: str) -> str:
    # Joiners hold emoji and several scripts together.
    return collapse_spaces(unicodedata.normalize("NFC", remove_invisible(line, kept=JOINERS)))
