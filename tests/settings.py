"""The product's own settings, with what makes tests fast and latent faults visible."""

import os
import tempfile
from pathlib import Path

# Whatever the .env of this machine says; only DATABASE_URL may be given, to choose the engine.
os.environ.update(
    SECRET_KEY="only-for-tests-0123456789-0123456789-0123456789-abcdef",
    DEBUG="off",
    SITE_URL="http://testserver",
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    EMAIL_URL="smtp://127.0.0.1:1",
    EMAIL_FROM="IREV <inscriptions@irev.example>",
    EMAIL_BOUNCES="retours@irev.example",
    BOUNCES_URL="",
    BEHIND_PROXY="off",
    THROTTLE="on",
    SECOND_FACTOR="off",
)
# Not in memory: the live server, started before the test database is named, would share one
# connection between its threads, which crashes.
os.environ.setdefault("DATABASE_URL", f"sqlite:///{tempfile.gettempdir()}/cycle-lcd-unused.sqlite3")

from cycle_lcd.settings import *  # noqa: F403
from cycle_lcd.settings import DATABASES, STORAGES, TEMPLATES
from tests.unknown_variables import UnknownVariable

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in production, not Django's database in memory: other locks, other faults. One a
    # process, so that several runs can go on side by side.
    DATABASES["default"]["TEST"] = {
        "NAME": str(Path(tempfile.gettempdir()) / f"cycle-lcd-{os.getpid()}.sqlite3")
    }
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UnknownVariable("%s")
# Hashed names need collectstatic; the browser tests read the sources through the finders.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
