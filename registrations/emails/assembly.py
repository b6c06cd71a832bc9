"""From a draft to a mail: subject and bodies, headers, calendar parts, and the checks."""

import logging
import re
import unicodedata
from datetime import datetime
from email.errors import MessageError
from email.utils import format_datetime, formataddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, SafeMIMEText
from django.core.validators import EmailValidator
from django.template.loader import render_to_string

from registrations.emails.drafts import Draft
from registrations.emails.kinds import BUILDERS
from registrations.emails.marks import reveal_links
from registrations.models import Message
from sessions.calendars import Method
from sessions.models import Cycle

log = logging.getLogger(__name__)

SUBJECT_LENGTH = 70
_MOST_HEADER = 150

_check_syntax = EmailValidator(allowlist=[])


class Unsendable(Exception):
    """The mail cannot be built or addressed as it is; no retry would mend it.

    The text says what is wrong, without the value: it goes to the logs.
    """


def prepare(message: Message, now: datetime) -> Draft | None:
    """Builds the subject and the bodies of ``message`` into its fields, without saving it.

    Returns None, and leaves the fields alone, when there is nothing useful to say any more.
    """
    draft = BUILDERS[message.kind](message, now)
    if draft is None:
        return None
    name = f"emails/{message.kind}"
    message.subject = shorten(render_to_string(f"{name}_subject.txt", draft.context))
    context = {**draft.context, "subject": message.subject}
    message.text_body = _tidy(render_to_string(f"{name}.txt", context))
    message.html_body = _tidy(render_to_string(f"{name}.html", context))
    message.calendars = [
        *([{"method": Method.PUBLISH, "file": draft.published}] if draft.published else []),
        *({"method": Method.CANCEL, "file": file} for file in draft.cancelled),
    ]
    return draft


def assemble(message: Message, draft: Draft) -> EmailMultiAlternatives:
    """The mail of a prepared message, with the secret links in place of their marks.

    The calendar comes three ways, since no client reads them all: as an alternative of the text,
    which Outlook and Gmail act upon; as a file, which Apple Mail and telephones show; and each
    cancellation as an inline part of its own. Raises Unsendable.
    """
    check_address(message.recipient)
    headers = {
        "From": settings.EMAIL_FROM,
        "Message-ID": message.message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    if isinstance(message.created_at, datetime):  # not in the database yet: only checked
        headers["Date"] = format_datetime(message.created_at)
    mail = EmailMultiAlternatives(
        subject=_checked(message.subject),
        body=reveal_links(message.text_body, draft.links),
        # The envelope's sender: what cannot be delivered comes back there.
        from_email=settings.EMAIL_BOUNCES,
        to=[message.recipient],
        reply_to=_reply_to(draft.cycle),
        headers=headers,
    )
    mail.attach_alternative(reveal_links(message.html_body, draft.links), "text/html")
    for number, part in enumerate(message.calendars, start=1):
        _attach_calendar(mail, part["method"], part["file"], number)
    try:
        mail.message()
    except (ValueError, MessageError) as error:  # BadHeaderError and UnicodeError among them
        raise Unsendable("the headers cannot be written") from error
    return mail


def check_address(address: str) -> None:
    """Raises Unsendable for an address that would break on its way to the server.

    Django's validator lets through, among others, marks of writing direction.
    """
    if not address.isascii() or not address.isprintable() or "[" in address:
        raise Unsendable("the address has characters that no server takes")
    try:
        _check_syntax(address)
    except ValidationError as error:
        raise Unsendable("the address is not one") from error


def shorten(subject: str) -> str:
    """One line of at most 70 characters, cut between two words."""
    # Titles are pasted from slides and word processors, with their line breaks (VT, U+2028).
    subject = re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+", " ", subject).strip()
    if len(subject) <= SUBJECT_LENGTH:
        return subject
    return subject[:SUBJECT_LENGTH].rsplit(" ", 1)[0].rstrip(" ,;:–\u00a0") + "…"


def _reply_to(cycle: Cycle | None) -> list[str] | None:
    """The cycle's contact; nobody rather than a mail that cannot leave for its sake."""
    if cycle is None or not cycle.contact_email:
        return None
    try:
        check_address(cycle.contact_email)
        return [formataddr((_checked(cycle.contact_name), cycle.contact_email))]
    except Unsendable as error:
        log.warning("cycle %s: its contact gets no answers, %s", cycle.pk, error)
        return None


def _checked(header: str) -> str:
    if len(header) > _MOST_HEADER:
        raise Unsendable("a header is longer than servers take")
    if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in header):
        raise Unsendable("a header has a control character")
    return header


def _tidy(text: str) -> str:
    """``text`` without the blank lines that template tags leave."""
    text = re.sub(r"[ \t]+\n", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _attach_calendar(mail: EmailMultiAlternatives, method: str, file: str, number: int) -> None:
    if method == Method.PUBLISH:
        mail.attach_alternative(file, f"text/calendar; method={method}")
        mail.attach("seances.ics", file.encode(), "application/ics")
        return
    part = SafeMIMEText(file, f"calendar; method={method}", "utf-8")
    part.add_header("Content-Disposition", "inline", filename=f"annulation-{number}.ics")
    mail.attach(part)
