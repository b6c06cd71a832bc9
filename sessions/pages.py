"""What the public page of a cycle prints of the offer."""

from itertools import groupby
from typing import Any

from sessions.agenda import Agenda
from sessions.models import Cycle


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
        # Whether one may register is not the offer's to say.
        "registration": None,
    }
