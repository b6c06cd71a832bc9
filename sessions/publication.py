"""The life of a cycle: what it lacks, publishing, closing registration, archiving.

Each verb is one transaction on the cycle's row; those that cannot be done raise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.core.exceptions import ValidationError
from django.db import transaction

from sessions.agenda import Agenda, agenda_of
from sessions.cleaning import check_contact, check_line
from sessions.exceptions import NotPublishable, TransitionRefused
from sessions.models import AudienceGroup, Cycle, Slot
from sessions.states import Mode, Publication, Window
from sessions.typography import count, day, hours


class Severity(Enum):
    """An ERROR forbids publication; a WARNING only asks to be looked at."""

    ERROR = "error"
    WARNING = "warning"


class Part(Enum):
    """Where in the cycle a problem is mended."""

    GROUPS = "groups"
    PROFILES = "profiles"
    SESSIONS = "sessions"
    AGENDA = "agenda"
    CONTACT = "contact"
    REGISTRATION = "registration"


@dataclass(frozen=True)
class Problem:
    severity: Severity
    message: str
    where: Part
    # The group to mend, when ``where`` is PROFILES.
    group: AudienceGroup | None = None

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


def problems(cycle: Cycle, now: datetime, agenda: Agenda | None = None) -> list[Problem]:
    """What the cycle lacks, errors first, in the order in which staff fill it in.

    ``agenda`` stands in for the one read from the database, with the profiles of its groups
    prefetched (see ``audience_of``).
    """
    if agenda is None:
        agenda = agenda_of(cycle, groups=audience_of(cycle))
    found = [
        *_missing_parts(agenda),
        *_groups_without_slot(agenda),
        *_slots_without_group(cycle),
        *_slots_to_complete(agenda),
        *_clashes(agenda),
        *_dates(cycle, agenda, now),
        *_contact(cycle),
    ]
    return sorted(found, key=lambda problem: not problem.is_error)


def audience_of(cycle: Cycle):
    """The groups of a cycle with their profiles at hand; two queries."""
    return cycle.groups.prefetch_related("profiles")


@transaction.atomic
def publish(cycle: Cycle, *, now: datetime) -> Cycle:
    """Shows a draft to the public. Raises NotPublishable with what is missing."""
    cycle = _lock(cycle)
    if cycle.publication != Publication.DRAFT:
        raise TransitionRefused("Seul un brouillon peut être publié.")
    errors = [problem for problem in problems(cycle, now) if problem.is_error]
    if errors:
        raise NotPublishable(errors)
    return _set_publication(cycle, Publication.PUBLISHED)


@transaction.atomic
def archive(cycle: Cycle) -> Cycle:
    """Takes a published cycle off the public site; nothing of it is lost."""
    cycle = _lock(cycle)
    if cycle.publication != Publication.PUBLISHED:
        raise TransitionRefused("Seul un cycle publié peut être archivé.")
    return _set_publication(cycle, Publication.ARCHIVED)


@transaction.atomic
def unarchive(cycle: Cycle) -> Cycle:
    """Shows an archived cycle to the public again."""
    cycle = _lock(cycle)
    if cycle.publication != Publication.ARCHIVED:
        raise TransitionRefused("Seul un cycle archivé peut être remis en ligne.")
    return _set_publication(cycle, Publication.PUBLISHED)


@transaction.atomic
def close_registration(cycle: Cycle, *, now: datetime) -> Cycle:
    """Ends registration at ``now``; those registered keep their places."""
    cycle = _lock(cycle)
    if not can_close(cycle, now):
        raise TransitionRefused("Les inscriptions ne sont pas ouvertes.")
    cycle.registration_closes_at = now
    cycle.save(update_fields=["registration_closes_at", "updated_at"])
    return cycle


@transaction.atomic
def reopen_registration(cycle: Cycle, *, until: datetime | None, now: datetime) -> Cycle:
    """Opens registration again, until then; None is until the first slot starts.

    Raises TransitionRefused when registration is not closed, or would stay so.
    """
    cycle = _lock(cycle)
    if not can_reopen(cycle, now):
        raise TransitionRefused("Les inscriptions ne sont pas closes.")
    cycle.registration_closes_at = until
    if cycle.window(now) != Window.OPEN:
        raise TransitionRefused("Donnez une date de clôture à venir.")
    cycle.save(update_fields=["registration_closes_at", "updated_at"])
    return cycle


def can_close(cycle: Cycle, now: datetime) -> bool:
    """Needs ``with_dates()``."""
    return cycle.publication == Publication.PUBLISHED and cycle.window(now) == Window.OPEN


def can_reopen(cycle: Cycle, now: datetime) -> bool:
    """Needs ``with_dates()``."""
    return cycle.publication == Publication.PUBLISHED and cycle.window(now) == Window.CLOSED


def _lock(cycle: Cycle) -> Cycle:
    """The cycle as it is now, with its dates, held until the transaction ends."""
    Cycle.objects.select_for_update(no_key=True).values("pk").get(pk=cycle.pk)
    return Cycle.objects.with_dates().get(pk=cycle.pk)


def _set_publication(cycle: Cycle, publication: Publication) -> Cycle:
    cycle.publication = publication
    cycle.save(update_fields=["publication", "updated_at"])
    return cycle


def _error(message: str, where: Part, group: AudienceGroup | None = None) -> Problem:
    return Problem(Severity.ERROR, message, where, group)


def _warning(message: str, where: Part) -> Problem:
    return Problem(Severity.WARNING, message, where)


def _missing_parts(agenda: Agenda) -> Iterator[Problem]:
    if not agenda.rows:
        yield _error("Le cycle n’a pas de groupe.", Part.GROUPS)
    for row in agenda.rows:
        if not row.group.profiles.all():
            yield _error(f"Le groupe « {row.group} » n’a pas de profil.", Part.PROFILES, row.group)
    if not agenda.columns:
        yield _error("Le cycle n’a pas de session.", Part.SESSIONS)
    elif not agenda.slots:
        yield _error("Le cycle n’a pas de séance.", Part.AGENDA)


def _groups_without_slot(agenda: Agenda) -> Iterator[Problem]:
    """A group without any slot is an error, one without a slot in some session a warning."""
    if not agenda.slots:
        return
    for row in agenda.rows:
        if not row.slots:
            yield _error(f"Le groupe « {row.group} » n’a aucune séance.", Part.AGENDA)
    for index, column in enumerate(agenda.columns):
        without = [row for row in agenda.rows if row.cells[index].slot is None]
        if len(without) == len(agenda.rows):
            yield _warning(f"La session {column.session.number} n’a pas de séance.", Part.AGENDA)
            continue
        for row in without:
            if row.slots:
                yield _warning(
                    f"Le groupe « {row.group} » n’a pas de séance "
                    f"dans la session {column.session.number}.",
                    Part.AGENDA,
                )


def _slots_without_group(cycle: Cycle) -> Iterator[Problem]:
    """Such slots are in no agenda; they stay behind when a group is deleted."""
    for slot in Slot.objects.of_cycle(cycle).kept().filter(slot_groups=None):
        yield _warning(f"La séance du {_when(slot)} n’est pour aucun groupe.", Part.AGENDA)


def _slots_to_complete(agenda: Agenda) -> Iterator[Problem]:
    n_without_link = sum(slot.lacks_link for slot in agenda.slots)
    if n_without_link:
        yield _warning(
            f"{count(n_without_link, 'séance', 'séances')} en visioconférence sans lien : "
            "il sera envoyé aux personnes inscrites dès que vous le donnerez.",
            Part.AGENDA,
        )
    for slot in agenda.slots:
        if slot.mode == Mode.IN_PERSON and not slot.place:
            yield _warning(f"La séance du {_when(slot)} n’a pas de lieu.", Part.AGENDA)


def _clashes(agenda: Agenda) -> Iterator[Problem]:
    for row in agenda.rows:
        for earlier, later in zip(row.slots, row.slots[1:], strict=False):
            if later.starts_at < earlier.ends_at:
                yield _warning(
                    f"Le groupe « {row.group} » a deux séances en même temps : {_when(later)}.",
                    Part.AGENDA,
                )


def _dates(cycle: Cycle, agenda: Agenda, now: datetime) -> Iterator[Problem]:
    if not cycle.is_draft or not agenda.slots:
        return
    if all(slot.is_over(now) for slot in agenda.slots):
        yield _warning("Toutes les séances sont passées.", Part.AGENDA)
    elif (cycle.registration_closes_at or agenda.slots[0].starts_at) <= now:
        yield _warning("Les inscriptions seront closes dès la publication.", Part.REGISTRATION)


def _contact(cycle: Cycle) -> Iterator[Problem]:
    if not cycle.contact_name:
        yield _warning("Le cycle n’a pas de contact.", Part.CONTACT)
    if not cycle.contact_email:
        yield _warning(
            "Le contact n’a pas d’adresse électronique : "
            "les réponses aux courriels du cycle se perdront.",
            Part.CONTACT,
        )
    elif not _can_be_written(cycle):
        yield _warning(
            "Le contact a un caractère qu’aucun courriel ne peut porter : "
            "les réponses aux courriels du cycle se perdront.",
            Part.CONTACT,
        )


def _can_be_written(cycle: Cycle) -> bool:
    """Of what was stored before forms refused it, or in another way."""
    try:
        check_line(cycle.contact_name)
        check_contact(cycle.contact_email)
    except ValidationError:
        return False
    return True


def _when(slot: Slot) -> str:
    return f"{day(slot.starts_at)}, {hours(slot.starts_at, slot.ends_at)}"
