import re
from typing import Self

from django.db import models

from sessions.alphabetical import alphabetical_key
from sessions.cleaning import check_line

# « Communauté de communes du Pays de Lumbres » is looked for at « Pays de Lumbres ».
INTERCOMMUNALITY = re.compile(
    r"(?P<kind>Communauté (?:de communes|d’agglomération|urbaine)) "
    r"(?:de la |de l’|du |des |de |d’)?(?P<place>.+)"
)


class TerritoryQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)


class Territory(models.Model):
    """Where someone works: an intercommunality, a commune that leads a contract, a whole level."""

    class Kind(models.TextChoices):
        CC = "CC", "Communauté de communes"
        CA = "CA", "Communauté d’agglomération"
        CU = "CU", "Communauté urbaine"
        METROPOLIS = "METRO", "Métropole"
        COMMUNE = "COMMUNE", "Commune"
        DEPARTMENT = "DEPARTMENT", "Tout un département"
        REGION = "REGION", "Toute la région"
        OTHER = "OTHER", "Autre"

    WHOLE_LEVELS = (Kind.DEPARTMENT, Kind.REGION)

    code = models.CharField(
        "code",
        max_length=20,
        validators=[check_line],
        unique=True,
        null=True,
        blank=True,
        help_text="Le numéro SIREN d’une intercommunalité, le code Insee d’une commune, "
        "d’un département ou d’une région.",
    )
    name = models.CharField("nom", max_length=150, validators=[check_line], unique=True)
    kind = models.CharField("type", max_length=10, choices=Kind, default=Kind.OTHER)
    departments = models.CharField(
        "départements",
        max_length=60,
        validators=[check_line],
        blank=True,
        help_text="Numéros séparés par des virgules\u00a0: 59, 62.",
    )
    has_city_contract = models.BooleanField("contrat de ville", default=False)
    is_active = models.BooleanField(
        "proposé à l’inscription",
        default=True,
        help_text="Décochez plutôt que de supprimer\u00a0: les inscriptions passées le gardent.",
    )

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "territoire"
        verbose_name_plural = "territoires"
        ordering = ["-has_city_contract", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def listed_name(self) -> str:
        """The name as one looks for it in a list: « Cambrai, communauté d’agglomération »."""
        match = INTERCOMMUNALITY.fullmatch(self.name)
        if match is None:
            return self.name
        return f"{match['place']}, {match['kind'].lower()}"

    @property
    def listing_key(self) -> tuple[str, str, str]:
        """The order of lists: places by name, then départements by number, then the region."""
        level, number = (self.kind, self.departments) if self.is_whole_level else ("", "")
        return level, number, alphabetical_key(self.listed_name)

    @property
    def is_whole_level(self) -> bool:
        return self.kind in self.WHOLE_LEVELS
