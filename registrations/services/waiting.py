"""The waiting list: who gets the places that come free."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Now

from registrations import outbox, places
from registrations.exceptions import NoRoom, OfferLapsed, TransitionRefused
from registrations.models import Registration
from registrations.models.messages import MessageKind
from registrations.services.core import Actor, Verb, change_status, lock, write_event
from registrations.services.isolation import apart
from registrations.services.seating import seat_again
from registrations.states import Status
from sessions.models import Slot

# Near a slot, an offer lasts half of the time that is left, within these bounds.
LONGEST_OFFER = timedelta(hours=12)
SHORTEST_OFFER = timedelta(minutes=15)


def promote_waiting(cycle_id: int, *, now: datetime) -> list[Registration]:
    """Gives free places to those who wait, in the order in which they joined the list.

    Whoever still lacks a place in one of their slots keeps their rank and lets the next pass. Near
    a slot the place is offered, to be accepted before a deadline, and held meanwhile. Returns
    those who were given or offered one. Call it inside the transaction that freed the places,
    which holds the cycle's lock: whatever fails for those who wait does not stop it.
    """
    waiting = list(places.waiting(cycle_id))
    if not waiting:
        return []
    cycle = places.lock_cycle(cycle_id)
    rooms = {
        room.slot.pk: room
        for room in places.rooms(
            Slot.objects.kept().filter(session__cycle=cycle, ends_at__gt=now),
            places.reservations(cycle, now),
        )
    }
    served = []
    for registration in waiting:
        wanted = [rooms[seat.slot_id] for seat in registration.seats.all() if seat.slot_id in rooms]
        own = registration.invitation_id
        if not wanted or any(room.is_full_for(own) for room in wanted):
            continue
        time_left = _time_left(wanted, now)
        with apart("place for registration", registration.pk):
            if time_left <= timedelta(hours=cycle.offer_hours):
                _offer(registration, time_left, now=now)
            else:
                _confirm(registration, now=now, verb=Verb.PROMOTED, by=None)
            for room in wanted:
                room.take(own)
            served.append(registration)
    return served


@transaction.atomic
def promote(
    registration: Registration, *, now: datetime, by: Actor, over_capacity: bool = False
) -> Registration:
    """Gives a place by hand to someone who waits, whatever their rank.

    Raises TransitionRefused, AddressTaken, and NoRoom unless ``over_capacity``: staff then
    knowingly put one more person than planned in the slots that are full, which the journal and
    the slots keep.
    """
    registration = lock(registration)
    if registration.status not in {Status.WAITLISTED, Status.REFUSED}:
        raise TransitionRefused
    if registration.status == Status.REFUSED:
        rooms = seat_again(registration, now=now)
    else:
        rooms = places.held(registration, now)
    # An offer already counts as a place of theirs.
    if registration.offer_expires_at is None:
        full = [room for room in rooms if room.is_full]
        if full and not over_capacity:
            raise NoRoom
        places.allow_one_more(full)
        verb = Verb.FORCED if full else Verb.PROMOTED
    else:
        verb = Verb.PROMOTED
    _confirm(registration, now=now, verb=verb, by=by)
    return registration


@transaction.atomic
def accept_offer(registration: Registration, *, now: datetime) -> Registration:
    """The person takes the place that was offered. Raises OfferLapsed.

    Accepting again changes nothing.
    """
    registration = lock(registration)
    if registration.status == Status.CONFIRMED:
        return registration
    if registration.offer_expires_at is None or registration.offer_expires_at <= now:
        raise OfferLapsed
    change_status(registration, Status.CONFIRMED, Verb.ACCEPTED_OFFER, now=now, by=None)
    outbox.queue(MessageKind.CONFIRMATION, registration=registration)
    return registration


def lapse_offers(*, now: datetime) -> int:
    """Ends the offers whose deadline passed, by the database's clock, and serves the next.

    The person stays on the list, where staff alone may still give them a place. Returns how many
    offers ended.
    """
    lapsed = Registration.objects.waiting_in_order().filter(offer_expires_at__lte=Now())
    n_lapsed = 0
    for cycle_pk in lapsed.order_by("cycle_id").values_list("cycle_id", flat=True).distinct():
        with apart("waiting list of cycle", cycle_pk):
            places.lock_cycle(cycle_pk)
            # Read under the lock only: the person may have left meanwhile, or had another offer.
            for registration in lapsed.filter(cycle=cycle_pk).with_offer():
                with apart("offer to registration", registration.pk):
                    _lapse(registration, now=now)
                    n_lapsed += 1
            promote_waiting(cycle_pk, now=now)
    return n_lapsed


def serve_waiting_lists(*, now: datetime) -> int:
    """Gives the places that nobody's action freed: an invitation expired, a full slot is over.

    Returns how many people were given or offered one.
    """
    waiting = Registration.objects.waiting_in_order().order_by("cycle_id")
    n_served = 0
    for cycle_pk in waiting.values_list("cycle_id", flat=True).distinct():
        with apart("waiting list of cycle", cycle_pk):
            places.lock_cycle(cycle_pk)
            n_served += len(promote_waiting(cycle_pk, now=now))
    return n_served


def _time_left(wanted: list[places.Room], now: datetime) -> timedelta:
    """Until the first of these slots that is to come; none when all are under way."""
    coming = [room.slot.starts_at for room in wanted if room.slot.starts_at > now]
    return min(coming, default=now) - now


def _offer(registration: Registration, time_left: timedelta, *, now: datetime) -> None:
    lasts = max(SHORTEST_OFFER, min(LONGEST_OFFER, time_left / 2))
    registration.offer_expires_at = (now + lasts).replace(second=0, microsecond=0)
    registration.save(update_fields=["offer_expires_at"])
    write_event(registration, Verb.OFFERED, registration.status, now=now, by=None)
    outbox.queue(MessageKind.OFFERED, registration=registration, is_one_of_many=True)


def _lapse(registration: Registration, *, now: datetime) -> None:
    registration.offer_expires_at, registration.offer_lapsed_at = None, now
    registration.save(update_fields=["offer_expires_at", "offer_lapsed_at"])
    write_event(registration, Verb.OFFER_LAPSED, registration.status, now=now, by=None)
    outbox.queue(MessageKind.OFFER_LAPSED, registration=registration, is_one_of_many=True)


def _confirm(registration: Registration, *, now: datetime, verb: str, by: Actor) -> None:
    change_status(registration, Status.CONFIRMED, verb, now=now, by=by)
    outbox.queue(MessageKind.PROMOTED, registration=registration, is_one_of_many=True)
