"""What whoever deploys reads when the environment cannot be used."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

from sessions.facts import FACTS

GIVEN = {
    "SECRET_KEY": "only-for-tests-0123456789-0123456789-0123456789-abcdef",
    "SITE_URL": "http://127.0.0.1:8000",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "EMAIL_FROM": "IREV <inscriptions@irev.example>",
    "DATABASE_URL": "sqlite:///unused",
}
# What a production is given: all that `check --deploy` asks for.
PRODUCTION = {
    "SITE_URL": "https://inscriptions.irev.example",
    "EMAIL_URL": "smtp+tls://irev:secret@smtp.irev.example:587",
    "DATABASE_URL": "postgres://irev@/cycle_lcd",
    "BEHIND_PROXY": "on",
    **{name: "Connu" for fact in FACTS for name in fact.settings},
    "ACCESSIBILITY_STATUS": "partiellement conforme",
}
IN_PRODUCTION = {
    "DEBUG": False,
    "SITE_URL": "https://inscriptions.irev.example",
    "ALLOWED_HOSTS": ["inscriptions.irev.example"],
    "USE_X_FORWARDED_HOST": False,
    "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
    "SECURE_SSL_REDIRECT": True,
    "SECURE_REDIRECT_EXEMPT": [],
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_HSTS_PRELOAD": True,
    "SECURE_REFERRER_POLICY": "same-origin",
    "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
    "SECURE_CONTENT_TYPE_NOSNIFF": True,
    "X_FRAME_OPTIONS": "DENY",
    "SESSION_ENGINE": "registrations.session_store",
    "SESSION_COOKIE_NAME": "__Host-session",
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_DOMAIN": None,
    "SESSION_COOKIE_PATH": "/",
    "SESSION_COOKIE_AGE": 7_200,
    "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
    "CSRF_COOKIE_NAME": "__Host-csrf",
    "CSRF_COOKIE_SECURE": True,
    "CSRF_COOKIE_HTTPONLY": True,
    "CSRF_COOKIE_SAMESITE": "Lax",
    "CSRF_COOKIE_DOMAIN": None,
    "CSRF_COOKIE_PATH": "/",
    "CSRF_TRUSTED_ORIGINS": [],
    "SECOND_FACTOR": True,
    "THROTTLE": True,
    "PASSWORD_RESET_TIMEOUT": 3_600,
    "DATA_UPLOAD_MAX_MEMORY_SIZE": 262_144,
    "DATA_UPLOAD_MAX_NUMBER_FIELDS": 1_000,
    "DATA_UPLOAD_MAX_NUMBER_FILES": 5,
    "EMAIL_TIMEOUT": 60,
    "ADMINS": [],
    "SILENCED_SYSTEM_CHECKS": [],
}
POSTGRESQL = {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {
        "connect_timeout": 5,
        "options": (
            "-c lock_timeout=5s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
        ),
    },
}
SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "PRAGMA secure_delete=ON;"
        ),
    },
}
WEB_SERVER = {
    "worker_class": "gthread",
    "timeout": "30",
    "graceful_timeout": "20",
    "max_requests": "2000",
    "max_requests_jitter": "200",
    "forwarder_headers": "[]",
    "header_map": "drop",
    "accesslog": "None",
    "control_socket_disable": "True",
}
SAYS_ALL = """
import json, sys
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}))
"""
SAYS = "import cycle_lcd.settings as s; print(s.EMAIL_PORT, s.THROTTLE)"


def start(*command: str, **changed: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], **GIVEN, **changed},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "SITE_URL", "EMAIL_URL", "EMAIL_FROM"])
def test_variable_left_empty_is_named(name):
    done = start("manage.py", "check", **{name: ""})

    assert done.returncode == 1
    assert done.stderr == (
        f"Configuration\u00a0: la variable d’environnement {name} est absente. "
        "Donnez-la dans le fichier .env ou dans l’environnement\u202f; "
        ".env.example explique chaque variable.\n"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EMAIL_URL", "courriel://serveur"),
        ("EMAIL_URL", "smtp+tls://irev:secret/mot@smtp.irev.example:587"),
        ("DATABASE_URL", "oracle://serveur/base"),
        ("DATABASE_URL", "postgres://irev:secret/mot@serveur:5432/base"),
        ("THROTTLE", "oui"),
        ("ACCESSIBILITY_STATUS", "conforme"),
    ],
)
def test_variable_that_cannot_be_read_is_named_and_not_quoted(name, value):
    done = start("manage.py", "check", **{name: value})

    assert done.returncode == 1
    assert done.stderr == (
        f"Configuration\u00a0: la variable d’environnement {name} n’a pas la forme attendue\u202f; "
        ".env.example explique chaque variable.\n"
    )


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("smtp://serveur", "25"),
        ("smtp+tls://serveur", "587"),
        ("smtp+ssl://serveur", "465"),
        ("smtp+tls://serveur:2525", "2525"),
    ],
)
def test_port_of_the_mail_server_is_the_usual_one_unless_given(url, port):
    assert start("-c", SAYS, EMAIL_URL=url).stdout == f"{port} True\n"


@pytest.mark.parametrize(
    ("value", "said"), [("", "True"), ("on", "True"), ("off", "False"), ("0", "False")]
)
def test_switch_left_empty_keeps_its_default(value, said):
    assert start("-c", SAYS, THROTTLE=value).stdout == f"25 {said}\n"


def read(*names: str, **given: str) -> dict:
    """These settings, as Django has them in a production of its own."""
    production = {"DJANGO_SETTINGS_MODULE": "cycle_lcd.settings", **PRODUCTION}
    return json.loads(start("-c", SAYS_ALL, *names, **(production | given)).stdout)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "non conforme"),
        ("non conforme", "non conforme"),
        ("Partiellement conforme ", "partiellement conforme"),
        ("totalement conforme", "totalement conforme"),
    ],
)
def test_accessibility_status_is_in_the_words_of_the_law(value, said):
    name = "ACCESSIBILITY_STATUS"

    assert read(name, **{name: value}) == {name: said}


def test_production_is_as_it_must_be():
    assert read(*IN_PRODUCTION) == IN_PRODUCTION


@pytest.mark.parametrize(
    ("url", "expected"),
    [("postgres://irev@/cycle_lcd", POSTGRESQL), ("sqlite:////srv/base.sqlite3", SQLITE)],
)
def test_databases_wait_no_longer_than_they_may_and_lose_nothing(url, expected):
    database = read("DATABASES", DATABASE_URL=url)["DATABASES"]["default"]

    assert {name: database[name] for name in expected} == expected


def test_production_that_is_complete_raises_no_warning():
    done = start("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert (done.returncode, done.stdout) == (
        0,
        "System check identified no issues (0 silenced).\n",
    )


@pytest.mark.parametrize(
    ("weakened", "told"),
    [
        ({"DEBUG": "on"}, "security.W018"),
        ({"SITE_URL": "http://inscriptions.irev.example"}, "security.W008"),
        ({"SECRET_KEY": "court"}, "security.W009"),
        ({"SECOND_FACTOR": "off"}, "cycle_lcd.E004"),
        ({"ORGANISATION_SIRET": "à compléter"}, "cycle_lcd.E003"),
    ],
)
def test_production_that_is_weakened_is_refused(weakened, told):
    given = PRODUCTION | weakened
    done = start("manage.py", "check", "--deploy", "--fail-level", "WARNING", **given)

    assert done.returncode == 1
    assert told in done.stderr


def test_web_server_is_as_it_must_be():
    done = start("-m", "gunicorn", "--print-config", "cycle_lcd.wsgi", **PRODUCTION)
    said = dict(re.split(r"\s+= ", line, maxsplit=1) for line in done.stdout.splitlines())

    assert {name: said[name] for name in WEB_SERVER} == WEB_SERVER
