"""The SMTP server that mails go to, with the moods of real ones."""
# ruff: noqa: N802 - aiosmtpd finds the handlers by these names

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.faults.programs import free_port
from tests.smtp import Letterbox


@dataclass
class Sink(Letterbox):
    """A letterbox that also has a word to say before the first one, and about each recipient.

    ``answers`` may also hold "BANNER", said in place of the greeting before hanging up, and "EHLO".
    """

    # Seconds that the next connections wait for the greeting.
    banner_delays: list[float] = field(default_factory=list)
    # What a recipient is answered in place of "250".
    refusal: Callable[[str], str | None] = lambda address: None

    def start(self) -> None:
        self._controller = _Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Nobody listens on its port until ``start()``."""
        self._controller.stop()

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        await self._answer("EHLO", server)
        return await super().handle_EHLO(server, session, envelope, hostname, responses)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if refused := self.refusal(address):
            return refused
        return await super().handle_RCPT(server, session, envelope, address, options)


class _Server(SMTP):
    async def _handle_client(self):
        sink = self.event_handler
        if sink.banner_delays:
            await asyncio.sleep(sink.banner_delays.pop(0))
        if refusal := await sink._answer("BANNER", self):
            await self.push(refusal)
            self.transport.close()
            return
        await super()._handle_client()


class _Controller(Controller):
    def factory(self):
        return _Server(self.handler, **self.SMTP_kwargs)


@contextlib.contextmanager
def sink() -> Iterator[Sink]:
    running = Sink(free_port())
    running.start()
    try:
        yield running
    finally:
        running.stop()
