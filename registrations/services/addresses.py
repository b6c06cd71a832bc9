from datetime import datetime

from django.db import transaction

from registrations import outbox
from registrations.cleaning import email_key
from registrations.exceptions import TransitionRefused
from registrations.models import Registration
from registrations.services.core import (
    Actor,
    Verb,
    check_address_is_free,
    lock,
    renew_link,
    write_event,
)
from registrations.services.registering import standing_mail


@transaction.atomic
def correct_address(
    registration: Registration, email: str, *, now: datetime, by: Actor
) -> Registration:
    """Gives the person another address, cleaned, and sends the confirmation there.

    The personal link is renewed: the former mailbox, which may be someone else's, opens nothing,
    and what is still to leave goes to the new one. With the address that they have, only the mark
    of a refusal is taken away and the confirmation tried again. Raises TransitionRefused when the
    registration is not active, AddressTaken when another one of the cycle has that address.
    """
    registration = lock(registration)
    if not registration.is_active:
        raise TransitionRefused
    key = email_key(email)
    check_address_is_free(registration.cycle_id, key, but=registration)
    if email != registration.email:
        registration.email = email
        registration.email_key = key
        renew_link(registration, now=now)
    registration.address_failed_at = None
    registration.address_failure = ""
    registration.save(update_fields=["email", "email_key", "address_failed_at", "address_failure"])
    write_event(registration, Verb.ADDRESS_CORRECTED, registration.status, now=now, by=by)
    outbox.queue(standing_mail(registration), registration=registration)
    return registration
