import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from registrations import tokens
from registrations.states import ACTIVE, Status
from sessions.alphabetical import Alphabetical
from sessions.models import AudienceGroup, Cycle, Profile, Territory

if TYPE_CHECKING:
    from registrations.models.seats import Seat


class OrganisationKind(models.TextChoices):
    PREFECTURE = "prefecture", "Préfecture ou sous-préfecture"
    DDETS = "ddets", "DDETS (ex-DDCS)"
    DREETS = "dreets", "DREETS"
    EPCI = "epci", "Intercommunalité (EPCI)"
    COMMUNE = "commune", "Commune"
    DEPARTMENT = "department", "Conseil départemental"
    REGION = "region", "Conseil régional"
    ASSOCIATION = "association", "Association"
    LANDLORD = "landlord", "Bailleur social"
    EDUCATION = "education", "Éducation nationale"
    OTHER = "other", "Autre"


class RegistrationQuerySet(models.QuerySet):
    def active(self) -> Self:
        """Registrations that count as one for their address: confirmed, waiting or to validate."""
        return self.filter(status__in=ACTIVE)

    def confirmed(self) -> Self:
        return self.filter(status=Status.CONFIRMED)

    def waiting_in_order(self) -> Self:
        """The waiting list, first come first."""
        return self.filter(status=Status.WAITLISTED).order_by("queued_at", "pk")

    def with_offer(self) -> Self:
        """With the cycle, the profile and the group at hand, without a further query."""
        return self.select_related("cycle", "profile__group")

    def by_name(self) -> Self:
        return self.order_by(Alphabetical("last_name"), Alphabetical("first_name"), "pk")

    def by_token(self, token: str) -> Self:
        """The registration that a personal link opens, if any."""
        return self.filter(link_hash=tokens.fingerprint(token))


def draw_nonce() -> str:
    return tokens.draw_nonce()


