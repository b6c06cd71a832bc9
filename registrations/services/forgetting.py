"""How people are forgotten, at their term as at their request: the same way."""

from registrations.models import Registration
from registrations.models.registrations import RegistrationQuerySet


def forget(registrations: RegistrationQuerySet) -> int:
    """Deletes them with their seats, journal, mails and requests; how many there were.

    Their links open nothing any more. Needs the lock of their cycle.
    """
    pks = list(registrations.order_by().values_list("pk", flat=True))
    Registration.objects.filter(replaces__in=pks).update(replaces=None)
    Registration.objects.filter(pk__in=pks).delete()
    return len(pks)
