"""The programme of a cycle as a document to keep, print and pass on."""

from typing import Any

from django.conf import settings

from sessions.agenda import Agenda, Row, agenda_of
from sessions.models import Cycle, Session, Slot
from sessions.pages import programme_context
from sessions.rich_tree import tree_of
from sessions.typesetting import typeset
from sessions.typography import dates, day, hours

RICH_TEXTS = (
    *("context", "audiences_text", "aim", "objectives", "speakers_note"),
    *("programme_intro", "registration_note", "resources_note"),
)
# As on the site, what people ask before they register: shown when staff gave it.
FACTS = {
    "Prérequis": "prerequisites",
    "Tarif": "price",
    "Délai d’accès": "access_delay",
    "Évaluation": "evaluation",
    "Accessibilité": "accessibility_note",
}
CONTACT = ("contact_name", "contact_role", "contact_phone", "contact_mobile", "contact_email")
# Beyond, the columns of the agenda would be too narrow: a list for each group takes its place.
MOST_COLUMNS = 5


def programme_pdf(cycle: Cycle) -> bytes:
    """All that the cycle's page says of the offer, and nothing of who may register."""
    return typeset("programme.typ", programme_data(cycle))


def programme_data(cycle: Cycle) -> dict[str, Any]:
    """What the template prints: texts, and rich texts as ``sessions.rich_tree`` gives them."""
    agenda = agenda_of(cycle)
    context = programme_context(cycle, agenda)
    return {
        "title": cycle.title,
        "subtitle": cycle.subtitle,
        "dates": _dates(agenda),
        "modes": " et ".join(agenda.modes).capitalize(),
        "address": settings.SITE_URL + cycle.get_absolute_url(),
        "rich": {name: tree_of(getattr(cycle, name)) for name in RICH_TEXTS},
        "agenda": _agenda(agenda),
        "speakers": [[speaker.name, speaker.role] for speaker in context["speakers"]],
        "phases": [
            {
                "label": phase.label if phase else "",
                "title": phase.title if phase else "",
                "sessions": [_session(training_session) for training_session in sessions],
            }
            for phase, sessions in context["phases"]
        ],
        "facts": [
            [label, getattr(cycle, name)] for label, name in FACTS.items() if getattr(cycle, name)
        ],
        "resources": [[resource.title, resource.url] for resource in context["resources"]],
        "contact": [getattr(cycle, name) for name in CONTACT if getattr(cycle, name)],
    }


def _dates(agenda: Agenda) -> str:
    return dates(agenda.starts) or ("Cycle annulé" if agenda.cancelled else "Dates à venir")


def _session(training_session: Session) -> dict[str, Any]:
    return {
        "number": training_session.number,
        "title": training_session.title,
        "content": tree_of(training_session.content),
    }


def _agenda(agenda: Agenda) -> dict[str, Any]:
    return {
        "is_table": len(agenda.columns) <= MOST_COLUMNS,
        "columns": [column.ordinal for column in agenda.columns],
        "phases": [[phase.label if phase else "", width] for phase, width in agenda.phases],
        "rows": [_row(row) for row in agenda.rows] if agenda.slots else [],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "group": row.group.name,
        # None where the group has no slot; a cell that another row covers is left out.
        "cells": [
            cell.slot and {"rowspan": cell.rowspan, **_slot(cell.slot)}
            for cell in row.cells
            if not cell.is_covered
        ],
        "slots": [_slot(slot) for slot in row.slots],
    }


def _slot(slot: Slot) -> dict[str, str]:
    return {
        "day": day(slot.starts_at),
        "hours": hours(slot.starts_at, slot.ends_at),
        "where": slot.place or slot.get_mode_display(),
    }
