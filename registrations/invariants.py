"""What must be true of the data, whatever happened to it: proved by reading it, and it alone.

``manage.py check_invariants`` says it of the data that live; tests say it after each fault.
Sentences are for staff and name identifiers only. What the worker does in its rounds is no fault
before ``GRACE`` has passed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Now

from registrations import places
from registrations.cleaning import email_key
from registrations.models import Message, Registration, RegistrationEvent, Seat
from registrations.retention import policy
from registrations.services.registering import FIRST_MAIL
from registrations.states import MessageState, Status
from sessions.models import Cycle, Slot, SlotGroup
from sessions.typography import count

GRACE = timedelta(minutes=5)

Verb = RegistrationEvent.Verb
# Each of these queues a mail that tells where the registration stands.
ENTRIES = (Verb.REGISTERED, Verb.RESTORED, Verb.ACCEPTED, Verb.ACCEPTED_OFFER)
ENTRY_MAILS = tuple(FIRST_MAIL.values())


def problems(now: datetime) -> list[str]:
    """Says what is wrong, a sentence for each row; [] when all is well.

    The number of queries does not depend on the data. They agree with each other only inside a
    transaction that sees the data as they were at one moment.
    """
    return [sentence for check in _CHECKS for sentence in check(now)]


def overbooked(now: datetime) -> Iterator[str]:
    """A slot holds no more people than it has places, but those whom staff knowingly let in."""
    over = (
        places.counted(Slot.objects.exclude(capacity=None))
        .filter(n_taken__gt=F("capacity") + F("n_over_allowed"))
        .order_by("pk")
    )
    for slot in over:
        yield (
            f"Séance {slot.pk}\u00a0: {slot.n_taken} places prises pour {slot.capacity}, et "
            f"{slot.n_over_allowed} de plus que l’équipe a permises."
        )


def seatless(now: datetime) -> Iterator[str]:
    """A confirmed person has a seat in each session that has a slot to come for their group.

    Slots that are over are not asked: whoever was confirmed afterwards has no seat there, nor has
    anyone when staff entered the slot afterwards. The database sees to it that there is no more
    than one.
    """
    agenda = defaultdict(list)
    to_come = SlotGroup.objects.filter(slot__cancelled_at=None, slot__ends_at__gt=now)
    for group_pk, session_pk in to_come.order_by("slot").values_list("group", "session"):
        agenda[group_pk].append(session_pk)
    confirmed = Registration.objects.confirmed().select_related("profile")
    for registration in confirmed.prefetch_related("seats__slot").order_by("pk"):
        seated = {
            seat.session_id
            for seat in registration.seats.all()
            if seat.slot and seat.slot.cancelled_at is None
        }
        for session_pk in agenda[registration.profile.group_id]:
            if session_pk not in seated:
                yield (
                    f"Inscription {registration.pk}\u00a0: confirmée, sans place dans la session "
                    f"{session_pk}."
                )


def misplaced_seats(now: datetime) -> Iterator[str]:
    """A seat is in a session of the registration's cycle, and its slot is of that session."""
    wrong = Seat.objects.filter(
        ~Q(session__cycle=F("registration__cycle"))
        | Q(slot__isnull=False) & ~Q(slot__session=F("session"))
    ).order_by("pk")
    for seat in wrong:
        yield (
            f"Place {seat.pk} de l’inscription {seat.registration_id}\u00a0: "
            f"la séance {seat.slot_id} n’est pas de la session {seat.session_id}, ou la session "
            "n’est pas de son cycle."
        )


def misplaced_groups(now: datetime) -> Iterator[str]:
    """The agenda says the same session for a slot as the slot itself."""
    wrong = SlotGroup.objects.exclude(session=F("slot__session")).order_by("pk")
    for slot_group in wrong:
        yield (
            f"Groupe {slot_group.group_id}\u00a0: la séance {slot_group.slot_id} n’est pas de la "
            f"session {slot_group.session_id}."
        )


def left_waiting(now: datetime) -> Iterator[str]:
    """Nobody waits while each of their slots has room, but those who let an offer lapse."""
    # Slots that end and invitations that lapse make room by themselves; the worker gives it.
    earlier = now - GRACE
    kept = places.reservations_by_cycle(earlier)
    waiting = Registration.objects.filter(offer_expires_at=None, offer_lapsed_at=None)
    waiting = waiting.waiting_in_order()
    slots = (
        places.counted(Slot.objects.kept().filter(ends_at__gt=earlier))
        .filter(session__cycle__in=waiting.order_by().values("cycle"))
        .select_related("session")
        .prefetch_related("groups")
        .order_by("pk")
    )
    rooms = {slot.pk: places.room_of(slot, kept.get(slot.session.cycle_id, ())) for slot in slots}
    for registration in waiting.prefetch_related("seats"):
        wanted = [rooms[seat.slot_id] for seat in registration.seats.all() if seat.slot_id in rooms]
        if wanted and not any(room.is_full_for(registration.invitation_id) for room in wanted):
            yield (
                f"Inscription {registration.pk}\u00a0: en attente alors que toutes ses séances ont "
                "de la place."
            )


