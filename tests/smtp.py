"""A real SMTP server on loopback, that can be told to misbehave."""
# ruff: noqa: N802 - aiosmtpd finds the handlers by these names

import asyncio
import contextlib
import socket
import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

# In place of an answer: the connection is cut without one.
HANG_UP = "hang up"

Answer = str | None | Callable[[], str | None]


@dataclass
class Letterbox:
    """What arrived, and what to answer: by command, the next answers; then all is well.

    ``answers["RCPT"] = ["451 later"]`` refuses one recipient and takes the next. An answer may be
    a function, called at that moment; None means "as usual".
    """

    port: int
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)
    # The envelopes' senders.
    senders: list[str] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    n_connections: int = 0
    # Seconds that each mail takes to be accepted.
    slowness: float = 0

    @property
    def copies(self) -> Counter[str]:
        """How often each Message-ID arrived."""
        return Counter(mail["Message-ID"] for mail in self.mails)

    async def handle_EHLO(self, server: SMTP, session: Session, envelope, hostname, responses):
        self.n_connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server: SMTP, session, envelope: Envelope, address, options):
        envelope.mail_from = address
        return await self._answer("MAIL", server) or "250 OK"

    async def handle_RCPT(self, server: SMTP, session, envelope: Envelope, address, options):
        answer = await self._answer("RCPT", server)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session, envelope: Envelope) -> str:
        refusal = await self._answer("DATA", server)
        if refusal and refusal != HANG_UP:
            return refusal
        await asyncio.sleep(self.slowness)
        assert isinstance(envelope.content, bytes)
        self.senders.append(envelope.mail_from or "")
        self.raw.append(envelope.content)
        self.mails.append(BytesParser(policy=policy.default).parsebytes(envelope.content))
        # Kept, then whatever happens: the mail is there and the sender may never know.
        await self._answer("KEPT", server)
        return "250 2.0.0 OK queued as 4F1C2"

    async def _answer(self, command: str, server: SMTP) -> str | None:
        answers = self.answers.get(command, [])
        answer = answers.pop(0) if answers else None
        if callable(answer):
            answer = await asyncio.to_thread(answer)
        if answer == HANG_UP:
            server.transport.abort()
        return answer


@contextlib.contextmanager
def smtp_server() -> Iterator[Letterbox]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    letterbox = Letterbox(port)
    controller = Controller(letterbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield letterbox
    finally:
        controller.stop()


@contextlib.contextmanager
def refusing_server(banner: bytes) -> Iterator[int]:
    """The port of a server that says ``banner`` to whoever comes, and hangs up."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(banner)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
