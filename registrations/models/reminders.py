from django.db import models

from sessions.models import Slot
from sessions.models.reminders import Reminder


class ReminderRun(models.Model):
    """What became of one reminder for one slot at one time of day: it is dealt with once.

    A slot that moves is another time, so its reminders are due again.
    """

    class Outcome(models.TextChoices):
        QUEUED = "queued", "Envoyé"
        # A later reminder of the same slot was due too: one is enough.
        SUPERSEDED = "superseded", "Remplacé par le suivant"
        # The slot had begun when a worker came back.
        MISSED = "missed", "Non envoyé\u00a0: trop tard"

    reminder = models.ForeignKey(
        Reminder, on_delete=models.CASCADE, related_name="runs", verbose_name="rappel"
    )
    slot = models.ForeignKey(
        Slot, on_delete=models.CASCADE, related_name="reminder_runs", verbose_name="séance"
    )
    starts_at = models.DateTimeField("début de la séance")
    outcome = models.CharField("suite", max_length=10, choices=Outcome)
    n_queued = models.PositiveIntegerField("courriels", default=0)
    at = models.DateTimeField("date")

    class Meta:
        verbose_name = "envoi d’un rappel"
        verbose_name_plural = "envois de rappels"
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reminder", "slot", "starts_at"],
                name="reminder_run_once",
                violation_error_message="Ce rappel est déjà parti pour cette séance.",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["queued", "superseded", "missed"]),
                name="reminder_run_outcome_known",
                violation_error_message="Cette suite n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()
