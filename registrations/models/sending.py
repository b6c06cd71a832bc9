from django.db import models


class Sending(models.Model):
    """Whether mails may leave: one row, see ``registrations.pause``."""

    # Where the database lives, as of the last time that mails were let go from it.
    home = models.CharField(max_length=100)
    # Staff's own pause.
    paused_at = models.DateTimeField("en pause depuis", null=True, blank=True)

    class Meta:
        verbose_name = "envoi des courriels"
        verbose_name_plural = "envoi des courriels"

    def __str__(self) -> str:
        return "Envoi des courriels"