class Registration(models.Model):
    """One person at one cycle. Every write goes through ``registrations.services``."""

    cycle = models.ForeignKey(
        Cycle, on_delete=models.PROTECT, related_name="registrations", verbose_name="cycle"
    )
    profile = models.ForeignKey(
        Profile, on_delete=models.PROTECT, related_name="registrations", verbose_name="profil"
    )
    status = models.CharField("état", max_length=10, choices=Status)

    first_name = models.CharField("prénom", max_length=100)
    last_name = models.CharField("nom", max_length=100)
    email = models.EmailField("adresse électronique", max_length=254)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    organisation = models.CharField("structure", max_length=200)
    organisation_kind = models.CharField(
        "type de structure", max_length=12, choices=OrganisationKind
    )
    job_title = models.CharField("fonction", max_length=150)
    territories = models.ManyToManyField(
        Territory,
        related_name="registrations",
        verbose_name="territoires d’intervention",
        blank=True,
    )
    expectations = models.TextField("attentes", max_length=1000, blank=True)
    access_needs = models.TextField("besoins d’accessibilité", max_length=1000, blank=True)

    # The address as it is compared: see registrations.cleaning.email_key.
    email_key = models.CharField(
        "adresse, telle qu’elle est comparée aux autres", max_length=254, editable=False
    )
    # The personal link is derived from the nonce and a key that the database does not hold; the
    # hash finds the registration again. Neither gives the link away: see registrations.tokens.
    link_nonce = models.CharField(max_length=64, default=draw_nonce, editable=False)
    link_hash = models.CharField(max_length=64, unique=True, editable=False)
    # Drawn with the form: the same form sent twice is one registration.
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    invitation = models.ForeignKey(
        "Invitation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="registrations",
        verbose_name="invitation",
    )
    # Whose place this person took over.
    replaces = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="replaced_by",
        verbose_name="remplace",
    )
    # First part of the UIDs of this person's calendar events; never the personal link.
    calendar_uid = models.UUIDField(
        "identifiant dans les agendas", default=uuid.uuid4, unique=True, editable=False
    )

    created_at = models.DateTimeField("inscription le", editable=False)
    # Rank on the waiting list; set when the person joins it, never moved afterwards.
    queued_at = models.DateTimeField("en attente depuis", null=True, blank=True, editable=False)
    # While it is set, a place is held for the person, who has until then to accept it.
    offer_expires_at = models.DateTimeField(
        "place proposée jusqu’au", null=True, blank=True, editable=False
    )
    # An offer was left without an answer: only staff may still give a place.
    offer_lapsed_at = models.DateTimeField(
        "proposition restée sans réponse", null=True, blank=True, editable=False
    )
    confirmed_at = models.DateTimeField("confirmée le", null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField("annulée le", null=True, blank=True, editable=False)
    # Since when a server says that the address does not receive, and in which codes: "550 5.1.1".
    # Only staff take it away, by correcting the address: see registrations.reachability.
    address_failed_at = models.DateTimeField(
        "adresse refusée le", null=True, blank=True, editable=False
    )
    address_failure = models.CharField(
        "refus", max_length=20, blank=True, default="", db_default="", editable=False
    )

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = "inscription"
        verbose_name_plural = "inscriptions"
        ordering = ["last_name", "first_name", "pk"]
        permissions = [
            ("coordinate", "Peut voir les listes d’inscrits et les exporter"),
            ("view_access_needs", "Peut lire les besoins d’accessibilité"),
        ]
        indexes = [
            models.Index(fields=["cycle", "status"], name="registration_cycle_status"),
            models.Index(fields=["email_key"], name="registration_email_key"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "email_key"],
                condition=Q(status__in=ACTIVE),
                name="registration_one_active_per_address",
                violation_error_message="Une autre inscription au cycle a déjà cette adresse.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values),
                name="registration_status_known",
                violation_error_message="Cet état n’existe pas.",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.WAITLISTED) | Q(queued_at__isnull=False),
                name="registration_waiting_has_rank",
                violation_error_message="Une personne en attente doit avoir un rang.",
            ),
            models.CheckConstraint(
                condition=Q(offer_expires_at__isnull=True) | Q(status=Status.WAITLISTED),
                name="registration_offer_only_when_waiting",
                violation_error_message="Une place ne se propose qu’à une personne en attente.",
            ),
            models.CheckConstraint(
                condition=Q(address_failed_at__isnull=True, address_failure="")
                | Q(address_failed_at__isnull=False) & ~Q(address_failure=""),
                name="registration_address_failure_has_date",
                violation_error_message="Le refus d’une adresse a une date et un code.",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def group(self) -> AudienceGroup:
        return self.profile.group

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def is_confirmed(self) -> bool:
        return self.status == Status.CONFIRMED

    @property
    def awaits_address(self) -> bool:
        """Whether the person may take their request further by opening the link they were sent."""
        return self.status == Status.PENDING and not self.cycle.requires_validation

    @property
    def holds_places(self) -> bool:
        """Whether its seats take places; ``registrations.models.seats.taken`` in Python."""
        return self.is_confirmed or self.offer_expires_at is not None

    @property
    def is_replaced(self) -> bool:
        """Whether a colleague took the place over; one query."""
        return self.replaced_by.exists()

    @cached_property
    def every_seat(self) -> "list[Seat]":
        """The seats, in time order, with slot and session at hand; read once."""
        seats = self.seats.select_related("slot__session", "session")
        return list(seats.order_by("slot__starts_at", "slot__pk", "pk"))

    @property
    def own_seats(self) -> "list[Seat]":
        """Those of ``every_seat`` that have a slot."""
        return [seat for seat in self.every_seat if seat.slot]

    @property
    def lost_seats(self) -> "list[Seat]":
        """Those of ``every_seat`` that have no slot any more."""
        return [seat for seat in self.every_seat if seat.slot is None]

    @property
    def token(self) -> str:
        """The secret part of the personal link, derived afresh: the database does not hold it."""
        return tokens.derive(self.link_nonce, self.link_hash)

    def renew_link(self) -> None:
        """Draws another personal link; the one before opens nothing once this is saved."""
        self.link_nonce = draw_nonce()
        self.link_hash = tokens.fingerprint(tokens.derive(self.link_nonce))


class RegistrationEvent(models.Model):
    """The journal: who did what to a registration, and when. Holds no personal data."""

    class Verb(models.TextChoices):
        REGISTERED = "registered", "Inscription"
        ASKED_AGAIN = "asked_again", "Nouvelle demande avec la même adresse"
        EDITED = "edited", "Modification"
        MOVED = "moved", "Changement de séances"
        ACCEPTED = "accepted", "Demande acceptée"
        REFUSED = "refused", "Demande refusée"
        PROMOTED = "promoted", "Place attribuée depuis la liste d’attente"
        FORCED = "forced", "Place attribuée au-delà de la capacité"
        OFFERED = "offered", "Place proposée"
        ACCEPTED_OFFER = "accepted_offer", "Place proposée acceptée"
        OFFER_LAPSED = "offer_lapsed", "Place proposée, restée sans réponse"
        CANCELLED = "cancelled", "Annulation"
        CYCLE_CANCELLED = "cycle_cancelled", "Annulation du cycle"
        REPLACED = "replaced", "Remplacement par un collègue"
        RESTORED = "restored", "Rétablissement"
        UNREACHABLE = "unreachable", "Adresse qui ne reçoit pas"
        ADDRESS_CORRECTED = "address_corrected", "Adresse corrigée"

    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, related_name="events", verbose_name="inscription"
    )
    verb = models.CharField("action", max_length=20, choices=Verb)
    from_status = models.CharField("état d’avant", max_length=10, choices=Status, blank=True)
    to_status = models.CharField("état d’après", max_length=10, choices=Status)
    at = models.DateTimeField("date")
    # The account of the member of staff who acted, as long as it exists.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="par",
    )
    # False: the person themselves, by their link, or the rules (a promotion).
    by_staff = models.BooleanField("par l’équipe", default=False, db_default=False)

    class Meta:
        verbose_name = "événement du journal"
        verbose_name_plural = "journal"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(by=None) | Q(by_staff=True),
                name="event_of_an_account_is_staffs",
                violation_error_message="Ce que fait un compte est fait par l’équipe.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_verb_display()
