"""Notices of non-delivery: what a server that had accepted one of our mails says of it afterwards.

Standard ones (RFC 3464) say it in fields; the others in prose, which flufl.bounce knows how to
read: docs/decisions/0012-mails-that-come-back.md. A notice counts by the Message-ID of the mail
that it sends back, which nobody can guess; never by the address that it names.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from flufl.bounce import scan_message

from registrations.refusals import address_failure

log = logging.getLogger(__name__)

# As registrations.models.messages.draw_message_id makes them.
_MESSAGE_ID = re.compile(r"<[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}@[^<>\s]+>")
# OpenSMTPD writes "error"; some add a comment.
_FAILED = ("failed", "error")


@dataclass(frozen=True)
class Notice:
    """One of our mails will never arrive."""

    # Those that the notice bears, that of the mail sent back first; not all need be ours.
    message_ids: list[str]
    # The words of the server that refused it, "" when the notice does not quote them.
    answer: str
    # See ``refusals.address_failure``.
    address_failure: str


def read_notice(raw: bytes) -> Notice | None:
    """What ``raw``, a mail, says of one of ours.

    None for all the rest: delays, receipts, automatic answers, mails that people write.
    """
    try:
        return _notice_in(message_from_bytes(raw))
    except Exception:
        # Heuristics, on whatever anyone may send us: that one says nothing, and the others do.
        log.error("a notice cannot be read", exc_info=True)
        return None


def _notice_in(mail: Message) -> Notice | None:
    reports = [part for part in mail.walk() if part.get_content_type() == "message/delivery-status"]
    if reports:
        replies = _replies_of_report(reports)
    elif _may_be_in_prose(mail):
        replies = _replies_in_prose(mail)
    else:
        replies = None
    message_ids = list(dict.fromkeys(_message_ids(mail)))
    if replies is None or not message_ids:
        return None
    return Notice(message_ids, replies[0], address_failure(*replies))


def _replies_of_report(reports: list[Message]) -> list[str] | None:
    """What the report quotes of the server, then the status it draws from it; None: no failure.

    The quotation first: Exim always writes 5.0.0 as the status.
    """
    blocks = [block for report in reports for block in report.walk() if block["Action"]]
    for block in blocks:
        if str(block["Action"]).strip().lower().startswith(_FAILED):
            # « smtp; 550 5.1.1 … »: the type of the code, then the server's words.
            diagnostic = str(block["Diagnostic-Code"] or "").partition(";")[2].strip()
            status = str(block["Status"] or "").strip()
            return [diagnostic or status, status]
    return None


def _may_be_in_prose(mail: Message) -> bool:
    """Not the other reports (a receipt, a complaint), nor what answers for someone on holiday."""
    if mail["X-Failed-Recipients"]:  # Exim, which says that it replies too
        return True
    is_report = mail.get_content_type() == "multipart/report"
    is_reply = str(mail["Auto-Submitted"] or "").strip().lower().startswith("auto-replied")
    return not (is_report or is_reply)


def _replies_in_prose(mail: Message) -> list[str] | None:
    if not scan_message(mail):
        return None
    # What comes before the copy of our mail, which ends where its own headers begin.
    told = re.split(r"(?im)^[> ]*message-id:", next(_texts(mail), ""))[0]
    lines = (line.strip() for line in told.splitlines())
    return [next((line for line in lines if address_failure(line)), "")]


def _message_ids(mail: Message) -> Iterator[str]:
    inner = [part for part in mail.walk() if part is not mail]
    for part in inner:
        yield from _MESSAGE_ID.findall(str(part["Message-ID"] or ""))
    for text in _texts(mail):
        yield from _MESSAGE_ID.findall(text)
    for name in ("In-Reply-To", "References"):
        yield from _MESSAGE_ID.findall(str(mail[name] or ""))


def _texts(mail: Message) -> Iterator[str]:
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                yield content.decode("utf-8", "replace")
