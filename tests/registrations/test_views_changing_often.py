"""How often one may change one’s mind: each change is mailed, and others wait for places."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import override_settings

from registrations.models import Message, Registration
from registrations.states import Status
from sessions.models import Cycle, Profile
from tests.factories import form_data, make_programme, make_registration, make_territory
from tests.pages import space, text

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ATTENDS = "Vous avez déjà changé plusieurs fois. Attendez {}, puis recommencez."


@pytest.fixture
def registration():
    return make_registration(make_programme())


def cancel_and_restore(client, registration: Registration) -> None:
    client.post(space(registration, "annuler/"))
    client.post(space(registration, "retablir/"))


def change_group(client, registration: Registration, profile: Profile, **fields):
    """The form of « Modifier », its consequences read."""
    territory = registration.territories.first() or make_territory()
    typed = form_data(registration.cycle, territory, profile=profile.pk, **fields)
    return client.post(space(registration, "modifier/"), {**typed, "reviewed": profile.pk})


def profiles_in_turn(cycle: Cycle, n: int) -> list[Profile]:
    first, second = Profile.objects.filter(group__cycle=cycle).order_by("pk")
    return [(second, first)[number % 2] for number in range(n)]


def test_sixth_time_within_an_hour_one_does_not_come_back_and_is_told(client, registration):
    with time_machine.travel(NOON, tick=False):
        for _ in range(60):
            cancel_and_restore(client, registration)
        page = client.get(space(registration))

    registration.refresh_from_db()
    assert registration.status == Status.CANCELLED
    assert Message.objects.count() == 11
    assert ATTENDS.format("60\u00a0minutes") in text(page)


def test_person_who_was_told_to_wait_comes_back_later(client, registration):
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(6):
            cancel_and_restore(client, registration)
        clock.shift(3600)
        client.post(space(registration, "retablir/"))

    registration.refresh_from_db()
    assert registration.status == Status.CONFIRMED


def test_day_has_a_limit_too(client, registration):
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(4):
            for _ in range(5):
                cancel_and_restore(client, registration)
            clock.shift(3600)
        page = client.get(space(registration))

    assert Message.objects.count() == 2 * 15 + 1
    assert ATTENDS.format("21\u00a0heures") in text(page)


def test_cancelling_is_never_refused(client, registration):
    with time_machine.travel(NOON, tick=False):
        for profile in profiles_in_turn(registration.cycle, 6):
            change_group(client, registration, profile)
        client.post(space(registration, "annuler/"))

    registration.refresh_from_db()
    assert registration.status == Status.CANCELLED


def test_button_pressed_again_and_again_counts_once(client, registration):
    client.post(space(registration, "annuler/"))
    for _ in range(10):
        client.post(space(registration, "retablir/"))
    cancel_and_restore(client, registration)

    registration.refresh_from_db()
    assert registration.status == Status.CONFIRMED


def test_sixth_change_of_group_comes_back_as_it_was_typed(client, registration):
    with time_machine.travel(NOON, tick=False):
        *changed, refused = (
            change_group(client, registration, profile, job_title=f"Cheffe {number}")
            for number, profile in enumerate(profiles_in_turn(registration.cycle, 6))
        )

    assert [answer.status_code for answer in changed] == [303] * 5
    assert refused.status_code == 400
    assert ATTENDS.format("60\u00a0minutes") in text(refused)
    assert 'value="Cheffe 5"' in text(refused)
    assert Message.objects.count() == 5
    registration.refresh_from_db()
    assert registration.job_title == "Cheffe 4"


def test_corrections_within_ones_group_are_not_counted(client, registration):
    answers = [
        change_group(client, registration, registration.profile, job_title=f"Cheffe {number}")
        for number in range(10)
    ]

    assert [answer.status_code for answer in answers] == [303] * 10
    assert not Message.objects.exists()


def test_changes_of_each_registration_are_counted_apart(client, registration):
    other = make_registration(registration.cycle, "camille@nord.example.org")
    for _ in range(6):
        cancel_and_restore(client, registration)

    cancel_and_restore(client, other)

    other.refresh_from_db()
    assert other.status == Status.CONFIRMED


@override_settings(THROTTLE=False)
def test_nothing_is_refused_when_limits_are_lifted(client, registration):
    for _ in range(6):
        cancel_and_restore(client, registration)

    registration.refresh_from_db()
    assert registration.status == Status.CONFIRMED
