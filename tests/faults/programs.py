"""The product's own processes, started as in production and started again when they die."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

from django.conf import settings

# Longer than anything here takes, so that what never comes ends the test.
PATIENCE = 60
RESTART_SECONDS = 0.2


class Program:
    """One process that is started again whenever it dies, as systemd does, until ``close()``."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.n_starts = 0
        self._command, self._environment, self._log = command, environment, log
        self._is_over = Event()
        self._start()
        self._keeper = Thread(target=self._keep_alive)
        self._keeper.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """Ends it without warning, as a crash or a lack of memory does."""
        self._process.kill()

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def children(self) -> list[int]:
        tasks = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(pid) for pid in tasks.read_text().split()]

    def close(self) -> None:
        self._is_over.set()
        self._keeper.join()
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()

    def _start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=settings.BASE_DIR,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C is for the tests, which then stop it.
                start_new_session=True,
            )
        self.n_starts += 1

    def _keep_alive(self) -> None:
        while not self._is_over.wait(0.02):
            if self._process.poll() is not None and not self._is_over.wait(RESTART_SECONDS):
                self._start()


class Programs:
    """What runs on one database."""

    def __init__(self, folder: Path, database_url: str, smtp_port: int) -> None:
        self.folder = folder
        self._environment = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "SECRET_KEY": settings.SECRET_KEY,
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": database_url,
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
        }

    @contextlib.contextmanager
    def worker(self, **variables: str) -> Iterator[Program]:
        command = [sys.executable, "manage.py", "run_worker"]
        with self.run("worker", command, **variables) as program:
            yield program

    @contextlib.contextmanager
    def web(self, application: str = "cycle_lcd.wsgi", **variables: str) -> Iterator["Web"]:
        """Gunicorn with the product's configuration, once it answers."""
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", application]
        variables |= {"PORT": str(port), "SITE_URL": f"http://127.0.0.1:{port}"}
        with self.run("web", command, **variables) as program:
            web = Web(program, port)
            wait_until(web.is_alive)
            yield web

    @contextlib.contextmanager
    def run(self, name: str, command: list[str], **variables: str) -> Iterator[Program]:
        program = Program(command, {**self._environment, **variables}, self.folder / f"{name}.log")
        try:
            yield program
        finally:
            program.close()

    def manage(self, *arguments: str) -> str:
        """What a management command says, once it is over; whatever its exit code."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self._environment,
            capture_output=True,
            check=False,
        )
        return (done.stdout + done.stderr).decode()


class Web:
    """A running web server."""

    def __init__(self, program: Program, port: int) -> None:
        self.program, self.port = program, port

    def is_alive(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
                return True
        except OSError:
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition: Callable[[], bool], patience: float = PATIENCE) -> float:
    """Returns how many seconds it took; raises AssertionError when it never comes."""
    began_at = time.monotonic()
    while not condition():
        assert time.monotonic() - began_at < patience, "waited in vain"
        time.sleep(0.05)
    return time.monotonic() - began_at
