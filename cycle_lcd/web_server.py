"""What gunicorn says of itself and of people, kept to what it must say."""

import logging

from gunicorn.http.wsgi import Response

# How gunicorn's sentences begin that go on with the client's address or with what it asked.
OPENINGS = ("Invalid request", "Error handling request")


class UnsignedResponse(Response):
    """An answer without ``Server``, which tells whom to attack with what."""

    def default_headers(self) -> list[str]:
        return [line for line in super().default_headers() if not line.startswith("Server:")]


class Anonymous(logging.Filter):
    """Cuts lines before they name anybody: the error of an application, too, is logged by it."""

    def filter(self, record: logging.LogRecord) -> bool:
        for opening in OPENINGS:
            if record.getMessage().startswith(opening):
                record.msg, record.args = opening, ()
        return True
