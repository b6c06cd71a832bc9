"""How a mail leaves: the connection to the server, and what its answers mean.

``EMAIL_URL`` chooses the backend: ``SmtpBackend`` for a real server, ``FolderBackend`` for the
demonstration.
"""

import contextlib
import re
import smtplib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend

from registrations.refusals import address_failure

# Servers quote what they refuse: the address, or a link of the text, or who has the mailbox.
_HIDDEN = (
    ("[adresse]", re.compile(r"[^\s<>@]+(?:@|%40)[^\s<>@]+", re.IGNORECASE)),
    (
        "[adresse]",
        re.compile(r"[^\s<>]+(?: at | ?[(\[]at[)\]] ?)[\w-]+(?:\.[\w-]+)+", re.IGNORECASE),
    ),
    ("[lien]", re.compile(r"[A-Za-z0-9_-]{43}")),
    # French, or international without spaces; an IP address is none.
    (
        "[téléphone]",
        re.compile(
            r"(?<![\w.])(?:(?:(?:\+|00)33 ?|0)[1-9](?:[ .-]?\d\d){4}|\+\d{8,15})(?![\w.]?\d)"
        ),
    ),
)
# Of the part of an address before the @, what may be a name.
_NAME = re.compile(r"[^\W\d_]{3,}")


class Verdict(Enum):
    """What an attempt comes to."""

    SENT = auto()
    LATER = auto()
    NEVER = auto()
    # The mail went out whole and the answer did not come: the server may well have kept it.
    IN_DOUBT = auto()


@dataclass(frozen=True)
class Answer:
    verdict: Verdict
    # For staff: the server's words, as far as ``readable`` hides people in them.
    text: str
    # By which codes the server refuses the address itself, if it does: registrations.refusals.
    address_failure: str = ""


class Courier:
    """Hands mails over to the server, on one connection that is kept until ``close()``."""

    def __init__(self) -> None:
        self._backend = get_connection()

    def connect(self) -> bool:
        """Makes sure that the server listens; True when that took a new connection.

        Raises SMTPException or OSError: nothing was said of any mail.
        """
        if isinstance(self._backend, SmtpBackend):
            if self._backend.is_alive():
                return False
            self._backend.drop()
        return bool(self._backend.open())

    def carry(self, mail: EmailMessage) -> Answer:
        """Hands one mail over. Never raises what a server or a network can do."""
        try:
            self._backend.send_messages([mail])
        except (smtplib.SMTPException, OSError) as error:
            answer = self._answer(error, *mail.to)
            if isinstance(self._backend, SmtpBackend):
                self._backend.drop()
            return answer
        return Answer(Verdict.SENT, readable(getattr(self._backend, "last_reply", ""), *mail.to))

    def close(self) -> None:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            self._backend.close()

    def _answer(self, error: Exception, *addresses: str) -> Answer:
        code, text = reply_in(error, *addresses)
        if code >= 500:
            # What is said of a mailbox in answer to MAIL is said of ours.
            is_about_them = not isinstance(error, smtplib.SMTPSenderRefused)
            return Answer(Verdict.NEVER, text, address_failure(text) if is_about_them else "")
        if code == 0 and getattr(self._backend, "is_in_doubt", False):
            return Answer(Verdict.IN_DOUBT, f"Remis sans réponse du serveur. {text}")
        return Answer(Verdict.LATER, text)


def reply_in(error: Exception, *addresses: str) -> tuple[int, str]:
    """The code (0: none) and the ``readable`` words of the server, or what lacks without it."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        # One mail, one recipient.
        code, reply = next(iter(error.recipients.values()))
        words = _decoded(reply)
    elif isinstance(error, smtplib.SMTPResponseException):
        code, words = error.smtp_code, _decoded(error.smtp_error)
    elif isinstance(error, smtplib.SMTPNotSupportedError):
        return 0, "Le serveur ne sait pas faire ce que la configuration demande."
    else:
        return 0, f"Le serveur de courriels ne répond pas ({type(error).__name__})."
    return code, readable(f"{code} {words}", *addresses)


def readable(reply: str, *addresses: str) -> str:
    """A server's words in one line, cut at 500 characters.

    Without secret links, addresses, telephones, nor the names that ``addresses`` are made of. A
    server may write whatever it knows: what is left is personal all the same, and kept as such.
    """
    for label, pattern in _HIDDEN:
        reply = pattern.sub(label, reply)
    for name in sorted({n for each in addresses for n in _names_in(each)}, key=len, reverse=True):
        reply = re.sub(rf"(?<![^\W\d_]){re.escape(name)}(?![^\W\d_])", "[nom]", reply, flags=re.I)
    return " ".join("".join(c if c.isprintable() else " " for c in reply).split())[:500]


def _names_in(address: str) -> list[str]:
    return _NAME.findall(address.partition("@")[0])


def _decoded(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply


class _Smtp(smtplib.SMTP):
    """The standard library's, that tells how far the mail got."""

    is_in_doubt = False
    last_reply = ""

    def data(self, msg):
        self.is_in_doubt = True
        code, reply = super().data(msg)
        self.is_in_doubt = False
        self.last_reply = f"{code} {_decoded(reply)}"
        return code, reply


class _SmtpSsl(_Smtp, smtplib.SMTP_SSL):
    pass


class SmtpBackend(smtp.EmailBackend):
    """Django's, that knows whether a mail went out without an answer."""

    connection: _Smtp | None
    _partial_connection: _Smtp | None

    @property
    def connection_class(self):
        return _SmtpSsl if self.use_ssl else _Smtp

    @property
    def is_in_doubt(self) -> bool:
        return self.connection is not None and self.connection.is_in_doubt

    @property
    def last_reply(self) -> str:
        return self.connection.last_reply if self.connection is not None else ""

    def open(self) -> bool | None:
        is_new = super().open()
        if is_new and self.connection is not None:
            # Now rather than with the first mail: what is refused here is no fault of a mail's.
            self.connection.ehlo_or_helo_if_needed()
        return is_new

    def is_alive(self) -> bool:
        """Whether there is a connection and the server has not hung up."""
        if self.connection is None:
            return False
        try:
            code, _ = self.connection.noop()
        except (smtplib.SMTPException, OSError):
            return False
        return code == 250

    def drop(self) -> None:
        """Hangs up without a word: the server may not be there to answer it."""
        for connection in (self._partial_connection, self.connection):
            if connection is not None:
                connection.close()
        self._partial_connection = self.connection = None


class FolderBackend(BaseEmailBackend):
    """Keeps each mail as a file of ``EMAIL_FILE_PATH``; their names are in the order of arrival."""

    def send_messages(self, email_messages) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for mail in email_messages:
            name = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex[:8]}"
            # Written aside, then named: a reader never finds half a mail.
            draft = folder / f"{name}.part"
            draft.write_bytes(mail.message().as_bytes(linesep="\r\n"))
            draft.rename(folder / f"{name}.eml")
        return len(email_messages)
