"""Whoever takes away more people than it takes to prepare a session is told of, once a day."""

import logging
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import DatabaseError, InterfaceError

from registrations import emails, outbox, throttling
from registrations.models.messages import MessageKind
from sessions.models import Cycle

log = logging.getLogger(__name__)

WITHIN = timedelta(days=1)


def watch(account: User, cycle: Cycle, n_people: int) -> None:
    """Counts people who leave in a list; beyond ``EXPORT_ALERT`` in a day, logs it and says it.

    Lists are refused to nobody: what was taken away for a good reason is known to be. Nor are they
    when nothing can be counted, which the log then says.
    """
    try:
        taken = throttling.add_up("people exported", str(account.pk), n_people, WITHIN)
    except (DatabaseError, InterfaceError) as error:
        log.error("people exported by user %s not counted: %s", account.pk, type(error).__name__)
        return
    if taken <= settings.EXPORT_ALERT:
        return
    log.warning("user %s exported %s people within a day", account.pk, taken)
    if taken - n_people > settings.EXPORT_ALERT:
        return
    context = {"account": account.pk, "cycle": cycle.pk, "n": taken}
    try:
        outbox.queue(MessageKind.LARGE_EXPORT, recipient=settings.SECURITY_CONTACT, context=context)
    except emails.Unsendable as error:
        log.error("SECURITY_CONTACT cannot be told: %s", error)
