from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, TextField

_PLAIN_OF = {
    **dict.fromkeys("àâäáãåæ", "a"),
    "ç": "c",
    **dict.fromkeys("éèêë", "e"),
    **dict.fromkeys("íìîï", "i"),
    "ñ": "n",
    **dict.fromkeys("óòôöõœ", "o"),
    **dict.fromkeys("úùûü", "u"),
    **dict.fromkeys("ýÿ", "y"),
}
# Databases do not all know the capital of an accented letter.
_PLAIN_OF |= {accented.upper(): plain for accented, plain in _PLAIN_OF.items()}
_ACCENTED, _PLAIN = "".join(_PLAIN_OF), "".join(_PLAIN_OF.values())
_TABLE = str.maketrans(_PLAIN_OF)


class Alphabetical(Func):
    """A text to sort by as French directories do: Sénéchal before Szymanski, de Groote among the D.

    Without it, what comes after Z depends on the database and on how it was installed.
    """

    arity = 1
    output_field = TextField()
    template = f"LOWER(TRANSLATE(%(expressions)s, '{_ACCENTED}', '{_PLAIN}'))"

    def as_sqlite(self, compiler, connection, **context: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="PLAIN(%(expressions)s)", **context)


def teach_sqlite(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Gives a new connection to SQLite, which has no TRANSLATE, the same in Python."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("PLAIN", 1, _plain, deterministic=True)


def _plain(text: str) -> str:
    return text.translate(_TABLE).lower()
