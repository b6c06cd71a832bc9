"""A mail server of this machine, and what talks to it."""

from collections.abc import Iterator

import pytest

from registrations.transport import Courier
from tests.smtp import Letterbox, smtp_server


@pytest.fixture
def letterbox(settings) -> Iterator[Letterbox]:
    settings.EMAIL_BACKEND = "registrations.transport.SmtpBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    with smtp_server() as letterbox:
        settings.EMAIL_PORT = letterbox.port
        yield letterbox


@pytest.fixture
def courier(letterbox) -> Iterator[Courier]:
    courier = Courier()
    yield courier
    courier.close()
