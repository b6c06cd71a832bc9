from datetime import datetime
from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.urls import reverse

from sessions.cleaning import check_contact, check_line
from sessions.rich_text import RichTextField
from sessions.states import Publication, Window

CONTACT_NAME_LENGTH = 100

PHONE_HELP = "Tel qu’il doit s’afficher, par exemple 03 20 25 46 95."


class CycleQuerySet(models.QuerySet):
    def published(self) -> Self:
        """What the public site shows."""
        return self.filter(publication=Publication.PUBLISHED)

    def public(self) -> Self:
        """What anybody may open: what the site shows, but for what takes an invitation."""
        return self.published().filter(is_private=False)

    def ever_published(self) -> Self:
        """What the public site shows or has shown: all but drafts."""
        return self.exclude(publication=Publication.DRAFT)

    def with_dates(self) -> Self:
        """Adds ``starts_at`` and ``ends_at``: the first start and the last end of its slots.

        Both are None as long as the cycle has no slot. Cancelled slots do not count, but for
        ``has_cancelled_slots``.
        """
        all_slots = apps.get_model("training", "Slot").objects.filter(
            session__cycle=models.OuterRef("pk")
        )
        slots = all_slots.kept()
        # Subqueries, not a join: a row that is grouped cannot be locked.
        return self.annotate(
            starts_at=models.Subquery(slots.order_by("starts_at").values("starts_at")[:1]),
            ends_at=models.Subquery(slots.order_by("-ends_at").values("ends_at")[:1]),
            has_cancelled_slots=models.Exists(all_slots.exclude(cancelled_at=None)),
        )


