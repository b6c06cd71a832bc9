from datetime import datetime

from django.db import transaction

from registrations import outbox
from registrations.exceptions import RegistrationClosed, TransitionRefused
from registrations.models import Registration
from registrations.models.messages import MessageKind
from registrations.services.core import Actor, Verb, change_status, lock
from registrations.services.registering import FIRST_MAIL, first_status
from registrations.services.seating import seat_again
from registrations.services.waiting import promote_waiting
from registrations.states import Status
from sessions.states import ENDED


@transaction.atomic
def cancel(registration: Registration, *, now: datetime, by: Actor = None) -> Registration:
    """Gives the person's places back, to the first who wait for them.

    Cancelling what is cancelled changes nothing. Raises TransitionRefused.
    """
    registration = lock(registration)
    if registration.status == Status.CANCELLED:
        return registration
    held_places = registration.holds_places
    change_status(registration, Status.CANCELLED, Verb.CANCELLED, now=now, by=by)
    outbox.queue(MessageKind.CANCELLED, registration=registration)
    if held_places:
        promote_waiting(registration.cycle_id, now=now)
    return registration


@transaction.atomic
def restore(registration: Registration, *, now: datetime, by: Actor = None) -> Registration:
    """Brings a cancelled registration back: confirmed if there is room, else last on the list.

    Restoring what is active changes nothing. Raises TransitionRefused for another state or for
    someone who was replaced, RegistrationClosed once the cycle is over or cancelled, AddressTaken
    when the person registered anew.
    """
    registration = lock(registration)
    if registration.is_active:
        return registration
    if registration.status != Status.CANCELLED or registration.is_replaced:
        raise TransitionRefused
    if registration.cycle.window(now) in ENDED:
        raise RegistrationClosed
    planned = seat_again(registration, now=now)
    status = first_status(registration.cycle, planned)
    change_status(registration, status, Verb.RESTORED, now=now, by=by)
    outbox.queue(FIRST_MAIL[status], registration=registration)
    return registration
