from django.db import models

from sessions.cleaning import check_line
from sessions.models.cycles import Cycle


class AudienceGroup(models.Model):
    """People who follow the same slots: by audience, by territory, or everybody."""

    cycle = models.ForeignKey(
        Cycle, on_delete=models.CASCADE, related_name="groups", verbose_name="cycle"
    )
    position = models.PositiveSmallIntegerField("rang", default=1)
    name = models.CharField("nom", max_length=150, validators=[check_line])
    slug = models.SlugField(
        "adresse du calendrier",
        max_length=60,
        help_text="Fin de l’adresse du calendrier public du groupe.",
    )

    class Meta:
        verbose_name = "groupe"
        verbose_name_plural = "groupes"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "slug"],
                name="group_unique_slug",
                violation_error_message="Un autre groupe de ce cycle a déjà cette adresse.",
            ),
            models.UniqueConstraint(
                fields=["cycle", "name"],
                name="group_unique_name",
                violation_error_message="Un autre groupe de ce cycle a déjà ce nom.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Profile(models.Model):
    """What someone says of themselves, « Vous êtes … », which decides their group."""

    group = models.ForeignKey(
        AudienceGroup, on_delete=models.CASCADE, related_name="profiles", verbose_name="groupe"
    )
    position = models.PositiveSmallIntegerField("rang", default=1)
    label = models.CharField("intitulé", max_length=150, validators=[check_line])

    class Meta:
        verbose_name = "profil"
        verbose_name_plural = "profils"
        ordering = ["group__position", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "label"],
                name="profile_unique_label",
                violation_error_message="Ce groupe a déjà ce profil.",
            ),
        ]

    def __str__(self) -> str:
        return self.label
