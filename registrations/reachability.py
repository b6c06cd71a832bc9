"""Who does not get our mails, and must be telephoned: « Pas joignables ».

Either a server said that the address does not receive, which marks it, or a mail to it failed or
has been put off for a day, whatever the reason.

Only staff take the mark away (``services.correct_address``). A later mail that is accepted proves
nothing: most servers accept for any address and send a notice afterwards, and the relay that
answers us is seldom the mailbox's.
"""

from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from registrations.cleaning import email_key
from registrations.models import Message, Registration, RegistrationEvent
from registrations.models.registrations import RegistrationQuerySet
from registrations.refusals import in_words
from registrations.states import MessageState

# Greylisting takes a quarter of an hour: a day is no ordinary delay.
PUT_OFF_AFTER = timedelta(days=1)


class Unreachable(Protocol):
    """A registration of ``unreachable``."""

    address_failed_at: datetime | None
    address_failure: str
    has_failed_mail: bool
    has_late_mail: bool


@transaction.atomic
def mark(address: str, failure: str, *, now: datetime) -> None:
    """Marks ``address`` wherever it is registered now, with a line of the journal for each.

    ``failure`` is what ``refusals.address_failure`` found. Nothing is written twice, nor held
    against someone whose address was corrected since: it is not theirs any more.
    """
    concerned = Registration.objects.active().filter(
        email_key=email_key(address), address_failed_at=None
    )
    statuses = dict(
        concerned.select_for_update(of=("self",), no_key=True)
        .order_by("pk")
        .values_list("pk", "status")
    )
    Registration.objects.filter(pk__in=statuses).update(
        address_failed_at=now, address_failure=failure
    )
    RegistrationEvent.objects.bulk_create(
        RegistrationEvent(
            registration_id=pk,
            verb=RegistrationEvent.Verb.UNREACHABLE,
            from_status=status,
            to_status=status,
            at=now,
        )
        for pk, status in statuses.items()
    )


def unreachable(registrations: RegistrationQuerySet, now: datetime) -> RegistrationQuerySet:
    """Those of ``registrations`` that are active and do not get our mails; ``why`` says it."""
    mails = Message.objects.filter(registration=OuterRef("pk"), recipient=OuterRef("email"))
    since = Message.objects.filter(
        registration=OuterRef("registration"),
        recipient=OuterRef("recipient"),
        sent_at__gt=OuterRef("created_at"),
        state=MessageState.SENT,
    )
    failed = mails.filter(state=MessageState.FAILED).exclude(Exists(since))
    # Tried at least once: a worker that does not run is no fault of the address's.
    late = mails.filter(
        state__in=[MessageState.QUEUED, MessageState.SENDING],
        attempts__gt=0,
        created_at__lte=now - PUT_OFF_AFTER,
    )
    return (
        registrations.active()
        .annotate(has_failed_mail=Exists(failed), has_late_mail=Exists(late))
        .filter(
            Q(address_failed_at__isnull=False) | Q(has_failed_mail=True) | Q(has_late_mail=True)
        )
    )


def why(registration: Unreachable) -> str:
    """What happens to our mails to someone of ``unreachable``."""
    if registration.address_failed_at:
        return f"Adresse refusée\u00a0: {in_words(registration.address_failure)}"
    if registration.has_failed_mail:
        return "Courriel en échec"
    return "Courriel en attente depuis plus d’un jour"
