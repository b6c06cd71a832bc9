"""All settings, in one file: what differs between machines comes from the environment.

Every variable read here is explained in ``.env.example``. A variable that is missing or wrong
stops the start with a sentence that names it.
"""

from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from cycle_lcd.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent


env = Environment()
if (BASE_DIR / ".env").exists():
    env.read_env(str(BASE_DIR / ".env"))

# Identity of the site ---------------------------------------------------------------------------

SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", default=False)

# All links in mails start with SITE_URL: never with the host that a request claims.
SITE_URL = env.str("SITE_URL").rstrip("/")
_site = urlsplit(SITE_URL)
if _site.scheme not in {"http", "https"} or not _site.hostname:
    raise ImproperlyConfigured(
        "la variable d’environnement SITE_URL doit être une adresse complète, "
        "par exemple https://inscriptions.irev.fr."
    )
IS_HTTPS = _site.scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_site.hostname])

INSTALLED_APPS = [
    "sessions.apps.SessionsConfig",
    "registrations.apps.RegistrationsConfig",
    "django_prose_editor",
    "crispy_forms",
    "crispy_bootstrap5",
    "cycle_lcd.apps.TeamAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "cycle_lcd.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cycle_lcd.maintenance.MaintenanceMiddleware",
    "cycle_lcd.middleware.RequestGuardMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cycle_lcd.middleware.AccountSessionMiddleware",
    "cycle_lcd.middleware.SecondFactorMiddleware",
    # Deny by default: a public view says so with @login_not_required.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "cycle_lcd.urls"
WSGI_APPLICATION = "cycle_lcd.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Database ---------------------------------------------------------------------------------------

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var/db.sqlite3'}")
}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: every atomic() takes the write lock first, so that what is counted inside it stays
    # true until it commits; the default answers "database is locked" at once instead of waiting.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            # What is deleted is overwritten in the file.
            "PRAGMA secure_delete=ON;"
        ),
    }
else:
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True
    _database.setdefault("OPTIONS", {}).update(
        connect_timeout=5,
        options=(
            "-c lock_timeout=5s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
        ),
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Mail -------------------------------------------------------------------------------------------

_mail = env.email_url("EMAIL_URL")
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail.get("EMAIL_HOST", "localhost")
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_PORT = _mail["EMAIL_PORT"] or (465 if EMAIL_USE_SSL else 587 if EMAIL_USE_TLS else 25)
EMAIL_FILE_PATH = _mail.get("EMAIL_FILE_PATH") or ""
EMAIL_FROM = env.str("EMAIL_FROM")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = EMAIL_FROM
# The sender of the envelope, to whom servers send back what they cannot deliver.
EMAIL_BOUNCES = env.str("EMAIL_BOUNCES", default=EMAIL_FROM)
# The mailbox of that address, for `manage.py read_bounces`.
BOUNCES_URL = env.str("BOUNCES_URL", default="")
# Where weaknesses are reported: told by /.well-known/security.txt.
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default=parseaddr(EMAIL_FROM)[1])
# How many people an account may take away in lists within a day before that address is told.
EXPORT_ALERT = env.int("EXPORT_ALERT", default=200)
# Seconds allowed to each step of the talk with the SMTP server; the lease must outlast them all.
EMAIL_TIMEOUT = 60
OUTBOX_LEASE = timedelta(minutes=10)
# With EMAIL_URL=filemail:///folder, mails are kept in that folder and shown at
# /demonstration/courriels/ instead of being sent.
DEMONSTRATION = EMAIL_BACKEND == "registrations.transport.FolderBackend"

# What only the organisation knows ----------------------------------------------------------------

# Shown on its legal pages: see sessions/facts.py. What is left empty, or « à compléter », is marked
# there, and `check --deploy` refuses it.
ORGANISATION_ADDRESS = env.str("ORGANISATION_ADDRESS", default="")
ORGANISATION_SIRET = env.str("ORGANISATION_SIRET", default="")
ORGANISATION_PHONE = env.str("ORGANISATION_PHONE", default="")
ORGANISATION_EMAIL = env.str("ORGANISATION_EMAIL", default="")
PUBLICATION_DIRECTOR = env.str("PUBLICATION_DIRECTOR", default="")
HOSTING_NAME = env.str("HOSTING_NAME", default="")
HOSTING_ADDRESS = env.str("HOSTING_ADDRESS", default="")
HOSTING_PHONE = env.str("HOSTING_PHONE", default="")
DATA_PROTECTION_OFFICER = env.str("DATA_PROTECTION_OFFICER", default="")
DATA_PROCESSORS = env.str("DATA_PROCESSORS", default="")
DATA_TRANSFERS = env.str("DATA_TRANSFERS", default="")
ACCESSIBILITY_DECLARED_ON = env.str("ACCESSIBILITY_DECLARED_ON", default="")
# The words of the law, which each page prints at its foot.
ACCESSIBILITY_STATUS = env.choice(
    "ACCESSIBILITY_STATUS",
    ("non conforme", "partiellement conforme", "totalement conforme"),
    default="non conforme",
)

# As long as this file is there, everybody is answered that the site is under maintenance.
MAINTENANCE_FILE = BASE_DIR / "var" / "maintenance"

# Language and time ------------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

# Static files -----------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "cycle_lcd.static_files.ServedFilesStorage"
    },
}
# No page of another site reads them.
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Accounts (staff and coordinators; participants have none) --------------------------------------

LOGIN_URL = "/coordination/connexion/"
LOGIN_REDIRECT_URL = "/coordination/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "cycle_lcd.passwords.OwnWordsValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
# Whether a code of a telephone is asked for after the password: production does.
SECOND_FACTOR = env.bool("SECOND_FACTOR", default=IS_HTTPS)

# Security ---------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
# Never no-referrer: a browser then posts "Origin: null" and the CSRF check refuses the form.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# How many proxies, one before the other, add to X-Forwarded-For what they see: none is believed
# that is further away.
PROXY_COUNT = 0
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    PROXY_COUNT = env.int("PROXY_COUNT", default=1)

SESSION_ENGINE = "registrations.session_store"
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
SESSION_COOKIE_SECURE = IS_HTTPS
# Kept in the session: no cookie of their own.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# Since it was last used: see registrations/session_times.py.
SESSION_COOKIE_AGE = 2 * 3600
# Since the account logged in: a day's work.
ACCOUNT_SESSION_LONGEST = timedelta(hours=10)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "cycle_lcd.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
# The agenda of twenty sessions, each given apart to five groups, is 941 of them.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
# No page takes any; what is sent all the same is not read for long.
DATA_UPLOAD_MAX_NUMBER_FILES = 5

# "off" lifts the limits on how often one may write to us, for load tests only.
THROTTLE = env.bool("THROTTLE", default=True)

# Logs -------------------------------------------------------------------------------------------

ADMINS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "cycle_lcd.logs.SafeFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # Django's own configuration would mail the errors, with what people posted, to the admins.
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        # Seventeen lines for each notice; what it raises is logged by registrations.bounces.
        "flufl.bounce": {"level": "CRITICAL"},
    },
}
