from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Q

from registrations import tokens
from registrations.models.registrations import Registration, draw_nonce
from registrations.models.seats import taken
from sessions.models import Cycle, Profile, Territory


class InvitationQuerySet(models.QuerySet):
    def open_at(self, now: datetime) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), is_active=True)

    def keeping_places(self) -> Self:
        return self.filter(n_places__gt=0, is_active=True)

    def counted(self) -> Self:
        """Adds ``n_used``: how many of those it brought take places, which ``n_left`` needs."""
        used = Count("registrations", filter=taken("registrations__"), distinct=True)
        return self.annotate(n_used=used)

    def by_token(self, token: str) -> Self:
        return self.filter(link_hash=tokens.fingerprint(token))


class Invitation(models.Model):
    """A link that opens a private cycle, or keeps places for a profile or a territory."""

    cycle = models.ForeignKey(
        Cycle, on_delete=models.CASCADE, related_name="invitations", verbose_name="cycle"
    )
    label = models.CharField(
        "nom",
        max_length=150,
        help_text="Pour vous y retrouver\u202f; les personnes ne le voient pas.",
    )

    profile = models.ForeignKey(
        Profile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="réservée au profil",
    )
    territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="réservée au territoire",
    )
    n_places = models.PositiveIntegerField(
        "places réservées",
        default=0,
        help_text="Gardées dans les séances du profil, ou de tous les groupes, jusqu’à la date.",
    )
    expires_at = models.DateTimeField("valable jusqu’au", null=True, blank=True)
    is_active = models.BooleanField("active", default=True)

    link_nonce = models.CharField(max_length=64, default=draw_nonce, editable=False)
    link_hash = models.CharField(max_length=64, unique=True, editable=False)

    # Set by ``counted()``, in no column.
    n_used: int

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        verbose_name_plural = "invitations"
        ordering = ["label", "pk"]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.link_hash:
            self.link_hash = tokens.fingerprint(tokens.derive(self.link_nonce))
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.profile and self.cycle_id and self.profile.group.cycle_id != self.cycle_id:
            raise ValidationError({"profile": "Ce profil appartient à un autre cycle."})

    @property
    def token(self) -> str:
        """The secret part of the link, derived afresh: the database does not hold it."""
        return tokens.derive(self.link_nonce, self.link_hash)

    @property
    def n_left(self) -> int:
        """The places that it keeps, while it is open, and that nobody used yet.

        Needs ``counted()``.
        """
        return max(self.n_places - self.n_used, 0)

    @property
    def binds(self) -> bool:
        """Whether whoever it brought has their place by it, and so keeps to whom it is for."""
        return self.cycle.is_private or (self.is_active and self.n_places > 0)

    def is_open(self, now: datetime) -> bool:
        return self.is_active and (self.expires_at is None or now < self.expires_at)

    def admits_profile(self, profile: Profile) -> bool:
        return self.profile_id in {None, profile.pk}

    def admits_territories(self, territories: Iterable[Territory]) -> bool:
        return self.territory_id is None or self.territory_id in {each.pk for each in territories}


class Replacement(models.Model):
    """A colleague who was asked to take someone's place over, and has not answered or has."""

    registration = models.ForeignKey(
        Registration,
        on_delete=models.CASCADE,
        related_name="replacements",
        verbose_name="inscription",
    )

    first_name = models.CharField("prénom", max_length=100)
    last_name = models.CharField("nom", max_length=100)
    email = models.EmailField("adresse électronique", max_length=254)

    link_nonce = models.CharField(max_length=64, editable=False)
    link_hash = models.CharField(max_length=64, unique=True, editable=False)

    created_at = models.DateTimeField("demandé le")
    expires_at = models.DateTimeField("valable jusqu’au")
    answered_at = models.DateTimeField("accepté le", null=True, blank=True)

    class Meta:
        verbose_name = "demande de remplacement"
        verbose_name_plural = "demandes de remplacement"
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def token(self) -> str:
        return tokens.derive(self.link_nonce, self.link_hash)

    def is_open(self, now: datetime) -> bool:
        return self.answered_at is None and now < self.expires_at
