"""What stands for a secret link in the bodies that the database keeps."""

import re
from collections.abc import Mapping

from django.contrib.auth.models import User

from registrations.models import Registration, Replacement

_MARK = re.compile(r"(?:personal|replacement|account)-link-[0-9]+-end")


_WHOSE: dict[type, str] = {Registration: "personal", Replacement: "replacement", User: "account"}


def mark(of: Registration | Replacement | User) -> str:
    whose = _WHOSE[type(of)]
    return f"{whose}-link-{of.pk}-end"


def reveal_links(body: str, links: Mapping[str, str]) -> str:
    """``body`` with the addresses in place of their marks.

    Raises KeyError for a mark that is not among them: a mail carries the links of its own
    addressee and of nobody else.
    """
    return _MARK.sub(lambda found: links[found[0]], body)


def hide_links(body: str, instead: str) -> str:
    """``body`` with ``instead`` in place of the marks, for those who read the log of messages."""
    return _MARK.sub(instead, body)
