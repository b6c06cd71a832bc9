"""Mails as their addressees get them: built, put together, and parsed again."""

import re
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser
from typing import Any

from django.utils import timezone

from registrations import emails, outbox
from registrations.accounts import send_password_link
from registrations.models import Message, Registration, Seat
from registrations.models.messages import MessageKind
from registrations.services import Application, Cause, erase, find_links, replace
from registrations.states import Status
from sessions.agenda_changes import Change
from sessions.models import Reminder, Slot
from tests.calendars import ReadEvent, read
from tests.factories import (
    in_days,
    make_account,
    make_application,
    make_registration,
    make_replacement,
)

NB = "\u00a0"
TITLE = "Initier un plan de lutte contre les discriminations"


def fresh(registration: Registration) -> Registration:
    return Registration.objects.with_offer().get(pk=registration.pk)


def send(
    registration: Registration,
    kind: MessageKind,
    context: dict[str, Any] | None = None,
    recipient: str | None = None,
) -> EmailMessage | None:
    """The mail as its addressee parses it; None when there is nothing to say."""
    message = outbox.queue(
        kind, registration=fresh(registration), context=context, recipient=recipient
    )
    return received(message)


def received(message: Message) -> EmailMessage | None:
    """The same for a mail that is queued."""
    message = Message.objects.with_offer().get(pk=message.pk)
    draft = emails.prepare(message, timezone.now())
    if draft is None:
        return None
    content = emails.assemble(message, draft).message().as_bytes(linesep="\r\n")
    return BytesParser(policy=policy.default).parsebytes(content)


def text_of(mail: EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(mail: EmailMessage) -> str:
    return mail.get_body(("html",)).get_content().replace("\r\n", "\n")


def words_of(mail: EmailMessage) -> str:
    """The text of the HTML, in one line."""
    words = []
    parser = HTMLParser()
    parser.handle_data = words.append
    parser.feed(re.sub("<style>.*</style>", "", html_of(mail), flags=re.DOTALL))
    return re.sub("[ \n]+", " ", "".join(words))


def calendars_of(mail: EmailMessage) -> list[tuple[str, list[ReadEvent]]]:
    """The method of each part, in its MIME type and in the file, and its events."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    read_parts = [read(part.get_content().encode()) for part in parts]
    assert [part.get_param("method") for part in parts] == [method for method, _ in read_parts]
    return read_parts


def link_of(registration: Registration) -> str:
    return f"http://testserver/inscriptions/{fresh(registration).token}/"


def seats_of(registration: Registration) -> list[Seat]:
    return list(registration.seats.in_order())


def reminder_of(slot: Slot, text: str = "") -> dict[str, Any]:
    """The context of a reminder of this slot, with staff's own words."""
    rule, _ = Reminder.objects.update_or_create(
        cycle=slot.session.cycle, hours_before=24, defaults={"text": text}
    )
    return {"reminder": rule.pk, "slot": slot.pk, "starts_at": slot.starts_at.isoformat()}


def set_status(registration: Registration, status: Status, **fields: Any) -> None:
    fields = {"queued_at": timezone.now()} | fields if status == Status.WAITLISTED else fields
    Registration.objects.filter(pk=registration.pk).update(status=status, **fields)


def times_of(slot: Slot) -> dict[str, str]:
    return {"starts_at": slot.starts_at.isoformat(), "ends_at": slot.ends_at.isoformat()}


def released_of(seat: Seat) -> dict[str, Any]:
    """The context of a seat that has its slot no more."""
    return {"seat": seat.pk, **times_of(seat.slot)}


def change_of(seat: Seat, *kinds: Change, before: dict[str, str] | None = None) -> dict[str, Any]:
    """The context of a seat whose slot changed."""
    return {"seat": seat.pk, "kinds": [kind.name for kind in kinds], "before": before}


def all_mails(registration: Registration) -> Iterator[EmailMessage]:
    """One mail of each kind, with all that may be in it."""
    cycle = registration.cycle
    gone = make_registration(cycle, "parti@nord.example.org")
    slot = seats_of(registration)[0].slot
    released_seat = gone.seats.in_order()[0]
    released = [released_of(released_seat)]
    gone.seats.filter(pk=released_seat.pk).update(slot=None)
    changes = [change_of(gone.seats.in_order()[0], *Change, before=times_of(slot))]
    yield send(registration, MessageKind.CONFIRMATION)
    yield send(registration, MessageKind.PROMOTED)
    yield send(registration, MessageKind.ALREADY_REGISTERED)
    yield send(registration, MessageKind.LINK_ADDED, {"slots": [slot.pk]})
    yield send(registration, MessageKind.REMINDER, reminder_of(slot, "À demain."))
    yield send(gone, MessageKind.SEATS_CHANGED, {"released": released})
    yield send(
        gone,
        MessageKind.AGENDA_CHANGED,
        {"changes": changes, "released": released, "sentence": "Toutes nos excuses."},
    )
    find_links(registration.email)
    yield received(Message.objects.get(kind=MessageKind.FIND_LINK))
    now = timezone.now()
    replacement = make_replacement(registration)
    yield received(Message.objects.get(kind=MessageKind.REPLACEMENT_ASKED))
    replace(replacement, application_of_lou(registration), now=now)
    yield received(Message.objects.get(kind=MessageKind.REPLACED))
    for status, kind, context in [
        (Status.CANCELLED, MessageKind.CANCELLED, {}),
        (Status.PENDING, MessageKind.PENDING, {}),
        (Status.REFUSED, MessageKind.REFUSED, {"reason": "Ce cycle est réservé à l’État."}),
        (Status.WAITLISTED, MessageKind.WAITLISTED, {}),
    ]:
        set_status(gone, status)
        yield send(gone, kind, context)
    set_status(gone, Status.WAITLISTED, offer_expires_at=in_days(1))
    yield send(gone, MessageKind.OFFERED)
    set_status(gone, Status.WAITLISTED, offer_expires_at=None, offer_lapsed_at=now)
    yield send(gone, MessageKind.OFFER_LAPSED)
    erase(gone, cause=Cause.PERSON, now=now)
    yield received(Message.objects.get(kind=MessageKind.ERASED))
    account = make_account(username="claude", email="claude@irev.example")
    send_password_link(account, by=account)
    yield received(Message.objects.get(kind=MessageKind.ACCOUNT_LINK))
    alert = {"account": 12, "cycle": cycle.pk, "n": 212}
    yield received(
        outbox.queue(MessageKind.LARGE_EXPORT, recipient="securite@irev.example", context=alert)
    )


def application_of_lou(registration: Registration) -> Application:
    return make_application(
        registration.profile, "lou@nord.example.org", first_name="Lou", last_name="Petit"
    )
