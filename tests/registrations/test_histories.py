"""Long random histories of a cycle: whatever people and staff do, the invariants hold."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from registrations import services
from registrations.exceptions import Refusal
from registrations.invariants import problems
from registrations.models import Invitation, Registration
from registrations.services.announcing import announce
from registrations.states import Status
from sessions.agenda_changes import PlannedSlot, cancelled, save_agenda
from sessions.models import Profile, Slot
from tests.factories import make_account, make_application, make_programme

pytestmark = pytest.mark.django_db

N_STEPS = 50


class History:
    """What may happen to a cycle of two groups, near enough for offers or not, a step at a time."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.staff = make_account()
        self.cycle = make_programme(first_day=self.draw.choice([1, 30]), capacity=3)
        self.cycle.requires_validation = self.draw.random() < 0.4
        self.cycle.save()
        self.profiles = list(Profile.objects.filter(group__cycle=self.cycle).order_by("pk"))
        self.invitation = self.draw.choice(
            [
                None,
                Invitation.objects.create(cycle=self.cycle, label="Lille", n_places=1),
            ]
        )
        self.n_people = 0

    def step(self) -> str:
        """Does one thing, which the rules may refuse; says which, for the failure to be read."""
        act = self.draw.choice(
            [
                *[self.register] * 4,
                *[self.cancel] * 2,
                self.accept,
                self.accept_offer,
                self.change_capacity,
                self.cancel_slot,
                self.change_profile,
                self.exchange_groups,
                self.lapse,
                self.move_seat,
                self.promote,
                self.refuse,
                self.replace,
                self.restore,
            ]
        )
        try:
            act(timezone.now())
        except Refusal as refusal:
            return f"{act.__name__} refused: {refusal}"
        return act.__name__

    def somebody(self, *statuses: Status) -> Registration:
        people = Registration.objects.filter(status__in=statuses).order_by("pk")
        if not people:
            raise Refusal("nobody")
        return self.draw.choice(list(people))

    def slot(self) -> Slot:
        slots = Slot.objects.of_cycle(self.cycle).kept().in_order()
        if not slots:
            raise Refusal("no slot")
        return self.draw.choice(list(slots))

    def application(self) -> services.Application:
        self.n_people += 1
        return make_application(
            self.draw.choice(self.profiles),
            f"personne-{self.n_people}@nord.example.org",
            invitation=self.draw.choice([None, self.invitation]),
        )

    def register(self, now):
        services.register(self.cycle, self.application(), now=now)

    def cancel(self, now):
        services.cancel(self.somebody(Status.CONFIRMED, Status.WAITLISTED), now=now)

    def restore(self, now):
        services.restore(self.somebody(Status.CANCELLED), now=now)

    def change_profile(self, now):
        profile = self.draw.choice(self.profiles)
        services.edit(
            self.somebody(*Status),
            profile=profile,
            person=make_application(profile).person,
            territories=(),
            now=now,
        )

    def move_seat(self, now):
        services.move_seat(
            self.somebody(Status.CONFIRMED, Status.WAITLISTED, Status.PENDING),
            self.slot(),
            now=now,
            by=self.staff,
            over_capacity=self.draw.random() < 0.3,
        )

    def promote(self, now):
        services.promote(
            self.somebody(Status.WAITLISTED, Status.REFUSED),
            now=now,
            by=self.staff,
            over_capacity=self.draw.random() < 0.3,
        )

    def accept(self, now):
        services.accept(self.somebody(Status.PENDING), now=now, by=self.staff)

    def refuse(self, now):
        who = self.somebody(Status.PENDING, Status.WAITLISTED)
        services.refuse(who, "Hors du public visé.", now=now, by=self.staff)

    def accept_offer(self, now):
        services.accept_offer(self.somebody(Status.WAITLISTED), now=now)

    def lapse(self, now):
        offered = Registration.objects.exclude(offer_expires_at=None)
        offered.update(offer_expires_at=now - timedelta(seconds=5))
        services.lapse_offers(now=now)

    def replace(self, now):
        replaced = self.somebody(Status.CONFIRMED)
        application = self.application()
        replacement = services.ask_replacement(
            replaced,
            first_name="Camille",
            last_name="Petit",
            email=application.person["email"],
            now=now,
        )
        services.replace(replacement, application, now=now)

    def change_capacity(self, now):
        slot = self.slot()
        slot.capacity = self.draw.choice([1, 2, 3, 4, 5, None])
        self.save_agenda(now, PlannedSlot(slot, self.groups_of(slot)))

    def cancel_slot(self, now):
        if self.draw.random() < 0.1:
            self.save_agenda(now, cancelled(self.slot(), now))

    def exchange_groups(self, now):
        """The slots of one session, each for the group of the other."""
        session = self.cycle.training_sessions.get(number=self.draw.choice([1, 2]))
        slots = list(session.slots.kept().in_order())
        if len(slots) == 2:
            one, other = slots
            self.save_agenda(
                now,
                PlannedSlot(one, self.groups_of(other)),
                PlannedSlot(other, self.groups_of(one)),
            )

    def groups_of(self, slot: Slot) -> frozenset[int]:
        return frozenset(group.pk for group in slot.groups.all())

    def save_agenda(self, now, *planned):
        announce(self.cycle, save_agenda(self.cycle, planned), now=now, by=self.staff)


@pytest.mark.parametrize("seed", range(5))
def test_invariants_hold_through_any_history(seed):
    history = History(seed)
    done = []

    for _ in range(N_STEPS):
        done.append(history.step())
        assert (problems(timezone.now()), done) == ([], done)
