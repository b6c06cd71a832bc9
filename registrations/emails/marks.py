"""What stands for a personal link in the bodies that the database keeps."""

import re
from collections.abc import Mapping

from registrations.models import Registration

_MARK = re.compile(r"personal-link-([0-9]+)-end")


def mark(registration: Registration) -> str:
    return f"personal-link-{registration.pk}-end"


def reveal_links(body: str, addresses: Mapping[int, str]) -> str:
    """``body`` with the addresses in place of the marks, by identifier of registration.

    Raises KeyError for a mark that is not among them: a mail carries the links of its own
    addressee and of nobody else.
    """
    return _MARK.sub(lambda found: addresses[int(found[1])], body)


def hide_links(body: str, instead: str) -> str:
    """``body`` with ``instead`` in place of the marks, for those who read the log of messages."""
    return _MARK.sub(instead, body)
