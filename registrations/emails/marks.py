"""What stands for a secret link in the bodies that the database keeps."""

import re
from collections.abc import Mapping

from django.contrib.auth.models import User

from registrations.models import Registration, Replacement

# Noncharacters of Unicode, which nobody can type: no field takes them (``check_characters``).
_BEGIN, _END = "\ufdd0", "\ufdd1"
_MARK = re.compile(f"{_BEGIN}[a-z]+-link-[0-9]+{_END}")

_WHOSE: dict[type, str] = {Registration: "personal", Replacement: "replacement", User: "account"}


def mark(of: Registration | Replacement | User) -> str:
    return f"{_BEGIN}{_WHOSE[type(of)]}-link-{of.pk}{_END}"


def reveal_links(body: str, links: Mapping[str, str]) -> str:
    """``body`` with the addresses in place of their marks; any other mark stays what it is.

    So that a mail carries the links of its own addressee and of nobody else, and that no words can
    stop it.
    """
    return _MARK.sub(lambda found: links.get(found[0], found[0]), body)


def hide_links(body: str, instead: str) -> str:
    """``body`` with ``instead`` in place of the marks, for those who read the log of messages."""
    return _MARK.sub(instead, body)
