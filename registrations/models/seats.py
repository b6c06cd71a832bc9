from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from registrations.models.registrations import Registration
from registrations.states import Status
from sessions.models import Session, Slot


def taken(prefix: str = "") -> Q:
    """Registrations whose seats take places: confirmed, or offered a place until a deadline.

    ``prefix`` is the way to the registration: ``"registration__"`` from a seat.
    """
    return Q(**{f"{prefix}status": Status.CONFIRMED}) | Q(
        **{f"{prefix}status": Status.WAITLISTED, f"{prefix}offer_expires_at__isnull": False}
    )


class SeatQuerySet(models.QuerySet):
    def taken(self) -> Self:
        """Seats that count against the capacity of their slot."""
        return self.filter(taken("registration__")).exclude(slot=None)

    def in_order(self) -> Self:
        """Seats that have a slot, in time order, with the slot and its session at hand."""
        return (
            self.exclude(slot=None)
            .select_related("slot__session", "session")
            .order_by("slot__starts_at", "slot__pk")
        )

    def lost(self) -> Self:
        """Seats whose slot was cancelled and that have no other yet, with the session at hand."""
        cancelled = Slot.objects.filter(session=OuterRef("session")).exclude(cancelled_at=None)
        return (
            self.filter(Exists(cancelled), slot=None)
            .select_related("session")
            .order_by("session__number", "pk")
        )


class Seat(models.Model):
    """A person's place in the one slot that they follow of a session.

    Never deleted while the registration lives: it remembers how far the calendar event went
    (``sequence``), so that an update or a cancellation is always newer than what was sent before.
    """

    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, related_name="seats", verbose_name="inscription"
    )
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="seats", verbose_name="session"
    )
    # None: nothing in this session for the person any more (another group, a cancelled slot).
    slot = models.ForeignKey(
        Slot, on_delete=models.PROTECT, related_name="seats", null=True, verbose_name="séance"
    )
    # SEQUENCE of RFC 5545: up by one for each change that calendars must follow.
    sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = "place"
        verbose_name_plural = "places"
        ordering = ["session__number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "session"],
                name="seat_one_per_session",
                violation_error_message="Cette personne a déjà une place dans cette session.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} / {self.session_id}"

    def is_ahead(self, now: datetime) -> bool:
        """Whether it has a slot that is not over."""
        return self.slot is not None and not self.slot.is_over(now)

    def is_today(self, now: datetime) -> bool:
        """Whether it has a slot that is under way, or to come before midnight in Paris."""
        return self.slot is not None and self.slot.is_today(now)

    @property
    def uid(self) -> str:
        """UID of the calendar event: one per person and session, for ever."""
        return f"{self.registration.calendar_uid}-{self.session_id}@irev.fr"
