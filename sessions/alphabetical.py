"""The order of a French directory, the same from Python, SQLite and PostgreSQL.

Without it, what comes after Z depends on the database and on how it was installed.
"""

import re
import unicodedata
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, TextField

# What stays once accents are taken off: capitals, letters that hold no accent, what is no letter.
_PLAIN_OF = dict(zip(ascii_uppercase + "ØøŁłĐđŒÆ-", ascii_lowercase + "oollddœæ ", strict=True))
_LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss"}
_IGNORED = "'’ʻ"
_ACCENTS = "[\u0300-\u036f]"

_TABLE = str.maketrans(_PLAIN_OF | dict.fromkeys(_IGNORED, ""))
# Lower than a space, and in no name: « Petit » comes before « Petit Jean ».
_END = "\t"


def alphabetical_key(text: str) -> str:
    """A key to sort by: Œuvrard between Odin and Ogier, Écuyer before Eluard, Pétit after Petit.

    Capitals count no more than accents do, a hyphen as a space, an apostrophe for nothing. Texts
    that differ by these alone stay apart.
    """
    plain = re.sub(_ACCENTS, "", unicodedata.normalize("NFKD", text)).translate(_TABLE)
    for ligature, letters in _LIGATURES.items():
        plain = plain.replace(ligature, letters)
    return f"{plain}{_END}{text}"


class Alphabetical(Func):
    """``alphabetical_key`` of a column, in the database."""

    arity = 1
    output_field = TextField()
    function = "ALPHABETICAL_KEY"

    def as_postgresql(self, compiler, connection, **context: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template=_postgresql_template(), **context)


def teach_sqlite(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Gives a new connection to SQLite, which has nothing of it, the key as a function."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            Alphabetical.function, 1, alphabetical_key, deterministic=True
        )


def _postgresql_template() -> str:
    """The steps of ``alphabetical_key``; the characters are ours, and quoted as SQL wants them."""
    plain = f"REGEXP_REPLACE(NORMALIZE(%(expressions)s, NFKD), '{_ACCENTS}', '', 'g')"
    # TRANSLATE drops the characters that have no counterpart.
    known, counterparts = "".join(_PLAIN_OF) + _IGNORED, "".join(_PLAIN_OF.values())
    plain = f"TRANSLATE({plain}, {_quoted(known)}, {_quoted(counterparts)})"
    for ligature, letters in _LIGATURES.items():
        plain = f"REPLACE({plain}, {_quoted(ligature)}, {_quoted(letters)})"
    # By code point, as Python and SQLite compare.
    return f'({plain} || {_quoted(_END)} || %(expressions)s) COLLATE "C"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
