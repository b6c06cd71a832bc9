"""The outbox: mails queued in the transaction of what they tell, sent by workers.

A worker claims one message at a time for as long as ``OUTBOX_LEASE``, which outlasts the slowest
talk with an SMTP server. If it dies, the lease ends and another takes the message: a mail may then
arrive twice, with the same Message-ID, and never not at all.
"""

import logging
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from registrations import emails
from registrations.models import Message, Registration
from registrations.models.messages import MessageKind
from registrations.states import MessageState

log = logging.getLogger(__name__)

# Patience with a server that says "not now" or does not answer.
FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(hours=48)
# After the mail was handed over without an answer, the server may well have kept it.
IN_DOUBT_DELAY = timedelta(minutes=15)
IN_DOUBT_ATTEMPTS = 3


def queue(
    kind: str,
    *,
    registration: Registration | None = None,
    recipient: str | None = None,
    context: dict | None = None,
    dedup_key: str | None = None,
) -> Message:
    """Queues a mail in the current transaction: it leaves if, and only if, that one commits.

    The mail is built and checked at once, so that an error shows where it was made rather than in
    a worker. Raises ``emails.Unsendable`` when it cannot be sent as it is.
    """
    message = Message(
        kind=kind,
        registration=registration,
        recipient=recipient or registration.email,
        context=context or {},
        dedup_key=dedup_key,
    )
    _check(message)
    message.save(force_insert=True)
    return message


def _check(message: Message) -> None:
    emails.check_address(message.recipient)
    if message.kind == MessageKind.FIND_LINK:
        # Built when it leaves only: here, the time it takes would tell whether the address is known.
        return
    draft = emails.prepare(message, timezone.now())
    if draft is None:
        message.state = MessageState.DROPPED
    else:
        emails.assemble(message, draft)


def claim() -> Message | None:
    """Takes the message whose turn it is, or None. No other worker gets it during the lease."""
    with transaction.atomic():
        due = Message.objects.due().order_by("next_attempt_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        message_pk = due.values_list("pk", flat=True).first()
        if message_pk is None:
            return None
        Message.objects.filter(pk=message_pk).update(
            state=MessageState.SENDING,
            claim=uuid.uuid4(),
            attempts=F("attempts") + 1,
            # The database's clock, which is the same for all workers.
            leased_until=Now() + settings.OUTBOX_LEASE,
        )
    return Message.objects.select_related(
        "registration__cycle", "registration__profile__group"
    ).get(pk=message_pk)
