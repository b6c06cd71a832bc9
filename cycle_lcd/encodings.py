"""Requests are read as UTF-8 alone, whatever they say of themselves."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.http import parse_header_parameters

# Stands for the type of a request that is not read; refused by RequestGuardMiddleware.
UNREADABLE = "application/x-unreadable"
UTF_8 = {"utf-8", "utf8"}

Environ = dict[str, Any]
Application = Callable[[Environ, Callable], Iterable[bytes]]


def is_read_as_utf8(content_type: str) -> bool:
    """Whether Django would read a request of this type as UTF-8, query and form."""
    # "name*=encoding''value" brings an encoding of its own, which may be none.
    if "*" in content_type:
        return False
    _, parameters = parse_header_parameters(content_type)
    return parameters.get("charset", "utf-8").lower() in UTF_8


class ReadAsUtf8:
    """Around Django, which decodes a query as its request asks, before any middleware.

    Among what Python calls encodings, some are none of text, some fail, some make what no database
    keeps. A request that asks for another one than UTF-8 is given to Django as of no known type.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: Callable) -> Iterable[bytes]:
        if not is_read_as_utf8(environ.get("CONTENT_TYPE", "")):
            environ["CONTENT_TYPE"] = UNREADABLE
        return self.application(environ, start_response)
