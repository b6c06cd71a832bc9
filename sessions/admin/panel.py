"""The head of a cycle's page: where it stands, what it lacks, what can be done with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from sessions.agenda import agenda_of
from sessions.models import Cycle
from sessions.publication import Part, Problem, audience_of, can_close, can_reopen, problems
from sessions.states import Publication, Window
from sessions.typography import moment

_ANCHORS = {
    Part.GROUPS: "#groups-heading",
    Part.SESSIONS: "#training_sessions-heading",
    Part.CONTACT: "#id_contact_name",
    Part.REGISTRATION: "#id_registration_opens_at_0",
}


@dataclass(frozen=True)
class Action:
    """A button of the head: where it leads; the first is what staff most likely want next."""

    label: str
    url: str
    is_primary: bool = False


def cycle_url(name: str, cycle: Cycle) -> str:
    """The address of one of the pages of a cycle in the admin."""
    return reverse(f"admin:training_cycle_{name}", args=[cycle.pk])


def state_in_words(cycle: Cycle, now: datetime) -> str:
    """« Publié. Inscriptions ouvertes jusqu’au mardi 6 avril 2021 à 9h00. »

    Needs ``with_dates()``.
    """
    if cycle.is_draft:
        return "Brouillon : seule l’équipe le voit."
    if cycle.publication == Publication.ARCHIVED:
        return "Archivé : il n’est plus sur le site, ses inscriptions sont conservées."
    return f"Publié. {_window_in_words(cycle, now)}"


def _window_in_words(cycle: Cycle, now: datetime) -> str:
    window, closes_at = cycle.window(now), cycle.closes_at()
    if cycle.ends_at and window == Window.PAST:
        return f"Cycle terminé depuis le {moment(cycle.ends_at)}."
    if window == Window.CANCELLED:
        return "Cycle annulé\u00a0: toutes ses séances sont annulées."
    if closes_at is None:
        return "Aucune séance : les inscriptions ne peuvent pas ouvrir."
    if cycle.registration_opens_at and window == Window.NOT_OPEN:
        return f"Les inscriptions ouvriront le {moment(cycle.registration_opens_at)}."
    if window == Window.OPEN:
        return f"Inscriptions ouvertes jusqu’au {moment(closes_at)}."
    return f"Inscriptions closes depuis le {moment(closes_at)}."


def actions(cycle: Cycle, now: datetime, *, can_change: bool, can_duplicate: bool) -> list[Action]:
    """The buttons that make sense where the cycle stands, for someone with these rights."""
    offered = [Action("Aperçu sur le site", cycle_url("preview", cycle))]
    if can_change:
        offered.insert(0, Action("Agenda et liens", cycle_url("agenda", cycle)))
        if cycle.is_draft:
            offered.append(Action("Publier", cycle_url("publish", cycle), is_primary=True))
        if can_close(cycle, now):
            offered.append(Action("Clore les inscriptions", cycle_url("close", cycle)))
        if can_reopen(cycle, now):
            offered.append(Action("Rouvrir les inscriptions", cycle_url("reopen", cycle)))
    if can_duplicate:
        offered.append(Action("Dupliquer ce cycle", cycle_url("duplicate", cycle)))
    if can_change and cycle.publication == Publication.PUBLISHED:
        offered.append(Action("Archiver", cycle_url("archive", cycle)))
    if can_change and cycle.publication == Publication.ARCHIVED:
        offered.append(Action("Désarchiver", cycle_url("unarchive", cycle)))
    return offered


def panel(cycle: Cycle, now: datetime) -> dict[str, Any]:
    """What ``_panel.html`` prints, but for the buttons; six queries whatever the cycle's size."""
    agenda = agenda_of(cycle, groups=audience_of(cycle))
    return {
        "cycle": cycle,
        "state": state_in_words(cycle, now),
        "agenda": agenda,
        "problems": linked(problems(cycle, now, agenda), cycle),
    }


def linked(found: list[Problem], cycle: Cycle) -> list[tuple[Problem, str]]:
    """Each problem with the address where it is mended."""
    return [(problem, _address(problem, cycle)) for problem in found]


def _address(problem: Problem, cycle: Cycle) -> str:
    if problem.where is Part.AGENDA:
        return cycle_url("agenda", cycle)
    if problem.group is not None:
        return reverse("admin:training_audiencegroup_change", args=[problem.group.pk])
    return cycle_url("change", cycle) + _ANCHORS[problem.where]