class Cycle(models.Model):
    """A whole programme that people register for at once."""

    slug = models.SlugField(
        "adresse de la page",
        max_length=80,
        unique=True,
        help_text="Fin de l’adresse publique\u00a0: /cycles/<adresse>/.",
    )
    title = models.CharField("titre", max_length=200, validators=[check_line])
    subtitle = models.CharField("sous-titre", max_length=250, validators=[check_line], blank=True)
    publication = models.CharField(
        "publication", max_length=10, choices=Publication, default=Publication.DRAFT, editable=False
    )

    context = RichTextField("contexte", blank=True)
    audiences_text = RichTextField("publics visés", blank=True)
    aim = RichTextField("finalité", blank=True)
    objectives = RichTextField("objectifs spécifiques", blank=True)
    programme_intro = RichTextField("présentation du programme", blank=True)
    speakers_note = RichTextField("note sur les intervenants", blank=True)
    registration_note = RichTextField("note sur l’inscription", blank=True)
    resources_note = RichTextField("note sur les ressources", blank=True)

    prerequisites = models.CharField(
        "prérequis", max_length=300, validators=[check_line], blank=True
    )
    evaluation = models.CharField(
        "modalités d’évaluation", max_length=300, validators=[check_line], blank=True
    )
    access_delay = models.CharField(
        "délai d’accès", max_length=300, validators=[check_line], blank=True
    )
    price = models.CharField("tarif", max_length=100, validators=[check_line], blank=True)
    accessibility_note = models.CharField(
        "accueil des personnes handicapées", max_length=500, validators=[check_line], blank=True
    )

    contact_name = models.CharField(
        "nom du contact", max_length=CONTACT_NAME_LENGTH, validators=[check_line], blank=True
    )
    contact_role = models.CharField(
        "fonction du contact", max_length=150, validators=[check_line], blank=True
    )
    contact_email = models.EmailField(
        "adresse électronique du contact",
        blank=True,
        validators=[check_contact],
        help_text="Les réponses aux courriels du cycle y arrivent.",
    )
    contact_phone = models.CharField(
        "téléphone du contact",
        max_length=30,
        validators=[check_line],
        blank=True,
        help_text=PHONE_HELP,
    )
    contact_mobile = models.CharField(
        "portable du contact",
        max_length=30,
        validators=[check_line],
        blank=True,
        help_text=PHONE_HELP,
    )

    registration_opens_at = models.DateTimeField(
        "ouverture des inscriptions",
        null=True,
        blank=True,
        help_text="Vide\u00a0: dès la publication.",
    )
    registration_closes_at = models.DateTimeField(
        "clôture des inscriptions",
        null=True,
        blank=True,
        help_text="Vide\u00a0: au début de la première séance.",
    )

    requires_validation = models.BooleanField(
        "inscriptions à valider",
        default=False,
        help_text="Chaque demande attend que vous l’acceptiez ou la refusiez.",
    )
    # Against programs that register people by the hundred: they open no mailbox.
    verifies_addresses = models.BooleanField(
        "adresses à vérifier",
        default=False,
        db_default=False,
        help_text="Pendant une attaque\u00a0: une place n’est prise qu’une fois l’inscription "
        "confirmée par le lien du courriel.",
    )
    is_private = models.BooleanField(
        "sur invitation",
        default=False,
        help_text="Le cycle n’est pas dans la liste et ne s’ouvre que par un lien d’invitation.",
    )
    offer_hours = models.PositiveSmallIntegerField(
        "heures avant une séance où une place libérée est proposée",
        default=48,
        help_text="Plus tôt, elle est donnée d’office au premier de la liste d’attente.",
    )

    created_at = models.DateTimeField("créé le", auto_now_add=True)
    updated_at = models.DateTimeField("modifié le", auto_now=True)

    # Set by ``with_dates()`` and ``registrations.places.with_reservations()``, in no column.
    starts_at: datetime | None
    ends_at: datetime | None
    has_cancelled_slots: bool
    has_reservations: bool

    objects = CycleQuerySet.as_manager()

    class Meta:
        verbose_name = "cycle"
        verbose_name_plural = "cycles"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(publication__in=Publication.values),
                name="cycle_publication_known",
                violation_error_message="Cet état de publication n’existe pas.",
            ),
            models.CheckConstraint(
                condition=Q(registration_opens_at=None)
                | Q(registration_closes_at=None)
                | Q(registration_closes_at__gt=models.F("registration_opens_at")),
                name="cycle_registration_closes_after_opening",
                violation_error_message="Les inscriptions doivent se clore après leur ouverture.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("cycle", args=[self.slug])

    @property
    def is_draft(self) -> bool:
        return self.publication == Publication.DRAFT

    @property
    def is_published(self) -> bool:
        return self.publication == Publication.PUBLISHED

    @property
    def is_public(self) -> bool:
        """Whether anybody may open its page; ``CycleQuerySet.public`` in Python."""
        return self.is_published and not self.is_private

    @property
    def full_title(self) -> str:
        """The title and the subtitle in one line, as mails and files name the cycle."""
        return f"{self.title} – {self.subtitle}" if self.subtitle else self.title

    @property
    def is_cancelled(self) -> bool:
        """Whether it has slots and all of them were cancelled. Needs ``with_dates()``."""
        return self.starts_at is None and self.has_cancelled_slots

    def closes_at(self) -> datetime | None:
        """When registration ends: as staff said, else when the first slot starts.

        Needs ``with_dates()``.
        """
        return self.registration_closes_at or self.starts_at

    def window(self, now: datetime) -> Window:
        """Where the cycle stands at ``now``. Needs ``with_dates()``; who is registered and what is
        full is for ``registrations`` to say."""
        closes_at = self.closes_at()
        if self.is_cancelled:
            return Window.CANCELLED
        if self.ends_at is not None and self.ends_at <= now:
            return Window.PAST
        if closes_at is None or (self.registration_opens_at and now < self.registration_opens_at):
            return Window.NOT_OPEN
        return Window.OPEN if now < closes_at else Window.CLOSED


class Phase(models.Model):
    """A block of sessions; a cycle may have none."""

    cycle = models.ForeignKey(
        Cycle, on_delete=models.CASCADE, related_name="phases", verbose_name="cycle"
    )
    position = models.PositiveSmallIntegerField("rang", default=1)
    label = models.CharField(
        "nom",
        max_length=60,
        validators=[check_line],
        help_text="Par exemple «\u00a0Première phase\u00a0».",
    )
    title = models.CharField("intitulé", max_length=200, validators=[check_line], blank=True)

    class Meta:
        verbose_name = "phase"
        verbose_name_plural = "phases"
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.label} : {self.title}" if self.title else self.label
