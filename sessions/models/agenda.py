from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from sessions.cleaning import check_line
from sessions.models.audiences import AudienceGroup
from sessions.models.cycles import Cycle, Phase
from sessions.rich_text import RichTextField
from sessions.states import Mode
from sessions.typography import in_paris
from sessions.videoconference import check_join_url


class Session(models.Model):
    """A numbered unit of content. When it takes place, and for whom, is for its slots to say."""

    cycle = models.ForeignKey(
        Cycle, on_delete=models.CASCADE, related_name="training_sessions", verbose_name="cycle"
    )
    phase = models.ForeignKey(
        Phase,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="training_sessions",
        verbose_name="phase",
    )
    number = models.PositiveSmallIntegerField("numéro", validators=[MinValueValidator(1)])
    title = models.CharField("intitulé", max_length=200, validators=[check_line])
    content = RichTextField("contenu", blank=True)

    class Meta:
        verbose_name = "session"
        verbose_name_plural = "sessions"
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "number"],
                name="session_unique_number",
                violation_error_message="Une autre session de ce cycle a déjà ce numéro.",
            ),
        ]

    def __str__(self) -> str:
        return f"Session {self.number} : {self.title}"

    def clean(self) -> None:
        if self.phase and self.cycle_id and self.phase.cycle_id != self.cycle_id:
            raise ValidationError({"phase": "Cette phase appartient à un autre cycle."})


class SlotQuerySet(models.QuerySet):
    def kept(self) -> Self:
        """Slots that take place: those that were not cancelled."""
        return self.filter(cancelled_at=None)

    def of_cycle(self, cycle: Cycle) -> Self:
        return self.filter(session__cycle=cycle)

    def in_order(self) -> Self:
        """In time order, with the session and the groups at hand."""
        return (
            self.select_related("session")
            .prefetch_related("groups")
            .order_by("starts_at", "session__number", "pk")
        )


class Slot(models.Model):
    """« Séance » on screen: one dated half-day of a session, for one group or several."""

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="slots", verbose_name="session"
    )
    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin")
    groups = models.ManyToManyField(
        AudienceGroup, through="SlotGroup", related_name="slots", verbose_name="groupes"
    )
    capacity = models.PositiveIntegerField(
        "nombre de places",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Vide\u00a0: sans limite.",
    )
    mode = models.CharField("mode", max_length=10, choices=Mode, default=Mode.VIDEO)
    video_url = models.CharField(
        "lien de visioconférence des participants",
        max_length=2000,
        blank=True,
        help_text="Envoyé aux personnes inscrites\u202f; s’il est vide, dès que vous le donnerez.",
    )
    place = models.CharField("lieu", max_length=300, validators=[check_line], blank=True)

    # By how many people staff knowingly let the slot go over its capacity.
    n_over_allowed = models.PositiveIntegerField(default=0, editable=False)
    cancelled_at = models.DateTimeField("annulée le", null=True, blank=True, editable=False)

    # Set by ``registrations.places.counted()``, in no column.
    n_taken: int

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = "séance"
        verbose_name_plural = "séances"
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="slot_ends_after_start",
                violation_error_message="La séance doit se terminer après son début.",
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(capacity__gte=1),
                name="slot_capacity_positive",
                violation_error_message="Le nombre de places doit être d’au moins 1.",
            ),
            models.CheckConstraint(
                condition=Q(mode__in=Mode.values),
                name="slot_mode_known",
                violation_error_message="Ce mode n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return f"Séance de la session {self.session.number}"

    def clean(self) -> None:
        errors: dict[str, str | ValidationError] = {}
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            errors["ends_at"] = "La séance doit se terminer après son début."
        if self.video_url:
            try:
                check_join_url(self.video_url)
            except ValidationError as error:
                errors["video_url"] = error
        if errors:
            raise ValidationError(errors)

    @property
    def is_video(self) -> bool:
        return self.mode == Mode.VIDEO

    @property
    def duration(self) -> timedelta:
        return self.ends_at - self.starts_at

    @property
    def lacks_link(self) -> bool:
        """A videoconference whose address is not known yet."""
        return self.is_video and not self.video_url

    def is_over(self, now: datetime) -> bool:
        return self.ends_at <= now

    def is_today(self, now: datetime) -> bool:
        """Whether it is under way, or to come before midnight in Paris."""
        is_same_day = in_paris(self.starts_at).date() == in_paris(now).date()
        return not self.is_over(now) and (is_same_day or self.starts_at <= now)

    def assign_groups(self, groups: Iterable[AudienceGroup]) -> None:
        """Says which groups this slot is for, in place of those before.

        Raises IntegrityError when one of them already has a slot in the same session: forms check
        it before (see ``sessions.agenda``), the database has the last word.
        """
        self.groups.set(groups, through_defaults={"session": self.session})


class SlotGroup(models.Model):
    """A group's place in the agenda: at most one slot per session, guarded by the database."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="slot_groups")
    group = models.ForeignKey(AudienceGroup, on_delete=models.CASCADE, related_name="slot_groups")
    # Repeats slot.session, for the sake of the constraint below.
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="slot_groups")

    class Meta:
        verbose_name = "groupe d’une séance"
        verbose_name_plural = "groupes des séances"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "group"],
                name="slot_group_once_per_session",
                violation_error_message="Ce groupe a déjà une séance dans cette session.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id} / {self.group_id}"
