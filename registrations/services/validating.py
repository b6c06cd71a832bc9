"""Requests that wait: for the team, or for the person to show that the address is theirs."""

from datetime import datetime

from django.db import transaction

from registrations import outbox, places
from registrations.exceptions import TransitionRefused
from registrations.models import Registration
from registrations.models.messages import MessageKind
from registrations.services.core import Actor, Verb, change_status, lock
from registrations.services.registering import FIRST_MAIL
from registrations.services.waiting import promote_waiting
from registrations.states import Status


@transaction.atomic
def accept(registration: Registration, *, now: datetime, by: Actor) -> Registration:
    """Accepts a request: confirmed if there is room, else on the waiting list.

    Accepting what is confirmed or waits changes nothing. Raises TransitionRefused.
    """
    registration = lock(registration)
    if registration.status in {Status.CONFIRMED, Status.WAITLISTED}:
        return registration
    if registration.status != Status.PENDING:
        raise TransitionRefused
    is_free = places.all_free(places.held(registration, now))
    status = Status.CONFIRMED if is_free else Status.WAITLISTED
    change_status(registration, status, Verb.ACCEPTED, now=now, by=by)
    outbox.queue(FIRST_MAIL[status], registration=registration)
    return registration


@transaction.atomic
def verify_address(registration: Registration, *, now: datetime) -> Registration:
    """Takes a request further once the person has opened their mailbox, where the link was sent.

    As `accept` does. Raises TransitionRefused where the team alone decides.
    """
    if registration.cycle.requires_validation:
        raise TransitionRefused
    return accept(registration, now=now, by=None)


@transaction.atomic
def refuse(registration: Registration, reason: str, *, now: datetime, by: Actor) -> Registration:
    """Refuses a request; ``reason``, plain text, is mailed to the person.

    Refusing what is refused changes nothing. Raises TransitionRefused.
    """
    registration = lock(registration)
    if registration.status == Status.REFUSED:
        return registration
    held_places = registration.holds_places
    change_status(registration, Status.REFUSED, Verb.REFUSED, now=now, by=by)
    outbox.queue(MessageKind.REFUSED, registration=registration, context={"reason": reason})
    if held_places:
        promote_waiting(registration.cycle_id, now=now)
    return registration
