"""What people are told of an agenda that changed: from what they know to what is now so.

A change that nobody has heard of yet when the next one comes is told with it, in one mail.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from registrations import outbox
from registrations.models import Message, Registration, Seat
from registrations.models.messages import MessageKind
from registrations.states import MessageState
from sessions.agenda_changes import Change, SlotChange, SlotState
from sessions.models import Cycle, Slot

# What people must know of a slot they follow; their calendar changes with each.
NOTICED = frozenset(
    {
        Change.MOVED,
        Change.LINK_ADDED,
        Change.LINK_CHANGED,
        Change.LINK_REMOVED,
        Change.MODE_CHANGED,
        Change.PLACE_CHANGED,
    }
)
# What only those who have a place are told: the others are given no link.
LINKS = frozenset({Change.LINK_ADDED, Change.LINK_CHANGED, Change.LINK_REMOVED})

SUPERSEDED = "Remplacé, avant de partir, par le courriel du changement suivant."
UNSAID = "L’équipe a choisi de ne prévenir personne."

# What people know of a slot, in JSON; instants in ISO 8601.
Facts = dict[str, str]


@dataclass
class Notice:
    """What one person is told of their seats; ``registration.seats`` are prefetched."""

    registration: Registration
    # By seat that changed: what the person knows of its slot, None when they had none.
    known: dict[int, Facts | None] = field(default_factory=dict)
    # Whether the person follows another slot, or one slot less.
    moves: bool = False
    sentences: list[str] = field(default_factory=list)
    # Seats given since those of the registration were read.
    new_seats: list[Seat] = field(default_factory=list)

    @property
    def noticed(self) -> frozenset[Change]:
        return NOTICED if self.registration.is_confirmed else NOTICED - LINKS

    @property
    def changes(self) -> list[dict[str, Any]]:
        """Seats whose slot is another or has changed, as the mail reads them."""
        return [
            {"seat": seat.pk, "kinds": sorted(kind.name for kind in kinds), "before": before}
            for seat, before in self._seats()
            if seat.slot and (kinds := self._kinds(seat.slot, before))
        ]

    @property
    def released(self) -> list[dict[str, Any]]:
        """Seats that went away, and how their slots were, as the mail reads them."""
        return [
            {"seat": seat.pk, **before}
            for seat, before in self._seats()
            if before and seat.slot is None
        ]

    @property
    def is_empty(self) -> bool:
        return not self.changes and not self.released

    def learn(self, seat: Seat, before: Slot | SlotState | None) -> None:
        """Keeps what the person knows of the seat's slot. No link for who was not given any."""
        if before is None:
            self.known[seat.pk] = None
            return
        self.known[seat.pk] = {
            "starts_at": before.starts_at.isoformat(),
            "ends_at": before.ends_at.isoformat(),
            "mode": before.mode,
            "place": before.place,
            **({"video_url": before.video_url} if self.registration.is_confirmed else {}),
        }

    def take_over(self, unsent: Iterable[Message]) -> None:
        """Tells also what ``unsent`` would have told, the latest first: nobody has heard of it."""
        for message in unsent:
            context = message.context
            self.known |= {each["seat"]: each["before"] for each in context["changes"]}
            self.known |= {each["seat"]: _facts_in(each) for each in context["released"]}
            if context["sentence"] not in ("", *self.sentences):
                self.sentences.insert(0, context["sentence"])

    def queue(self) -> None:
        """One mail; a shorter one when there is nothing else than a link that is now known."""
        changes, released = self.changes, self.released
        only_links = all(change["kinds"] == [Change.LINK_ADDED.name] for change in changes)
        if only_links and not released and not self.sentences:
            slot_by_seat = {seat.pk: seat.slot_id for seat, _ in self._seats()}
            outbox.queue(
                MessageKind.LINK_ADDED,
                registration=self.registration,
                context={"slots": [slot_by_seat[change["seat"]] for change in changes]},
                is_one_of_many=True,
            )
            return
        outbox.queue(
            MessageKind.AGENDA_CHANGED,
            registration=self.registration,
            context={
                "changes": changes,
                "released": released,
                "sentence": "\n\n".join(self.sentences),
            },
            is_one_of_many=True,
        )

    def leave_unsaid(self) -> None:
        """Sends nothing. What must still leave the person's calendar goes with their next mail."""
        if self.released and self.registration.confirmed_at:
            outbox.queue(
                MessageKind.AGENDA_CHANGED,
                registration=self.registration,
                context={"changes": [], "released": self.released, "sentence": ""},
                withheld=UNSAID,
                is_one_of_many=True,
            )

    def _seats(self) -> list[tuple[Seat, Facts | None]]:
        seats = (*self.registration.seats.all(), *self.new_seats)
        return [(seat, self.known[seat.pk]) for seat in seats if seat.pk in self.known]

    def _kinds(self, slot: Slot, before: Facts | None) -> frozenset[Change]:
        if before is None:
            return frozenset({Change.CREATED})
        now = SlotState.of(slot, ())
        return SlotChange(slot, _state(before, now), now).kinds & self.noticed


def _state(facts: Facts, now: SlotState) -> SlotState:
    """The state that ``facts`` tell, the rest as it is ``now``."""
    fields: dict[str, Any] = {
        **facts,
        "starts_at": datetime.fromisoformat(facts["starts_at"]),
        "ends_at": datetime.fromisoformat(facts["ends_at"]),
    }
    return replace(now, **fields)


def _facts_in(released: dict[str, Any]) -> Facts:
    return {name: value for name, value in released.items() if name != "seat"}


def take_unsent(cycle: Cycle, notices: Iterable[Notice]) -> None:
    """Has each notice tell what the earlier mails about the agenda would, in their place.

    Only the mails that nobody can have heard of: neither tried in doubt, nor followed by another
    mail, which would have told how things stood by then. Needs the cycle's lock; three queries.
    """
    queued = Message.objects.filter(registration__cycle=cycle, state=MessageState.QUEUED)
    # No mail of the cycle leaves until the commit: it would tell what is about to change.
    list(queued.select_for_update(of=("self",)).values_list("pk", flat=True))
    heard = Message.objects.filter(
        Q(state=MessageState.SENDING)
        | Q(n_in_doubt__gt=0)
        | Q(sent_at__gte=OuterRef("created_at")),
        registration=OuterRef("registration"),
    )
    unheard = queued.filter(~Exists(heard), kind=MessageKind.AGENDA_CHANGED)
    by_registration = defaultdict(list)
    for message in unheard.order_by("-pk"):
        by_registration[message.registration_id].append(message)
    taken = []
    for notice in notices:
        unsent = by_registration[notice.registration.pk]
        notice.take_over(unsent)
        taken += [message.pk for message in unsent]
    Message.objects.filter(pk__in=taken).update(state=MessageState.DROPPED, last_answer=SUPERSEDED)
