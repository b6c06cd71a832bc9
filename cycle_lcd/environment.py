"""How the settings read the environment: a refusal names the variable, and quotes nothing of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType

import environ
from django.core.exceptions import ImproperlyConfigured


class Environment(environ.Env):
    """django-environ, with refusals that the person who deploys can act upon."""

    EMAIL_SCHEMES = {
        **environ.Env.EMAIL_SCHEMES,
        **dict.fromkeys(
            ("smtp", "smtps", "smtp+tls", "smtp+ssl"), "registrations.transport.SmtpBackend"
        ),
        "filemail": "registrations.transport.FolderBackend",
    }

    DATABASE_ENGINES = frozenset({"django.db.backends.sqlite3", "django.db.backends.postgresql"})
    SWITCHES = MappingProxyType(
        {**dict.fromkeys(("on", "true", "1"), True), **dict.fromkeys(("off", "false", "0"), False)}
    )

    def get_value(self, var, cast=None, default=environ.Env.NOTSET, parse_default=False):
        # Left empty, as .env.example has it, is not given.
        if default is self.NOTSET and not self.ENVIRON.get(var, "").strip():
            raise ImproperlyConfigured(
                f"la variable d’environnement {var} est absente. "
                "Donnez-la dans le fichier .env ou dans l’environnement\u202f; "
                ".env.example explique chaque variable."
            )
        with _named(var):
            return super().get_value(var, cast, default, parse_default)

    def bool(self, var, default):
        """What is neither on nor off is refused: read as off, it would lift limits in silence."""
        word = self.str(var, default="").strip().lower()
        with _named(var):
            return self.SWITCHES[word] if word else default

    def choice(self, var, choices, default):
        """One of these words, however its letters are written; anything else is refused."""
        word = self.str(var, default="").strip().lower() or default
        with _named(var):
            if word not in choices:
                raise ValueError
            return word

    def db_url(self, var, default):
        with _named(var):
            database = super().db_url(var, default)
            if database["ENGINE"] not in self.DATABASE_ENGINES:
                raise ValueError
            return database

    def email_url(self, var):
        url = self.url(var)
        with _named(var):
            return self.email_url_config(url)


@contextmanager
def _named(var: str) -> Iterator[None]:
    """Names the variable that cannot be read, and quotes nothing of it: it may hold a password."""
    try:
        yield
    except (ImproperlyConfigured, LookupError, ValueError):
        raise ImproperlyConfigured(
            f"la variable d’environnement {var} n’a pas la forme attendue\u202f; "
            ".env.example explique chaque variable."
        ) from None
