"""Erasing someone at their request, before their term: nothing of them stays but a count."""

import logging
from datetime import datetime

from django.db import transaction

from registrations import calendars, outbox, places, visits
from registrations.emails.drafts import released_ahead
from registrations.models import Destruction, Message, Registration, Replacement
from registrations.models.messages import MessageKind
from registrations.retention import policy
from registrations.services.core import Actor, renew_events
from registrations.services.forgetting import forget
from registrations.services.waiting import promote_waiting
from registrations.states import MessageState
from registrations.traces import traces_of

log = logging.getLogger(__name__)

Cause = Destruction.Cause


@transaction.atomic
def erase(
    registration: Registration, *, cause: Destruction.Cause, now: datetime, by: Actor = None
) -> None:
    """Deletes a registration with all that was kept about the person, wherever it is.

    Their places go to the first who wait, their link dies, what was still to be mailed to them is
    not. One last mail says so, and its row goes as it leaves. The register keeps that one
    registration was erased, when and why. Erasing again changes nothing.
    """
    cycle = places.lock_cycle(registration.cycle_id)
    found = Registration.objects.filter(pk=registration.pk).with_offer().first()
    if found is None:
        return
    held_places = found.holds_places
    _say_farewell(found, now)
    _forget_traces(found)
    forget(Registration.objects.filter(pk=found.pk))
    rule = policy().rule("registrations")
    Destruction.objects.create(
        at=now,
        rule=rule.key,
        data=rule.data,
        fate=Destruction.Fate.DELETE,
        cycle=cycle,
        cycle_title=cycle.full_title,
        n=1,
        cause=cause,
        by=by,
    )
    if held_places:
        promote_waiting(cycle.pk, now=now)
    # What a restored backup brings back is erased again by this number: docs/exploitation.md.
    log.info("registration %s erased", found.pk)


def _say_farewell(registration: Registration, now: datetime) -> None:
    if registration.address_failed_at:
        return
    cancelled: list[str] = []
    if registration.is_confirmed or _left_unsaid(registration):
        renew_events(registration, now)
        released = released_ahead(registration, now)
        cancelled = calendars.cancellations(registration, released, now=now)
    outbox.queue(
        MessageKind.ERASED,
        recipient=registration.email,
        # Built now: when the mail leaves, nothing will be left to build it from.
        context={"cycle": registration.cycle_id, "cancelled": cancelled},
    )


def _left_unsaid(registration: Registration) -> bool:
    """Whether the mail that takes the slots out of the calendar of someone who left is unsent."""
    leaving = registration.messages.filter(kind__in=(MessageKind.CANCELLED, MessageKind.REPLACED))
    unsent = leaving.exclude(state=MessageState.SENT).exists()
    return unsent and registration.confirmed_at is not None


def _forget_traces(registration: Registration) -> None:
    """What other rows hold of the person: what went to their addresses, what names them."""
    if registration.replaces_id:
        # The one whom they replaced was told their name.
        told = Message.objects.filter(registration=registration.replaces_id)
        told.filter(kind=MessageKind.REPLACED).update(text_body="", html_body="", last_answer="")
    traces = traces_of(registration)
    visits.forget_addresses(traces.addresses)
    Replacement.objects.filter(pk__in=[request.pk for request in traces.requests]).delete()
    gone = {MessageKind.REPLACEMENT_ASKED}
    same = Registration.objects.exclude(pk=registration.pk).filter(email_key__in=traces.addresses)
    if not same.exists():
        gone.add(MessageKind.FIND_LINK)
    pks = [pk for pk, kind in traces.mails.items() if kind in gone]
    Message.objects.filter(pk__in=pks).delete()
