"""Whether one may register for a cycle, and the sentence that says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from registrations.models import Invitation
from registrations.places import counted, reservations, room_of, with_reservations
from sessions.agenda import Agenda, agenda_of
from sessions.models import Cycle, Slot
from sessions.models.cycles import CycleQuerySet
from sessions.states import Window
from sessions.typography import NBSP, moment


class Code(models.TextChoices):
    NOT_OPEN = "not_open", "Inscriptions à venir"
    OPEN = "open", "Inscriptions ouvertes"
    FULL = "full", "Complet, liste d’attente ouverte"
    CLOSED = "closed", "Inscriptions closes"
    PAST = "past", "Cycle terminé"
    CANCELLED = "cancelled", "Cycle annulé"


@dataclass(frozen=True)
class Opening:
    code: Code
    sentence: str
    # Groups where one can only join the waiting list.
    full_group_pks: frozenset[int] = frozenset()

    @property
    def label(self) -> str:
        return self.code.label

    @property
    def can_register(self) -> bool:
        return self.code in {Code.OPEN, Code.FULL}


def opening_of(
    cycle: Cycle,
    slots_by_group: Mapping[int, Sequence[Slot]],
    now: datetime,
    invitation: Invitation | None = None,
) -> Opening:
    """The state of registration, in words. No query, unless invitations keep places.

    What ``invitation`` keeps is for whoever comes by it. Needs one of ``published_cycles()``, and
    each group's kept slots, ``places.counted()``.
    """
    window = cycle.window(now)
    if window != Window.OPEN:
        return Opening(Code(window.value), _closed_sentence(cycle, window))
    reserved = reservations(cycle, now)
    invitation_pk = invitation.pk if invitation else None
    full = frozenset(
        pk
        for pk, slots in slots_by_group.items()
        if any(
            room_of(slot, reserved, invitation_pk).is_full
            for slot in slots
            if not slot.is_over(now)
        )
    )
    if full and len(full) == len(slots_by_group):
        return Opening(
            Code.FULL,
            "Ce cycle est complet. Vous pouvez vous inscrire sur liste d’attente\u00a0: "
            "vous serez averti par courriel si une place se libère.",
            full,
        )
    closes_at = cycle.closes_at()
    sentence = f"Inscriptions jusqu’au {moment(closes_at)}." if closes_at else ""
    return Opening(Code.OPEN, sentence, full)


def published_cycles() -> CycleQuerySet:
    """What visitors may see, private cycles included, with all that an opening is told from."""
    return with_reservations(Cycle.objects.published().with_dates())


def counted_agenda(cycle: Cycle) -> Agenda:
    """The cycle's agenda, with the groups' profiles; its slots know how many places are taken."""
    return agenda_of(
        cycle,
        slots=counted(Slot.objects.all()),
        groups=cycle.groups.prefetch_related("profiles"),
    )


def whom_to_ask(cycle: Cycle) -> str:
    """A sentence to add after another one; "" when the cycle names nobody."""
    phone = cycle.contact_phone.replace(" ", NBSP)
    contact = ", ".join(part for part in (cycle.contact_name, phone) if part)
    return f" Contactez {contact}." if contact else ""


def _closed_sentence(cycle: Cycle, window: Window) -> str:
    if window == Window.PAST:
        return "Ce cycle est terminé."
    if window == Window.CANCELLED:
        return "Ce cycle est annulé\u00a0: ses séances n’auront pas lieu."
    closes_at = cycle.closes_at()
    if window == Window.CLOSED and closes_at:
        return f"Les inscriptions sont closes depuis le {moment(closes_at)}.{whom_to_ask(cycle)}"
    if cycle.registration_opens_at:
        return f"Les inscriptions ouvriront le {moment(cycle.registration_opens_at)}."
    return "Les inscriptions ne sont pas encore ouvertes."
