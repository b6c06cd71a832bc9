"""The product's own settings, for its processes under faults.

Only what would make a fault outlast anybody's patience may be shortened, a process at a time, by
variables that the product does not know. DATABASE_URL chooses the engine.
"""

import os
from datetime import timedelta

# For the tests themselves; the processes that they start are given theirs.
os.environ.setdefault("SECRET_KEY", "only-for-tests-0123456789-0123456789-0123456789-abcdef")
os.environ.setdefault("SITE_URL", "http://127.0.0.1")
os.environ.setdefault("EMAIL_URL", "smtp://127.0.0.1:1")
# Hundreds of people come from one address.
os.environ.setdefault("THROTTLE", "off")
# Whatever the .env of this machine says.
os.environ.update(
    DEBUG="off",
    EMAIL_FROM="IREV <inscriptions@irev.example>",
    EMAIL_BOUNCES="",
    BOUNCES_URL="",
    BEHIND_PROXY="off",
)

from cycle_lcd.settings import *  # noqa: F403
from cycle_lcd.settings import DATABASES, EMAIL_TIMEOUT, LOGGING, OUTBOX_LEASE, STORAGES

EMAIL_TIMEOUT = float(os.environ.get("FAULTS_EMAIL_TIMEOUT", EMAIL_TIMEOUT))
OUTBOX_LEASE = timedelta(
    seconds=float(os.environ.get("FAULTS_LEASE", OUTBOX_LEASE.total_seconds()))
)
if "FAULTS_SQLITE_TIMEOUT" in os.environ and DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"]["timeout"] = float(os.environ["FAULTS_SQLITE_TIMEOUT"])
if "FAULTS_CACHE" in os.environ:
    CACHES = {"default": {"BACKEND": os.environ["FAULTS_CACHE"]}}
# Hashed names need collectstatic.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# The SMTP server of the tests tells its whole life.
LOGGING["loggers"]["mail.log"] = {"level": "WARNING"}
