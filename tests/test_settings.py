"""What whoever deploys reads when the environment cannot be used."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

GIVEN = {
    "SECRET_KEY": "only-for-tests-0123456789-0123456789-0123456789-abcdef",
    "SITE_URL": "http://127.0.0.1:8000",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "EMAIL_FROM": "IREV <inscriptions@irev.example>",
    "DATABASE_URL": "sqlite:///unused",
}
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
