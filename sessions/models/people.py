from django.core.validators import URLValidator
from django.db import models

from sessions.cleaning import check_line
from sessions.models.cycles import Cycle


class Speaker(models.Model):
    cycle = models.ForeignKey(
        Cycle, on_delete=models.CASCADE, related_name="speakers", verbose_name="cycle"
    )
    position = models.PositiveSmallIntegerField("rang", default=1)
    name = models.CharField("nom", max_length=100, validators=[check_line])
    role = models.CharField("fonction", max_length=150, validators=[check_line], blank=True)

    class Meta:
        verbose_name = "intervenant"
        verbose_name_plural = "intervenants"
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class Resource(models.Model):
    cycle = models.ForeignKey(
        Cycle, on_delete=models.CASCADE, related_name="resources", verbose_name="cycle"
    )
    position = models.PositiveSmallIntegerField("rang", default=1)
    title = models.CharField("titre", max_length=200, validators=[check_line])
    url = models.CharField(
        "adresse",
        max_length=2000,
        blank=True,
        validators=[
            URLValidator(schemes=["https"], message="L’adresse doit commencer par https://.")
        ],
    )

    class Meta:
        verbose_name = "ressource"
        verbose_name_plural = "ressources"
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title
