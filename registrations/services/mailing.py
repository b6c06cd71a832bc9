from django.db import transaction

from registrations import outbox
from registrations.exceptions import TransitionRefused
from registrations.models import Registration
from registrations.models.messages import MessageKind
from registrations.services.core import lock
from registrations.services.registering import standing_mail
from registrations.throttling import FREE, Pace


@transaction.atomic
def send_link_again(registration: Registration) -> None:
    """Queues the confirmation again, as things stand now, at the request of staff."""
    registration = lock(registration)
    if not registration.is_active:
        raise TransitionRefused("Seule une inscription active a un lien à envoyer.")
    outbox.queue(standing_mail(registration), registration=registration)


@transaction.atomic
def find_links(address: str, *, pace: Pace = FREE) -> None:
    """Queues the mail of « Retrouver mon inscription » to ``address``, known or not.

    Whether it is known is looked up when the mail is about to leave, so that nothing here, not
    even the time it takes, depends on it.
    """
    outbox.queue(MessageKind.FIND_LINK, recipient=address, pace=pace)
