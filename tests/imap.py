"""A real IMAP server on loopback: pymap, with one mailbox in memory."""

import contextlib
import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

USER = "retours"
# An address, a space, an accent: what a URL has to encode.
PASSWORD = "p@ss sécurité"

_PATIENCE = 20


@dataclass
class ImapServer:
    port: int
    _process: subprocess.Popen

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    @contextlib.contextmanager
    def inbox(self) -> Iterator[imaplib.IMAP4]:
        """The mailbox, as its owner opens it."""
        with imaplib.IMAP4("127.0.0.1", self.port, _PATIENCE) as server:
            server.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
            server.select()
            yield server

    def receive(self, mail: bytes) -> None:
        with self.inbox() as server:
            server.append("INBOX", None, None, mail.replace(b"\n", b"\r\n"))

    @property
    def flags(self) -> list[set[bytes]]:
        """Of each mail, in the order of arrival; but ``\\Recent``, which every look takes away."""
        with self.inbox() as server:
            _, found = server.fetch("1:*", "(FLAGS)")
            return [
                {*imaplib.ParseFlags(line)} - {b"\\Recent"} for line in found if line is not None
            ]


@contextlib.contextmanager
def imap_server() -> Iterator[ImapServer]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        *(str(Path(sys.executable).with_name("pymap")), "--host", "127.0.0.1"),
        *("--port", str(port), "--no-tls", "--no-service", "admin"),
        *("--no-service", "managesieve"),
        *("dict", "--demo-user", USER, "--demo-password", PASSWORD),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = ImapServer(port, process)
    try:
        _wait_until_it_listens(port)
        yield server
    finally:
        server.stop()


def _wait_until_it_listens(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < deadline, "the IMAP server did not start"
        Event().wait(0.05)
