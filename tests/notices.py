"""Notices of non-delivery, and what else comes back, as servers write them: ``tests/data/notices``.

All are about the mail ``MESSAGE_ID`` but one, which is about nobody's.
"""

from pathlib import Path

MESSAGE_ID = "<6f1c1d4e-5a0b-4d0e-9f43-2f6f7f3f0a11@testserver>"

_FOLDER = Path(__file__).parent / "data" / "notices"

# By name: what the server answered, by its beginning, and what is held against the address.
RETURNED = {
    "postfix-unknown": ("550 5.1.1 <alix.martin@nord.example.org>: Recipient", "550 5.1.1"),
    "postfix-no-domain": ("Host or domain name not found.", "5.4.4"),
    # After five days, of a server that is away.
    "postfix-gave-up": ("connect to mx.nord.example.org[192.0.2.5]:25:", ""),
    "exchange-unknown": ("550 5.1.10 RESOLVER.ADR.RecipientNotFound;", "550 5.1.10"),
    "gmail-full": ("552-5.2.2 The recipient's inbox is out of storage", "552 5.2.2"),
    "orange-unknown": ("550 5.1.1 Adresse d au moins un destinataire", "550 5.1.1"),
    "orange-spam": ("550 5.2.0 Mail rejete.", ""),
    "exim-unknown": ("550 5.1.1 <alix.martin@nord.example.org>: user", "550 5.1.1"),
    "qmail-unknown": ("Sorry, no mailbox here by that name. (#5.1.1)", "5.1.1"),
    "exim-prose": ("", ""),
}
IGNORED = [
    "absent-exchange",
    "absent-vacation",
    "exim-delayed",
    "person",
    "postfix-delayed",
    "postfix-delivered",
    "receipt",
]
OF_ANOTHER_MAIL = "of-another-mail"


def notice(name: str) -> bytes:
    return (_FOLDER / f"{name}.eml").read_bytes()


def all_names() -> list[str]:
    return sorted(path.stem for path in _FOLDER.iterdir())
