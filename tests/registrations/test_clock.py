"""A wrong clock destroys nothing before somebody has looked at it."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from registrations import clock, services
from registrations.exceptions import ClockDoubted
from registrations.models import Destruction, PurgeRun, Registration
from registrations.worker import look_at_the_clock
from sessions.typography import in_paris, moment
from tests.factories import make_programme, make_purge_run, make_registration
from tests.pages import text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("last", "why"),
    [
        (timedelta(days=31, minutes=1), "L’horloge a avancé de plus de 31\u00a0jours depuis le "),
        (timedelta(minutes=-6), "L’horloge a reculé\u00a0: le service a déjà tourné le "),
    ],
)
def test_purge_waits_for_somebody_when_the_clock_jumped(last, why):
    make_registration(make_programme(first_day=-60), access_needs="Sous-titrage")
    now = timezone.now()
    make_purge_run(now - last)

    with pytest.raises(ClockDoubted) as doubted:
        services.purge(now=now)

    assert str(doubted.value) == f"{why}{moment(now - last)}."
    assert Destruction.objects.count() == 0


@pytest.mark.parametrize("last", [timedelta(days=30), timedelta(minutes=-4)])
def test_purge_goes_on_after_a_backup_and_on_another_machine(last):
    make_registration(make_programme(first_day=-60), access_needs="Sous-titrage")
    now = timezone.now()
    make_purge_run(now - last)

    assert services.purge(now=now) == {"access_needs": 1}


def test_first_purge_is_held_against_the_last_registration(monkeypatch, caplog):
    # The clock of the database is as wrong.
    monkeypatch.setattr(clock, "database_time", lambda now: now)
    cycle = make_programme()
    for number in range(5):
        make_registration(cycle, f"a{number}@nord.example.org")

    with time_machine.travel(timezone.now() + timedelta(days=3 * 365)):
        look_at_the_clock()

    assert (Registration.objects.count(), Destruction.objects.count()) == (5, 0)
    [said] = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
    assert said.startswith("nothing is purged: L’horloge a avancé de plus de 31\u00a0jours")


@pytest.mark.parametrize("minutes", [-6, 6])
def test_purge_waits_when_the_database_says_another_time(monkeypatch, minutes):
    shifted = timedelta(minutes=minutes)
    monkeypatch.setattr(clock, "database_time", lambda now: now + shifted)

    with pytest.raises(ClockDoubted) as doubted:
        services.purge(now=timezone.now())

    assert str(doubted.value) == "Le serveur et la base de données ne donnent pas la même heure."


@pytest.mark.postgresql
def test_clock_of_the_database_is_asked():
    with time_machine.travel(timezone.now() + timedelta(hours=1)), pytest.raises(ClockDoubted):
        services.purge(now=timezone.now())


def test_purge_done_anyway_lets_the_next_go_by_itself():
    now = timezone.now()
    make_purge_run(now + timedelta(days=1000))

    services.purge(now=now, anyway=True)

    assert services.purge(now=now) == {}
    assert PurgeRun.objects.get().on == in_paris(now).date()


def test_command_asks_somebody_to_look_at_the_clock():
    make_registration(make_programme(first_day=-60), access_needs="Sous-titrage")
    make_purge_run(timezone.now() - timedelta(days=40))

    with pytest.raises(
        CommandError, match=r"Rien n’est effacé\. Si la date d’aujourd’hui est juste"
    ):
        call_command("purge")
    assert Destruction.objects.count() == 0

    call_command("purge", "--anyway")
    assert Destruction.objects.count() == 1


def test_team_is_told_that_nothing_is_make_purge_run(staff, django_assert_num_queries):
    address = reverse("admin:index")
    make_purge_run(timezone.now() - timedelta(days=40))

    page = text(staff.get(address))
    make_purge_run(timezone.now())
    with django_assert_num_queries(7):
        done = text(staff.get(address))

    title = "L’effacement des données attend"
    assert (page.count(title), done.count(title)) == (1, 0)
    assert "L’horloge a avancé de plus de 31\u00a0jours" in page
