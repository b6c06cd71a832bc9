"""What the public page of a cycle prints of the offer."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sessions.agenda import Agenda
from sessions.models import Cycle, Profile, Slot
from sessions.typography import dates


@dataclass(frozen=True)
class Choice:
    """« Je suis … »: the profiles of a cycle, the one that a visitor chose and what it follows."""

    profiles: list[Profile]
    chosen: Profile | None
    # In time order; empty as long as nobody chose.
    slots: list[Slot]


def programme_context(cycle: Cycle, agenda: Agenda) -> dict[str, Any]:
    """All the sections of the programme, for ``sessions/cycle.html``; two queries.

    ``phases`` is a list of ``(phase, sessions)`` in the order of the programme; its only phase is
    None for a cycle without phases.
    """
    training_sessions = [column.session for column in agenda.columns]
    return {
        "cycle": cycle,
        "agenda": agenda,
        "phases": [
            (phase, list(sessions))
            for phase, sessions in groupby(training_sessions, key=lambda session: session.phase)
        ],
        "speakers": list(cycle.speakers.all()),
        "resources": list(cycle.resources.all()),
        "summary": summary_of(cycle, agenda),
        # Whether one may register is not the offer's to say.
        "registration": None,
        # Nor what a visitor asked for (choice_of), nor who may read it (structured_data).
        "choice": None,
        "structured_data": None,
    }


def choice_of(agenda: Agenda, asked: str) -> Choice | None:
    """What a visitor sees who asks for a profile by its identifier; None where all follow the same.

    Whatever else was asked chooses nothing. No query, if the groups have their profiles at hand.
    """
    if len({tuple(slot.pk for slot in row.slots) for row in agenda.rows}) < 2:
        return None
    row_of = {profile: row for row in agenda.rows for profile in row.group.profiles.all()}
    chosen = next((profile for profile in row_of if str(profile.pk) == asked), None)
    return Choice(list(row_of), chosen, row_of[chosen].slots if chosen else [])


def summary_of(cycle: Cycle, agenda: Agenda) -> str:
    """The cycle in two sentences, as search engines and messages show it under its title."""
    facts = [dates(agenda.starts), " et ".join(agenda.modes).lower()]
    sentences = [
        cycle.subtitle.rstrip("."),
        ", ".join(filter(None, facts)).capitalize(),
        "Cycle de qualification de l’IREV",
    ]
    return " ".join(f"{sentence}." for sentence in sentences if sentence)