def served_out_of_turn(now: datetime) -> Iterator[str]:
    """Places that came free went to the first of those who waited for the same slots.

    As far as the journal tells: of people whose seats never moved, among those of one group with
    the same invitation. The list of each is played again in the order of the journal, which is
    that of the cycle's lock.
    """
    moved = RegistrationEvent.objects.filter(registration=OuterRef("registration"), verb=Verb.MOVED)
    history = (
        RegistrationEvent.objects.filter(
            ~Exists(moved), Q(from_status=Status.WAITLISTED) | Q(to_status=Status.WAITLISTED)
        )
        .order_by("pk")
        .select_related("registration__profile")
    )
    lists: dict[tuple, dict[int, datetime]] = defaultdict(dict)
    for event in history:
        who = event.registration
        waiting = lists[who.cycle_id, who.profile.group_id, who.invitation_id]
        if event.from_status != Status.WAITLISTED:
            waiting[who.pk] = event.at
            continue
        if event.to_status == Status.WAITLISTED and event.verb not in {
            Verb.OFFERED,
            Verb.OFFER_LAPSED,
        }:
            continue
        rank = waiting.pop(who.pk, None)
        if event.verb not in {Verb.PROMOTED, Verb.OFFERED} or event.by_staff or rank is None:
            continue
        for passed_pk in [pk for pk, before in waiting.items() if before < rank]:
            yield (
                f"Inscription {passed_pk}\u00a0: en attente avant l’inscription {who.pk}, "
                "qui a eu une place la première."
            )


def untold(now: datetime) -> Iterator[str]:
    """Who is registered entered once, and a mail for each entry was queued.

    Only as long as the cycle lasts and the log of mails is kept: afterwards they are cleared away.
    """
    lasting = Cycle.objects.with_dates().filter(Q(ends_at=None) | Q(ends_at__gt=now))
    active = Registration.objects.active().filter(
        cycle__in=lasting.values("pk"), created_at__gt=policy().rule("mails").period.before(now)
    )
    for registration in active.annotate(
        n_registered=_counted("events", verb=Verb.REGISTERED),
        n_entries=_counted("events", verb__in=ENTRIES),
        n_mails=_counted("messages", kind__in=ENTRY_MAILS),
    ).order_by("pk"):
        if registration.n_registered != 1:
            entries = count(registration.n_registered, "entrée", "entrées")
            yield f"Inscription {registration.pk}\u00a0: {entries} au journal, au lieu d’une."
        elif registration.n_mails < registration.n_entries:
            yield f"Inscription {registration.pk}\u00a0: il manque un courriel qui l’annonce."


def stuck_mails(now: datetime) -> Iterator[str]:
    """A mail is on its way no longer than its lease, and one that failed says why."""
    wrong = Message.objects.filter(
        Q(state=MessageState.SENDING, leased_until__lt=Now() - GRACE)
        # Retention takes the answer away, with the text.
        | Q(state=MessageState.FAILED, last_answer="") & ~Q(text_body="")
        | Q(state=MessageState.SENT, sent_at=None)
    ).order_by("pk")
    said = {
        MessageState.SENDING: "en cours d’envoi au-delà de son bail, et pas repris",
        MessageState.FAILED: "en échec, sans la réponse du serveur",
        MessageState.SENT: "envoyé, sans date d’envoi",
    }
    for message in wrong:
        yield f"Courriel {message.pk}\u00a0: {said[MessageState(message.state)]}."


def registered_twice(now: datetime) -> Iterator[str]:
    """One active registration for an address in a cycle, by the address as it is compared now."""
    by_address = defaultdict(list)
    active = Registration.objects.active().order_by("pk")
    for pk, cycle_pk, email in active.values_list("pk", "cycle_id", "email"):
        by_address[cycle_pk, email_key(email)].append(str(pk))
    for pks in by_address.values():
        if len(pks) > 1:
            yield f"Inscriptions {', '.join(pks)}\u00a0: actives à la même adresse."


def _counted(relation: str, **conditions: Any) -> Count:
    only = Q(**{f"{relation}__{name}": value for name, value in conditions.items()})
    return Count(relation, filter=only, distinct=True)


_CHECKS: tuple[Callable[[datetime], Iterator[str]], ...] = (
    overbooked,
    seatless,
    misplaced_seats,
    misplaced_groups,
    left_waiting,
    served_out_of_turn,
    untold,
    stuck_mails,
    registered_twice,
)
