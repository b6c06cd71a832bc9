"""What people receive: mails that the worker sent to a real server, as their programs read them."""

from collections.abc import Iterable
from datetime import datetime
from email.message import EmailMessage

from django.core.management import call_command

from tests.calendars import ReadEvent, read
from tests.smtp import Letterbox

Times = list[tuple[datetime, datetime]]


def receive(letterbox: Letterbox) -> EmailMessage:
    """The one mail that the worker had to send."""
    n_before = len(letterbox.mails)
    call_command("send_messages")
    (mail,) = letterbox.mails[n_before:]
    return mail


def body(mail: EmailMessage, kind: str) -> str:
    """``kind`` is "plain" or "html"."""
    return mail.get_body((kind,)).get_content()


def calendars(mail: EmailMessage) -> list[tuple[str, list[ReadEvent]]]:
    """The method and the events of each calendar part, as two parsers read them."""
    return [
        read(part.get_payload(decode=True))
        for part in mail.walk()
        if part.get_content_type() == "text/calendar"
    ]


def times(events: Iterable[ReadEvent]) -> Times:
    return [(event.starts_at, event.ends_at) for event in events]


def uids(mail: EmailMessage) -> list[str]:
    """Of all its events, in the order of the parts."""
    return [event.uid for _, events in calendars(mail) for event in events]


def sequences(mail: EmailMessage) -> list[int]:
    """In the order of ``uids``."""
    return [event.sequence for _, events in calendars(mail) for event in events]
