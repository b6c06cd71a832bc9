"""The outbox: mails queued in the transaction of what they tell, sent by workers.

A worker claims one message at a time for as long as ``OUTBOX_LEASE``, which outlasts the slowest
talk with an SMTP server. If it dies, the lease ends and another takes the message: a mail may then
arrive twice, with the same Message-ID, and never not at all.
"""

import logging
import random
import smtplib
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.mail import EmailMessage
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from registrations import emails, reachability
from registrations.exceptions import Refusal
from registrations.models import Message, Registration
from registrations.models.messages import MessageKind
from registrations.states import MessageState
from registrations.throttling import FREE, Pace
from registrations.transport import Answer, Courier, Verdict, readable, reply_in

log = logging.getLogger(__name__)

# Patience with a server that says "not now" or does not answer: 10 s, 20 s, 40 s… then each hour.
FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(hours=1)
# Which makes 48 hours. Counted in attempts: a queue that slept for a week has not been patient.
MOST_ATTEMPTS = 56
# After the mail was handed over without an answer, the server may well have kept it.
IN_DOUBT_DELAY = timedelta(minutes=15)
IN_DOUBT_RETRIES = 3
# Said to staff, who may send it themselves.
WITHHELD = "Retenu\u00a0: trop de courriels demandés aujourd’hui pour cette boîte."

# What an attempt writes of the message, as it is sent.
_BUILT = ("recipient", "subject", "text_body", "html_body", "calendars")


def queue(
    kind: str,
    *,
    registration: Registration | None = None,
    recipient: str | None = None,
    context: dict | None = None,
    dedup_key: str | None = None,
    pace: Pace = FREE,
    withheld: str = "",
    is_one_of_many: bool = False,
) -> Message:
    """Queues a mail in the current transaction: it leaves if, and only if, that one commits.

    The mail is built and checked at once, so that an error shows where it was made rather than in
    a worker. One that has nothing useful to say is kept as DROPPED, and so is one that the
    ``pace`` of the mailbox refuses, or that is ``withheld`` for the reason given. Raises
    ``emails.Unsendable`` when it cannot be sent as it is; but one of many, which must not stop the
    others, is queued all the same: a worker tries again, and fails it where staff see it.
    """
    message = Message(
        kind=kind,
        registration=registration,
        recipient=recipient or (registration.email if registration else ""),
        context=context or {},
        dedup_key=dedup_key,
    )
    try:
        _check(message)
    except DatabaseError:
        raise
    except Exception as error:
        if not is_one_of_many:
            raise
        log.error(
            "a mail %s to registration %s cannot be built: %s",
            *(kind, message.registration_id, type(error).__name__),
            exc_info=True,
        )
    if pace.is_spent or withheld:
        message.state = MessageState.DROPPED
        message.last_answer = withheld or WITHHELD
    elif pace.delay:
        message.next_attempt_at = Now() + pace.delay
    message.save(force_insert=True)
    return message


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
    # None as well when the person was erased this very moment.
    return Message.objects.with_offer().filter(pk=message_pk).first()


def deliver(message: Message, courier: Courier) -> None:
    """Sends a claimed message, or settles what else becomes of it.

    It is built afresh: what it tells may have changed while it waited. One that cannot be built
    fails alone; the others go on.
    """
    try:
        with transaction.atomic():
            # Locks the row: erasing comes before the mail is built, or once its words are kept.
            if not _renew(message):
                return
            mail = _build(message)
    except DatabaseError:
        raise
    except Exception as error:
        # Whatever a template, a context or an address can do: the row is at fault, not the worker.
        log.error("message %s cannot be built", message.pk, exc_info=True)
        why = f"Courriel impossible à préparer ({type(error).__name__})."
        _settle(message, MessageState.FAILED, last_answer=why)
        return
    if mail is None:
        _drop(message)
        return
    answer = _send(message, mail, courier)
    if answer is not None:
        _settle_answer(message, answer)


def resend(message: Message, by: AbstractBaseUser) -> Message:
    """Sends again what failed, or another one like it; returns the message that will leave.

    What failed keeps its Message-ID; what was sent is repeated under a new one, and tells how
    things stand now. Both go to the address that the registration has now. Raises Refusal when the
    message is on its way already, has lost its words at their term, or would have nothing to say.
    """
    with transaction.atomic():
        message = Message.objects.with_offer().select_for_update(of=("self",)).get(pk=message.pk)
        if message.state in {MessageState.QUEUED, MessageState.SENDING}:
            raise Refusal("Ce courriel est déjà en route.")
        if message.is_empty:
            raise Refusal("Ce courriel n’a plus de texte\u00a0: il ne peut plus être renvoyé.")
        if message.state == MessageState.FAILED:
            again = _requeue(message)
        else:
            again = queue(
                message.kind,
                registration=message.registration,
                recipient=message.addressee,
                context=message.context,
            )
        if again.state == MessageState.DROPPED:
            raise Refusal("Ce courriel n’a plus d’objet\u00a0: ce qu’il annonçait n’est plus vrai.")
    log.info("message %s sent again as %s by user %s", message.pk, again.pk, by.pk)
    return again


