"""Places, while many people come at once."""

import uuid
from collections import Counter
from itertools import islice

import pytest
from django.utils import timezone

from registrations import services
from registrations.models import Message, Registration, RegistrationEvent
from registrations.models.messages import MessageKind
from registrations.states import Status
from sessions.agenda_changes import PlannedSlot, save_agenda
from sessions.models import Profile, Slot
from tests.factories import form_data, make_account, make_application, make_programme
from tests.faults.programs import wait_until
from tests.faults.proof import prove_data, prove_mails, prove_visits
from tests.faults.visitors import Load, all_at_once, forms

pytestmark = pytest.mark.both_engines

Verb = RegistrationEvent.Verb


def path_of(cycle):
    return f"/cycles/{cycle.slug}/inscription/"


def states():
    return Counter(Registration.objects.values_list("status", flat=True))


def kinds():
    return Counter(Message.objects.values_list("kind", flat=True))


def register(cycle, n_people, prefix="avant"):
    """People who registered before anything happened."""
    profile = Profile.objects.filter(group__cycle=cycle).order_by("pk")[0]
    return [
        services.register(
            cycle,
            make_application(profile, f"{prefix}-{number}@nord.example.org"),
            now=timezone.now(),
        )
        for number in range(n_people)
    ]


def space(registration, page=""):
    return f"/inscriptions/{registration.token}/{page}"


def test_f20_500_people_for_40_places(stage, cycle, people, report):
    figures = report("F20", "500 people at once for 40 places")

    with stage.programs.web() as web:
        attempts = all_at_once(web.port, [(path_of(cycle), form) for form in islice(people, 500)])

    figures.numbers |= {"confirmed": states()["confirmed"], "waiting": states()["waitlisted"]}
    prove_visits(figures, attempts)
    prove_data(figures)
    assert states() == {Status.CONFIRMED: 40, Status.WAITLISTED: 460}


def test_f21_capacity_lowered_under_load(stage, cycle, people, report):
    figures = report("F21", "capacity lowered from 40 to 10 under load")
    staff = make_account()

    with stage.programs.web() as web, Load(web.port, path_of(cycle), people) as load:
        wait_until(lambda: Registration.objects.count() >= 20)
        slots = list(Slot.objects.of_cycle(cycle).in_order())
        for slot in slots:
            slot.capacity = 10
        planned = [
            PlannedSlot(slot, frozenset(group.pk for group in slot.groups.all())) for slot in slots
        ]
        changes = save_agenda(cycle, planned)
        services.announce(cycle, changes, now=timezone.now(), by=staff)
        n_before = Registration.objects.confirmed().count()
        n_told = len(load.attempts) + 20
        wait_until(lambda: len(load.attempts) >= n_told)

    figures.numbers |= {"kept": n_before, "waiting": states()["waitlisted"]}
    prove_visits(figures, load.attempts)
    prove_data(figures)
    # Some may have come between the two transactions: nobody after, and nobody is thrown out.
    assert 20 <= states()["confirmed"] <= 40
    assert states()["waitlisted"] >= 10


def test_f22_people_leave_and_come_at_once(stage, territory, report):
    figures = report("F22", "30 cancel and 30 register at once, 40 places")
    cycle = make_programme(capacity=40)
    confirmed, waiting = register(cycle, 40), register(cycle, 20, "attente")

    with stage.programs.web() as web:
        leaving = [(space(each, "annuler/"), {}) for each in confirmed[:30]]
        coming = [(path_of(cycle), form) for form in islice(forms(cycle, territory), 30)]
        # Mixed, so that neither are done before the others begin.
        posts = [post for pair in zip(leaving, coming, strict=True) for post in pair]
        attempts = all_at_once(web.port, posts)

    assert {each.answer.status for each in attempts} == {303}
    prove_visits(figures, [each for each in attempts if each.answer.thanks])
    prove_data(figures)
    assert states() == {Status.CONFIRMED: 40, Status.WAITLISTED: 20, Status.CANCELLED: 30}
    assert {Registration.objects.get(pk=each.pk).status for each in waiting} == {"confirmed"}
    figures.numbers["promoted"] = kinds()[MessageKind.PROMOTED]


