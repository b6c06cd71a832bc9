"""Runs the whole product on this machine: web server and mail worker together, until Ctrl-C.

What is not set in the environment comes from ``.env``, which the first run writes for a
demonstration: mails are kept in a folder and read on a page instead of being sent.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from urllib.parse import quote, urlsplit

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
ENV_FILE = BASE_DIR / ".env"
HOST = "127.0.0.1"
DEFAULT_PORT = 8000
START_SECONDS = 30
STOP_SECONDS = 30


class Stopped(Exception):
    """Someone asked to stop: Ctrl-C, or the end of the terminal or of the machine."""


def main() -> None:
    os.chdir(BASE_DIR)
    # The database, the mails that are kept: for nobody else on this machine.
    os.umask(0o077)
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, _raise_stopped)
    try:
        prepare_environment()
        refuse_a_busy_port()
        prepare_data()
        serve()
    except Stopped:
        print("\nArrêté. `make run` reprend où vous en étiez.")


def prepare_environment() -> None:
    """Puts in the environment all that the settings need; what is there already is kept."""
    (BASE_DIR / "var").mkdir(mode=0o700, exist_ok=True)
    given = set(os.environ)
    if not ENV_FILE.exists():
        write_demonstration_env()
    environ.Env.read_env(str(ENV_FILE))
    # PORT= moves a site that is served here; one that has a name of its own keeps it.
    here = urlsplit(os.environ.get("SITE_URL", ""))
    os.environ.setdefault("PORT", str((here.hostname == HOST and here.port) or DEFAULT_PORT))
    if "SITE_URL" not in given and here.hostname == HOST:
        os.environ["SITE_URL"] = f"http://{HOST}:{os.environ['PORT']}"
    if here.hostname == HOST:
        os.environ.setdefault("ALLOWED_HOSTS", f"{HOST},localhost")


def write_demonstration_env() -> None:
    """Writes the ``.env`` of a demonstration, with a secret of its own, readable by nobody else."""
    mails = quote(str(BASE_DIR / "var" / "courriels"))
    text = f"""\
# Écrit par le premier `make run`, pour une démonstration. Voyez .env.example.
SECRET_KEY={secrets.token_urlsafe(50)}
SITE_URL=http://{HOST}:{DEFAULT_PORT}
EMAIL_URL=filemail:///{mails}
EMAIL_FROM="IREV <inscriptions@irev.example>"
ORGANISATION_EMAIL=contact@irev.example
"""
    with os.fdopen(os.open(ENV_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def refuse_a_busy_port() -> None:
    port = os.environ["PORT"]
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(port)))
        except (ValueError, OverflowError):
            sys.exit(f"PORT={port} n’est pas un numéro de port.")
        except PermissionError:
            sys.exit(f"Le port {port} est réservé\u00a0: essayez `make run PORT=8001`.")
        except OSError:
            sys.exit(
                f"Le port {port} est déjà pris\u00a0: essayez `make run PORT={int(port) + 1}`."
            )


def prepare_data() -> None:
    """Each step does only what is not done yet."""
    manage("migrate", "--verbosity=0")
    manage("collectstatic", "--no-input", "--verbosity=0")
    manage("demo")


def manage(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "manage.py", *arguments], check=False)
    if done.returncode != 0:
        sys.exit(f"`manage.py {arguments[0]}` a échoué\u00a0: voyez ci-dessus.")


def serve() -> None:
    """Returns never: ends with Stopped, or with the program when either process dies."""
    commands = {
        "Le serveur web": [sys.executable, "-m", "gunicorn", "cycle_lcd.wsgi"],
        # The people of the demonstration are of 2021, long past their term, and of nobody's.
        "Le travail de fond": [sys.executable, "manage.py", "run_worker", "--without-purge"],
    }
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            # In a session of their own: Ctrl-C reaches this process, which stops them in order.
            processes[name] = subprocess.Popen(command, start_new_session=True)
        wait_until_listening(processes)
        print(where_to_go(), flush=True)
        sys.exit(f"{first_to_end(processes)} s’est arrêté\u00a0: tout s’arrête.")
    finally:
        stop(list(processes.values()))


def wait_until_listening(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in processes.values()):
            return
        with socket.socket() as client:
            if client.connect_ex((HOST, int(os.environ["PORT"]))) == 0:
                return
        time.sleep(0.1)


def first_to_end(processes: dict[str, subprocess.Popen[bytes]]) -> str:
    """Waits for it; its name."""
    while True:
        pid, _ = os.wait()
        for name, process in processes.items():
            if process.pid == pid:
                return name


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def where_to_go() -> str:
    site = os.environ["SITE_URL"]
    places = {
        "Site public": "/",
        "Administration": "/admin/",
        "Coordination": "/coordination/",
    }
    if os.environ["EMAIL_URL"].startswith("filemail:"):
        places["Courriels de démonstration"] = "/demonstration/courriels/"
    lines = [f"  {name:<28}{site}{path}" for name, path in places.items()]
    return "\n".join(["", *lines, "", "Ctrl-C arrête tout."])


def _raise_stopped(number: int, frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    main()