def take_back(
    message_ids: Sequence[str], answer: str, address_failure: str, *, now: datetime
) -> Message | None:
    """Fails the message that a server had accepted and that a notice says will never arrive.

    ``message_ids``: those that the notice speaks of; the first that is ours counts. Marks the
    address too when that is what the server refuses. Returns None, and changes nothing, when none
    is ours or it was known already.
    """
    with transaction.atomic():
        found = Message.objects.select_for_update(of=("self",)).filter(message_id__in=message_ids)
        message = min(found, key=lambda each: message_ids.index(each.message_id), default=None)
        if message is None or message.state in {MessageState.FAILED, MessageState.DROPPED}:
            return None
        if message.state == MessageState.SENT:
            message.state = MessageState.FAILED
            message.last_answer = readable(f"Revenu. {answer}", message.recipient)
            message.save(update_fields=["state", "last_answer"])
        # Otherwise it is about to leave again, and that attempt settles it.
        if address_failure:
            reachability.mark(message.recipient, address_failure, now=now)
    return message


def _check(message: Message) -> None:
    emails.check_address(message.recipient)
    if message.kind == MessageKind.FIND_LINK:
        # Built when it leaves only: the time it takes would tell whether the address is known.
        return
    draft = emails.prepare(message, timezone.now())
    if draft is None:
        message.state = MessageState.DROPPED
    else:
        emails.assemble(message, draft)


def _build(message: Message) -> EmailMessage | None:
    """The mail, whose words are kept before it leaves: what erasing takes out of them stays out."""
    # Never the new personal link to the former address.
    message.recipient = message.addressee
    draft = emails.prepare(message, timezone.now())
    if draft is None:
        return None
    mail = emails.assemble(message, draft)
    message.save(update_fields=_BUILT)
    return mail


def _send(message: Message, mail: EmailMessage, courier: Courier) -> Answer | None:
    """The answer to this attempt; None when another worker has the message by now."""
    try:
        is_new = courier.connect()
    except (smtplib.SMTPException, OSError) as error:
        # Whatever the code: a wrong password is no fault of this mail's.
        return Answer(Verdict.LATER, reply_in(error)[1])
    # Connecting may have taken most of the lease.
    return None if is_new and not _renew(message) else courier.carry(mail)


def _settle_answer(message: Message, answer: Answer) -> None:
    fields: dict[str, Any] = {"last_answer": answer.text}
    if answer.verdict == Verdict.SENT:
        _settle(message, MessageState.SENT, sent_at=Now(), **fields)
        return
    delay = _delay(message, answer.verdict)
    log.warning("message %s: attempt %s, %s", message.pk, message.attempts, answer.verdict.name)
    if answer.verdict == Verdict.IN_DOUBT:
        fields["n_in_doubt"] = F("n_in_doubt") + 1
    if delay is None:
        _settle(message, MessageState.FAILED, answer.address_failure, **fields)
    else:
        _settle(message, MessageState.QUEUED, next_attempt_at=Now() + delay, **fields)


def _delay(message: Message, verdict: Verdict) -> timedelta | None:
    """How long to wait before the next attempt; None to give up."""
    if verdict == Verdict.NEVER or message.attempts >= MOST_ATTEMPTS:
        return None
    if verdict == Verdict.IN_DOUBT:
        if message.n_in_doubt >= IN_DOUBT_RETRIES:
            return None
        return IN_DOUBT_DELAY * 2**message.n_in_doubt
    delay = min(FIRST_DELAY * 2 ** min(message.attempts - 1, 20), LONGEST_DELAY)
    # Jitter, so that what failed together does not come back together.
    return min(max(delay * random.uniform(0.9, 1.1), FIRST_DELAY), LONGEST_DELAY)  # noqa: S311


def _drop(message: Message) -> None:
    if message.kind == MessageKind.FIND_LINK:
        # The address of someone unknown here, who may not even have typed it.
        Message.objects.filter(pk=message.pk, claim=message.claim).delete()
    else:
        _settle(message, MessageState.DROPPED)


def _requeue(message: Message) -> Message:
    message.recipient = message.addressee
    message.state = MessageState.QUEUED
    _check(message)
    message.attempts = message.n_in_doubt = 0
    message.last_answer = ""
    message.next_attempt_at = Now()
    message.save(
        update_fields=[
            *("state", "attempts", "n_in_doubt", "last_answer", "next_attempt_at"),
            *_BUILT,
        ]
    )
    return message


def _renew(message: Message) -> bool:
    """Starts the lease again, if it is still ours."""
    ours = Message.objects.filter(pk=message.pk, claim=message.claim, state=MessageState.SENDING)
    is_ours = bool(ours.update(leased_until=Now() + settings.OUTBOX_LEASE))
    if not is_ours:
        log.warning("message %s: lease lost before sending", message.pk)
    return is_ours


def _settle(message: Message, state: str, address_failure: str = "", **fields) -> None:
    """Writes what became of the message, and of its address, unless another worker took it since.

    While the database is away it tries on, as long as the lease: what is known must not be
    forgotten, or the mail would leave twice.
    """
    ours = Message.objects.filter(pk=message.pk, claim=message.claim, state=MessageState.SENDING)
    deadline = time.monotonic() + settings.OUTBOX_LEASE.total_seconds()
    while True:
        try:
            with transaction.atomic(savepoint=False):
                if not ours.update(state=state, claim=None, leased_until=None, **fields):
                    log.warning("message %s: settled by another worker", message.pk)
                elif message.kind == MessageKind.ERASED and state != MessageState.QUEUED:
                    # The last thing that was known of this person.
                    Message.objects.filter(pk=message.pk).delete()
                elif address_failure:
                    reachability.mark(message.recipient, address_failure, now=timezone.now())
            return
        except DatabaseError:
            if connection.in_atomic_block or time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(0.5)
