from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from sessions.cleaning import check_text
from sessions.models.agenda import Slot
from sessions.models.cycles import Cycle


class Reminder(models.Model):
    """A mail to those who have a seat, so many hours before each slot of the cycle."""

    # What a new cycle starts with: two days, two hours.
    DEFAULT_HOURS = (48, 2)

    cycle = models.ForeignKey(
        Cycle, on_delete=models.CASCADE, related_name="reminders", verbose_name="cycle"
    )
    hours_before = models.PositiveSmallIntegerField(
        "heures avant la séance",
        validators=[MinValueValidator(1), MaxValueValidator(30 * 24)],
        help_text="48\u00a0: deux jours avant.",
    )
    text = models.TextField(
        "votre message",
        max_length=1000,
        validators=[check_text],
        blank=True,
        help_text="Ajouté au rappel\u202f; les dates et le lien y sont déjà.",
    )

    class Meta:
        verbose_name = "rappel"
        verbose_name_plural = "rappels"
        ordering = ["-hours_before", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "hours_before"],
                name="reminder_once_per_delay",
                violation_error_message="Ce cycle a déjà un rappel à ce moment.",
            ),
            models.CheckConstraint(
                condition=models.Q(hours_before__gte=1),
                name="reminder_before_the_slot",
                violation_error_message="Le rappel part au moins une heure avant la séance.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hours_before} h avant"

    def due_at(self, slot: Slot) -> datetime:
        """When it is to leave for this slot, wherever the slot moved since."""
        return slot.starts_at - timedelta(hours=self.hours_before)


def add_default_reminders(cycle: Cycle) -> None:
    """Gives a new cycle the usual reminders."""
    Reminder.objects.bulk_create(
        Reminder(cycle=cycle, hours_before=hours) for hours in Reminder.DEFAULT_HOURS
    )
