from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from sessions.rich_text import RichTextField


class SitePage(models.TextChoices):
    """The pages that the law asks for, by the end of their address."""

    LEGAL_NOTICE = "mentions-legales", "Mentions légales"
    PERSONAL_DATA = "donnees-personnelles", "Données personnelles"
    ACCESSIBILITY = "accessibilite", "Accessibilité"
    SITE_MAP = "plan-du-site", "Plan du site"

    def get_absolute_url(self) -> str:
        return reverse(self.name.lower())


class PageVersionQuerySet(models.QuerySet):
    def of_page(self, page: str) -> Self:
        """All that was ever written for it, the latest first."""
        return self.filter(page=page).order_by("-written_at", "-pk")

    def published(self) -> Self:
        """What was on the site, what is there now first."""
        return self.exclude(published_at=None).order_by("-published_at", "-pk")


class PageVersion(models.Model):
    """A text of a page of the site, as someone saved it: never changed, only published.

    The one published last is on the site; without any, ``sessions.site_pages.default_body``.
    """

    page = models.CharField("page", max_length=30, choices=SitePage)
    body = RichTextField("texte")

    written_at = models.DateTimeField("écrit le", editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="écrit par",
    )
    published_at = models.DateTimeField("publié le", null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="publié par",
    )

    objects = PageVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "texte du site"
        verbose_name_plural = "textes du site"
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(page__in=SitePage.values),
                name="page_version_page_known",
                violation_error_message="Cette page n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_page_display()

    @property
    def is_draft(self) -> bool:
        return self.published_at is None