def test_f23_two_workers_offer_the_same_places(stage, territory, report):
    figures = report("F23", "two workers lapse offers and serve the next")
    cycle = make_programme(first_day=1, capacity=6)
    confirmed, waiting = register(cycle, 6), register(cycle, 12, "attente")
    for each in confirmed[:4]:
        services.cancel(each, now=timezone.now())
    offered = Registration.objects.exclude(offer_expires_at=None)
    assert offered.count() == 4
    offered.update(offer_expires_at=timezone.now() - timezone.timedelta(seconds=5))

    with stage.programs.worker(), stage.programs.worker():
        wait_until(lambda: Registration.objects.exclude(offer_lapsed_at=None).count() == 4)
        prove_mails(figures, stage.sink)

    prove_data(figures)
    # The places went from the first four to the next four, and each was told once.
    assert list(
        Registration.objects.exclude(offer_expires_at=None)
        .order_by("queued_at")
        .values_list("pk", flat=True)
    ) == [each.pk for each in waiting[4:8]]
    assert kinds()[MessageKind.OFFERED] == 8
    assert kinds()[MessageKind.OFFER_LAPSED] == 4
    figures.numbers["offers"] = 8


def test_f24_same_form_sent_200_times(stage, cycle, people, report):
    figures = report("F24", "one form sent 200 times at once")
    form = next(people)

    with stage.programs.web() as web:
        attempts = all_at_once(web.port, [(path_of(cycle), form)] * 200)
    with stage.programs.worker():
        prove_mails(figures, stage.sink)

    prove_visits(figures, attempts)
    prove_data(figures)
    figures.numbers["thanked"] = sum(each.answer.thanks for each in attempts)
    assert figures.numbers["thanked"] == 200
    assert (Registration.objects.count(), kinds()) == (1, {MessageKind.CONFIRMATION: 1})


def test_f25_same_address_written_in_many_ways(stage, cycle, territory, report):
    figures = report("F25", "one address, 40 forms, written in 5 ways; 2 others")
    same = [
        "alix.martin@lycée.example.org",
        "Alix.Martin@LYCÉE.example.org",
        "ALIX.MARTIN@xn--lyce-dpa.example.org",
        "\u200balix.martin@lycée.example.org ",
        "alix.martin@ｌｙｃée.example.org",
    ]
    others = ["alix.martin+cycle@lycée.example.org", "alixmartin@lycée.example.org"]
    filled = form_data(cycle, territory)
    posts = [
        (path_of(cycle), {**filled, "email": address, "submission_key": uuid.uuid4().hex})
        for address in [*same * 8, *others]
    ]

    with stage.programs.web() as web:
        attempts = all_at_once(web.port, posts)

    figures.numbers["thanked"] = sum(each.answer.thanks for each in attempts)
    prove_data(figures)
    assert figures.numbers["thanked"] == 42
    assert Registration.objects.count() == 3
    assert kinds() == {MessageKind.CONFIRMATION: 3, MessageKind.ALREADY_REGISTERED: 39}


def test_f39_people_change_groups_crosswise(stage, cycle, territory, report):
    figures = report("F39", "200 changes of group, crosswise, with arrivals")
    morning, afternoon = Profile.objects.filter(group__cycle=cycle).order_by("pk")
    people = register(cycle, 20)
    filled = form_data(cycle, territory)

    with stage.programs.web() as web:
        posts = [
            (space(each, "modifier/"), {**filled, "profile": profile.pk, "reviewed": profile.pk})
            for number, each in enumerate(people)
            for profile in ([morning, afternoon] * 5)[number % 2 :][:10]
        ]
        arrivals = [(path_of(cycle), form) for form in islice(forms(cycle, territory), 20)]
        attempts = all_at_once(web.port, [*posts[:100], *arrivals, *posts[100:]])

    prove_visits(figures, [each for each in attempts if each.answer.thanks])
    prove_data(figures)
    # Some may find the other group full: told so, on the form.
    answers = Counter(each.answer.status for each in attempts)
    figures.numbers |= {"changed": answers[303] - 20, "full": answers[400]}
    assert set(answers) <= {303, 400}
    assert answers[303] >= 120
