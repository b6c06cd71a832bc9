"""People who register over HTTP, many at once, and the journal of what each was told."""

import asyncio
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from threading import Event, Thread
from urllib.parse import urlencode

from tests.factories import form_data

# Any visitor's: the cookie and the field only have to agree.
CSRF = "0123456789abcdefghijklmnopqrstuv"
# Seconds; beyond what any page may take, a fault included.
PATIENCE = 90


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 when nothing did."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def thanks(self) -> bool:
        """Whether the visitor was told that it is done."""
        return self.status == 303 and self.headers["location"].endswith("/merci/")


@dataclass(frozen=True)
class Attempt:
    """A form that was sent, and what became of it. Times are of ``time.monotonic()``."""

    form: dict
    answer: Answer
    began_at: float
    ended_at: float


def forms(cycle, territory, prefix: str = "personne") -> Iterator[dict]:
    """Forms of as many different people as wanted."""
    filled = form_data(cycle, territory)
    return (
        {
            **filled,
            "email": f"{prefix}-{number}@nord.example.org",
            "submission_key": uuid.uuid4().hex,
        }
        for number in count(1)
    )


async def ask(port: int, path: str, fields: dict | None = None) -> Answer:
    """GET, or POST of ``fields``, on a connection of its own."""
    method, body = ("GET", "") if fields is None else ("POST", _encoded(fields))
    request = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
        f"Cookie: csrf={CSRF}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )
    writer = None
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request.encode())
            return _parsed(await reader.read())
    except (OSError, TimeoutError):
        return Answer(0)
    finally:
        if writer is not None:
            writer.close()


async def attempt(port: int, path: str, form: dict) -> Attempt:
    began_at = time.monotonic()
    answer = await ask(port, path, form)
    return Attempt(form, answer, began_at, time.monotonic())


def all_at_once(port: int, posts: Iterable[tuple[str, dict]]) -> list[Attempt]:
    """Each of ``posts``, a path and a form, sent at the same moment as the others."""

    async def send():
        return await asyncio.gather(*(attempt(port, path, form) for path, form in posts))

    return asyncio.run(send())


class Load:
    """Visitors who come one after the other, ``at_once`` at a time, until the ``with`` ends."""

    def __init__(self, port: int, path: str, people: Iterator[dict], at_once: int = 4) -> None:
        self.attempts: list[Attempt] = []
        self._port, self._path, self._people, self._at_once = port, path, people, at_once
        self._is_over = Event()
        self._thread = Thread(target=lambda: asyncio.run(self._come()))

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *error) -> None:
        self._is_over.set()
        self._thread.join()

    async def _come(self) -> None:
        async def visitor():
            while not self._is_over.is_set():
                self.attempts.append(await attempt(self._port, self._path, next(self._people)))
                if self.attempts[-1].answer.status != 303:
                    await asyncio.sleep(0.1)

        await asyncio.gather(*(visitor() for _ in range(self._at_once)))


def _encoded(fields: dict) -> str:
    return urlencode({**fields, "csrfmiddlewaretoken": CSRF}, doseq=True)


def _parsed(raw: bytes) -> Answer:
    head, _, body = raw.partition(b"\r\n\r\n")
    if not head:
        return Answer(0)
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    return Answer(int(first.split()[1]), headers, body.decode("utf-8", "replace"))
