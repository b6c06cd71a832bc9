"""The states of a registration and of a message, and what may follow what."""

from django.db import models


class Status(models.TextChoices):
    PENDING = "pending", "En attente de validation"
    CONFIRMED = "confirmed", "Confirmée"
    WAITLISTED = "waitlisted", "Sur liste d’attente"
    REFUSED = "refused", "Refusée"
    CANCELLED = "cancelled", "Annulée"


# One of these per address and per cycle; what the database's partial unique constraint reads too.
ACTIVE = (Status.PENDING, Status.CONFIRMED, Status.WAITLISTED)

TRANSITIONS: dict[Status, tuple[Status, ...]] = {
    Status.PENDING: (Status.CONFIRMED, Status.WAITLISTED, Status.REFUSED, Status.CANCELLED),
    Status.CONFIRMED: (Status.WAITLISTED, Status.CANCELLED),
    Status.WAITLISTED: (Status.CONFIRMED, Status.REFUSED, Status.CANCELLED),
    Status.REFUSED: (Status.PENDING, Status.CONFIRMED, Status.WAITLISTED),
    Status.CANCELLED: (Status.PENDING, Status.CONFIRMED, Status.WAITLISTED),
}


class MessageState(models.TextChoices):
    QUEUED = "queued", "À envoyer"
    SENDING = "sending", "En cours d’envoi"
    SENT = "sent", "Envoyé"
    FAILED = "failed", "Échec"
    # What the message said was no longer so when its turn came.
    DROPPED = "dropped", "Sans objet"
