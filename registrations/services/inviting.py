from datetime import datetime

from django.db import transaction

from registrations import places
from registrations.models import Invitation, Registration
from registrations.services.waiting import promote_waiting


@transaction.atomic
def save_invitation(invitation: Invitation, *, now: datetime) -> list[Registration]:
    """Saves an invitation; the places that it keeps no more go to those who wait.

    Nobody loses a place to what it keeps. Returns those who were given or offered one.
    """
    places.lock_cycle(invitation.cycle_id)
    invitation.save()
    return promote_waiting(invitation.cycle_id, now=now)
