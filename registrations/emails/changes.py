"""The mails about slots: those that moved, their links, and what is about to begin."""

from datetime import datetime, timedelta

from registrations.emails.drafts import (
    Draft,
    Line,
    draft_of,
    lines_ahead,
    registration_of,
    released_in,
)
from registrations.models import Message, Registration, Seat
from sessions.agenda_changes import Change
from sessions.models import Reminder, Slot
from sessions.typography import day, hour, hours, in_paris

# What is said of a slot, by what happened to it; MOVED tells the former time besides.
NOTES = {
    Change.CREATED.name: "Nouvelle séance pour vous.",
    Change.MOVED.name: "Cet horaire est nouveau.",
    Change.LINK_ADDED.name: "Le lien de connexion est maintenant connu.",
    Change.LINK_CHANGED.name: "Le lien de connexion a changé\u00a0: n’utilisez plus l’ancien.",
    Change.LINK_REMOVED.name: "Le lien de connexion d’avant n’est plus valable.",
    Change.MODE_CHANGED.name: "La manière d’y participer a changé.",
    Change.PLACE_CHANGED.name: "Le lieu a changé.",
}


def seats_changed(message: Message, now: datetime) -> Draft | None:
    """Another group, other slots. Context: ``released``, as ``drafts.released_in`` reads it."""
    registration = registration_of(message)
    if not registration.is_confirmed:
        return None
    return draft_of(
        registration,
        lines_ahead(registration, now),
        now=now,
        is_published=True,
        released=released_in(registration, message.context.get("released", ())),
    )


def agenda_changed(message: Message, now: datetime) -> Draft | None:
    """Staff changed slots that the person follows, or waits for. Context:

    - ``changes``: ``{"seat": pk, "kinds": [names of Change], "before": None or its times}``;
    - ``released``, as ``drafts.released_in`` reads it;
    - ``sentence``: staff's own, plain text.
    """
    registration = registration_of(message)
    changes = {change["seat"]: change for change in message.context["changes"]}
    lines = [
        Line(line.seat, _notes(line.seat, changes[line.seat.pk]))
        for line in lines_ahead(registration, now)
        if line.seat.pk in changes
    ]
    released = released_in(registration, message.context["released"])
    if not registration.is_active or not (lines or released):
        return None
    # Calendars know nothing of those who were never confirmed; the words of the mail are for them
    # too.
    draft = draft_of(
        registration,
        lines,
        now=now,
        is_published=registration.is_confirmed,
        released=released,
        sentence=message.context["sentence"],
    )
    if registration.confirmed_at:
        return draft
    return Draft(draft.context, draft.links, draft.cycle)


def link_added(message: Message, now: datetime) -> Draft | None:
    """The links of the slots in the context, ``slots``, are now known."""
    registration = registration_of(message)
    slot_pks = message.context["slots"]
    lines = [
        line
        for line in lines_ahead(registration, now)
        if line.seat.slot_id in slot_pks and _has_link(line.seat.slot)
    ]
    if not registration.is_confirmed or not lines:
        return None
    return draft_of(registration, lines, now=now, is_published=True)


def reminder(message: Message, now: datetime) -> Draft | None:
    """A slot is about to begin. Context: ``reminder`` and ``slot``, and when it was to begin.

    A slot that moved since has another reminder; one that staff took away is not sent any more.
    """
    registration = registration_of(message)
    rule = Reminder.objects.filter(pk=message.context["reminder"]).first()
    lines = [
        line
        for line in lines_ahead(registration, now)
        if line.seat.slot and line.seat.slot.pk == message.context["slot"]
    ]
    if rule is None or not registration.is_confirmed or not lines:
        return None
    slot = lines[0].seat.slot
    if slot is None or slot.starts_at <= now:
        return None
    if slot.starts_at != datetime.fromisoformat(message.context["starts_at"]):
        return None
    return draft_of(
        registration,
        lines,
        now=now,
        when=_when(slot.starts_at, now),
        text=rule.text,
    )


def with_late_reminders(registration: Registration, lines: list[Line]) -> list[Line]:
    """``lines``, with staff's own words of the reminders that were due before the confirmation.

    Those reminders are not sent to this person any more. Nothing more for who is not confirmed.
    One query in all cases.
    """
    reminders = list(registration.cycle.reminders.exclude(text=""))
    since = registration.confirmed_at
    if since is None or not registration.is_confirmed or not reminders:
        return lines
    return [
        Line(
            line.seat,
            [
                *line.notes,
                *(
                    reminder.text
                    for reminder in reminders
                    if line.seat.slot and reminder.due_at(line.seat.slot) < since
                ),
            ],
        )
        for line in lines
    ]


def _notes(seat: Seat, change: dict) -> list[str]:
    notes = [NOTES[kind] for kind in change["kinds"] if kind in NOTES]
    before, slot = change["before"], seat.slot
    if before is None or slot is None:
        return notes
    starts_at, ends_at = map(datetime.fromisoformat, (before["starts_at"], before["ends_at"]))
    if (starts_at, ends_at) != (slot.starts_at, slot.ends_at):
        notes.append(f"Avant\u00a0: le {day(starts_at)}, de {hours(starts_at, ends_at)}.")
    return notes


def _has_link(slot: Slot | None) -> bool:
    return slot is not None and slot.is_video and not slot.lacks_link


def _when(instant: datetime, now: datetime) -> str:
    """« aujourd’hui à 9h00 », « demain à 9h00 », « le mardi 6 avril 2021 à 9h00 »."""
    n_days = (in_paris(instant).date() - in_paris(now).date()) // timedelta(days=1)
    word = {0: "aujourd’hui", 1: "demain"}.get(n_days, f"le {day(instant)}")
    return f"{word} à {hour(instant)}"
