"""The product's own settings, with what makes tests fast and latent faults visible."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests-0123456789-0123456789-0123456789-abcdef")
os.environ.setdefault("SITE_URL", "http://testserver")
os.environ.setdefault("EMAIL_URL", "smtp://127.0.0.1:1")
os.environ.setdefault("EMAIL_FROM", "IREV <inscriptions@irev.example>")

from cycle_lcd.settings import *  # noqa: E402, F403
from cycle_lcd.settings import STORAGES  # noqa: E402

# Hashed names need collectstatic; the browser tests read the sources through the finders.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
