"""The pages that stand for a mailbox in demonstration: every mail that would have been sent.

They are public, with the secret links of everybody: ``registrations.urls`` knows them only where
``settings.DEMONSTRATION`` says that mails are kept instead of being sent.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, register_converter
from django.views.decorators.http import require_safe

from registrations.previews import html_preview

MOST_SHOWN = 100
SHOWN_HEADERS = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted")

_parser = BytesParser(policy=policy.default)


class MailNameConverter:
    """The name of a file that ``transport.FolderBackend`` wrote, without its end."""

    regex = "[0-9]{8}-[0-9]{6}-[0-9]{6}-[0-9a-f]{8}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


@dataclass(frozen=True)
class KeptMail:
    name: str
    message: EmailMessage

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, value.strip()) for name in SHOWN_HEADERS if (value := self.message[name])]

    @property
    def subject(self) -> str:
        # Folded after its name when it is long, which the parser leaves as a space.
        return self.message["Subject"].strip()

    @property
    def recipient(self) -> str:
        return self.message["To"]

    @property
    def sent_at(self) -> datetime:
        moment = self.message["Date"].datetime
        # Django's own mails say -0000: in UTC, from no place in particular.
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def calendars(self) -> list[str]:
        """The calendar parts, as clients read them."""
        return [
            part.get_content()
            for part in self.message.walk()
            if part.get_content_type() == "text/calendar"
        ]

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return part.get_content() if part is not None else ""


@login_not_required
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """The latest mails, newest first."""
    names = sorted((file.stem for file in _folder().glob("*.eml")), reverse=True)
    context = {"mails": [_kept(name) for name in names[:MOST_SHOWN]]}
    return render(request, "demonstration/mails.html", context)


@login_not_required
@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: its headers, its two bodies, its calendar."""
    return render(request, "demonstration/mail.html", {"mail": _kept(name)})


@login_not_required
@require_safe
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    return html_preview(_kept(name).html)


@login_not_required
@require_safe
def mail_calendar(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """The ``number``-th calendar part, from 1, as a file."""
    calendars = _kept(name).calendars
    if not 1 <= number <= len(calendars):
        raise Http404
    response = HttpResponse(calendars[number - 1], content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="agenda-{number}.ics"'
    return response


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)


def _kept(name: str) -> KeptMail:
    try:
        content = (_folder() / f"{name}.eml").read_bytes()
    except FileNotFoundError as error:
        raise Http404 from error
    return KeptMail(name, _parser.parsebytes(content))


register_converter(MailNameConverter, "mail_name")

urlpatterns = [
    path("demonstration/courriels/", mails, name="demonstration_mails"),
    path("demonstration/courriels/<mail_name:name>/", mail, name="demonstration_mail"),
    path("demonstration/courriels/<mail_name:name>/html/", mail_html, name="demonstration_html"),
    path(
        "demonstration/courriels/<mail_name:name>/agenda-<int:number>.ics",
        mail_calendar,
        name="demonstration_calendar",
    ),
]
