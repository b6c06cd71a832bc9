import uuid
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from registrations.models.registrations import Registration
from registrations.states import MessageState


class MessageKind(models.TextChoices):
    """What a message is for. ``registrations.emails`` has one function for each."""

    CONFIRMATION = "confirmation", "Confirmation d’inscription"
    WAITLISTED = "waitlisted", "Liste d’attente"
    PENDING = "pending", "Demande à valider"
    REFUSED = "refused", "Demande refusée"
    PROMOTED = "promoted", "Place attribuée"
    OFFERED = "offered", "Place proposée"
    OFFER_LAPSED = "offer_lapsed", "Place proposée, sans réponse"
    REPLACEMENT_ASKED = "replacement_asked", "Demande de remplacement"
    REPLACED = "replaced", "Remplacement"
    ALREADY_REGISTERED = "already_registered", "Adresse déjà inscrite"
    SEATS_CHANGED = "seats_changed", "Changement de séances"
    LINK_ADDED = "link_added", "Lien de connexion"
    AGENDA_CHANGED = "agenda_changed", "Changement de l’agenda"
    REMINDER = "reminder", "Rappel"
    CANCELLED = "cancelled", "Annulation"
    FIND_LINK = "find_link", "Retrouver mon inscription"
    ERASED = "erased", "Données effacées"
    ACCOUNT_LINK = "account_link", "Mot de passe à choisir"
    LARGE_EXPORT = "large_export", "Alerte\u00a0: listes emportées"


class MessageQuerySet(models.QuerySet):
    def due(self) -> Self:
        """What a worker may claim now: its turn has come, or the worker that had it is dead.

        Times are the database's: workers' clocks do not decide.
        """
        return self.filter(
            Q(state=MessageState.QUEUED, next_attempt_at__lte=Now())
            | Q(state=MessageState.SENDING, leased_until__lt=Now())
        )

    def with_offer(self) -> Self:
        """With what a mail speaks of at hand: the registration, its cycle and its group."""
        return self.select_related("registration__cycle", "registration__profile__group")


def draw_message_id() -> str:
    """A Message-ID of our own host: never the machine's name, which tells nothing to anybody."""
    return f"<{uuid.uuid4()}@{urlsplit(settings.SITE_URL).hostname}>"


class Message(models.Model):
    """A mail to one person: a row of the outbox, written with the change that it tells.

    It is built when it is queued, to refuse at once what cannot be sent, and built again when its
    turn comes: a link may have been corrected meanwhile. The bodies kept here hold a mark instead
    of the personal link, so that nobody who reads the table can open a personal space.
    """

    registration = models.ForeignKey(
        Registration,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name="inscription",
    )
    kind = models.CharField("type de courriel", max_length=20, choices=MessageKind)
    recipient = models.EmailField("destinataire", max_length=254)
    # What the builder needs beyond the registration; identifiers and texts of staff, in JSON.
    context = models.JSONField("précisions", default=dict, blank=True, editable=False)

    subject = models.CharField("objet", max_length=150, blank=True)
    text_body = models.TextField("texte", blank=True)
    html_body = models.TextField("HTML", blank=True)
    calendars = models.JSONField("agenda", default=list, blank=True, editable=False)

    state = models.CharField(
        "état", max_length=10, choices=MessageState, default=MessageState.QUEUED, editable=False
    )
    attempts = models.PositiveSmallIntegerField("tentatives", default=0, editable=False)
    # How often the mail was handed over and the server's answer to it never came.
    n_in_doubt = models.PositiveSmallIntegerField("remises sans réponse", default=0, editable=False)
    next_attempt_at = models.DateTimeField("prochaine tentative", db_default=Now(), editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    # Drawn at each claim: a worker that lost its lease cannot write over the one that took it.
    claim = models.UUIDField(null=True, blank=True, editable=False)
    last_answer = models.CharField(
        "dernière réponse",
        max_length=500,
        blank=True,
        editable=False,
        help_text="Les mots du serveur, où adresses et téléphones sont masqués. Il peut y rester "
        "un nom\u00a0: ils sont effacés avec le texte du courriel.",
    )

    # Both stay the same at each attempt, so that a repeated delivery shows itself as one.
    message_id = models.CharField(
        max_length=150, unique=True, default=draw_message_id, editable=False
    )
    created_at = models.DateTimeField("préparé le", db_default=Now(), editable=False)
    sent_at = models.DateTimeField("envoyé le", null=True, blank=True, editable=False)
    # What must not be told twice is queued with the same key.
    dedup_key = models.CharField(max_length=120, unique=True, null=True, blank=True, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "courriel"
        verbose_name_plural = "courriels"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(state__in=[MessageState.QUEUED, MessageState.SENDING]),
                name="message_to_send",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=MessageState.values),
                name="message_state_known",
                violation_error_message="Cet état n’existe pas.",
            ),
            models.CheckConstraint(
                condition=~Q(state=MessageState.SENDING)
                | Q(leased_until__isnull=False, claim__isnull=False),
                name="message_sending_has_lease",
                violation_error_message="Un courriel en cours d’envoi doit avoir un bail.",
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.get_kind_display()

    @property
    def addressee(self) -> str:
        """Where it goes if it leaves now: the person's address may have been corrected since."""
        if self.registration is None or self.kind == MessageKind.REPLACEMENT_ASKED:
            return self.recipient
        return self.registration.email

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left of its words, nor of what they are made of, at their term.

        One that was dropped before it was written may be as empty.
        """
        return not (self.text_body or self.context or self.last_answer)
