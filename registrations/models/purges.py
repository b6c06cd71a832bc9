from django.conf import settings
from django.db import models

from registrations.states import Status
from sessions.models import Cycle


class PurgeRun(models.Model):
    """A day on which the retention policy was carried out to its end, in Europe/Paris."""

    on = models.DateField("jour", unique=True)
    ended_at = models.DateTimeField("terminée le")
    n_destroyed = models.PositiveIntegerField("données effacées")

    class Meta:
        verbose_name = "purge"
        verbose_name_plural = "purges"
        ordering = ["-on"]

    def __str__(self) -> str:
        return f"Purge du {self.on:%d/%m/%Y}"


class Destruction(models.Model):
    """What was destroyed, how many, under which rule, and why then: a line of the register.

    It is written in the transaction that destroys, says nothing of anybody, and stands alone: a
    rule, a cycle or an account may be gone when it is read.
    """

    class Cause(models.TextChoices):
        TERM = "term", "Échéance"
        PERSON = "person", "Demande de la personne, depuis son espace"
        ASKED = "asked", "Demande de la personne à l’équipe"
        OBJECTION = "objection", "Opposition de la personne"
        MISTAKE = "mistake", "Inscription faite par erreur ou pour une autre personne"

    class Fate(models.TextChoices):
        BLANK = "blank", "Vidées"
        DELETE = "delete", "Détruites"
        COUNT = "count", "Détruites et comptées"
        ANONYMISE = "anonymise", "Rendues anonymes"

    at = models.DateTimeField("date")
    rule = models.CharField("règle", max_length=40)
    data = models.CharField("données", max_length=200)
    # The rule in words, as it was then: « 12 mois après la fin du cycle ».
    ground = models.CharField("durée", max_length=200, blank=True)
    fate = models.CharField("sort", max_length=10, choices=Fate)
    cycle = models.ForeignKey(
        Cycle,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="cycle",
    )
    cycle_title = models.CharField("titre du cycle", max_length=460, blank=True)
    n = models.PositiveIntegerField("nombre")
    cause = models.CharField("motif", max_length=10, choices=Cause, default=Cause.TERM)
    # None: the program, or the person by their link.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="par",
    )

    class Meta:
        verbose_name = "destruction"
        verbose_name_plural = "registre des destructions"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(n__gte=1),
                name="destruction_of_something",
                violation_error_message="Une destruction porte au moins sur une donnée.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.data} : {self.n}"


class PastFigure(models.Model):
    """How many people a cycle had, once nothing else is known of them.

    Each is counted by group and state and, for those who had a place, by territory and by kind of
    organisation. The three are not crossed, and small figures are put together: they lead back to
    nobody (``registrations.services.counting``).
    """

    # The state of those whose states are not told apart.
    SEVERAL_STATES = ""

    class By(models.TextChoices):
        GROUP = "group", "Groupe"
        TERRITORY = "territory", "Territoire"
        ORGANISATION_KIND = "kind", "Type de structure"

    cycle = models.ForeignKey(
        Cycle, on_delete=models.PROTECT, related_name="past_figures", verbose_name="cycle"
    )
    by = models.CharField("par", max_length=10, choices=By)
    # As it was named then: the group, the territory and their names may change.
    label = models.CharField("nom", max_length=200)
    status = models.CharField("état", max_length=10, choices=Status, blank=True)
    n = models.PositiveIntegerField("personnes")

    class Meta:
        verbose_name = "chiffre gardé"
        verbose_name_plural = "chiffres gardés"
        ordering = ["by", "label", "status"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "by", "label", "status"],
                name="past_figure_once",
                violation_error_message="Ce chiffre est déjà gardé.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} : {self.n}"
