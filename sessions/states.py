from django.db import models


class Publication(models.TextChoices):
    """Who sees a cycle on the site: nobody but staff, everybody, nobody any more."""

    DRAFT = "draft", "Brouillon"
    PUBLISHED = "published", "Publié"
    ARCHIVED = "archived", "Archivé"


class Window(models.TextChoices):
    """Where a cycle stands in its own time, whoever is registered."""

    NOT_OPEN = "not_open", "Inscriptions à venir"
    OPEN = "open", "Inscriptions ouvertes"
    CLOSED = "closed", "Inscriptions closes"
    PAST = "past", "Cycle terminé"
    CANCELLED = "cancelled", "Cycle annulé"


# Nothing is to come: nobody registers any more, not even by the team's hand.
ENDED = (Window.PAST, Window.CANCELLED)


class Mode(models.TextChoices):
    """How people attend a slot."""

    VIDEO = "video", "En visioconférence"
    IN_PERSON = "in_person", "En présentiel"
