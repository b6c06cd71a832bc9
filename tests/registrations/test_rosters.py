import pytest

from registrations.rosters import Roster
from registrations.states import Status
from sessions.models import Slot
from tests.factories import in_days, make_programme, make_registration, make_slot, paris

pytestmark = pytest.mark.django_db


def emails(roster):
    return [registration.email for registration in roster.registrations]


def a_programme_with_people():
    """In each state one person of the first group, and a confirmed one of the second."""
    cycle = make_programme()
    for status in Status:
        make_registration(
            cycle,
            f"{status}@x.example",
            status=status,
            last_name=status.capitalize(),
            queued_at=in_days(0),
        )
    second = cycle.groups.last().profiles.get()
    make_registration(cycle, "second@x.example", profile=second, last_name="Zola")
    make_registration(make_programme("other"), "other@x.example")
    return cycle


def test_roster_of_a_cycle_is_who_is_expected_by_name():
    roster = Roster(a_programme_with_people())

    assert emails(roster) == [
        "confirmed@x.example",
        "pending@x.example",
        "waitlisted@x.example",
        "second@x.example",
    ]
    assert (roster.title, roster.file_name) == ("Tout le cycle", "inscrits-cycle-lcd")


def test_roster_of_a_group_is_its_people():
    cycle = a_programme_with_people()

    roster = Roster(cycle, group=cycle.groups.last())

    assert emails(roster) == ["second@x.example"]
    assert roster.title == "Chefs de projet politique de la ville"
    assert roster.file_name == "inscrits-cycle-lcd-chefs-de-projet"


def test_roster_of_a_slot_is_who_has_a_seat_there():
    cycle = a_programme_with_people()
    afternoon, common = Slot.objects.of_cycle(cycle).in_order()[1::3]
    # Staff moved one person of the first group to the other's slot.
    moved = cycle.registrations.get(email="confirmed@x.example")
    moved.seats.filter(session=afternoon.session).update(slot=afternoon)

    assert emails(Roster(cycle, slot=afternoon)) == ["confirmed@x.example", "second@x.example"]
    assert emails(Roster(cycle, slot=common)) == emails(Roster(cycle))


def test_roster_of_a_slot_is_named_by_the_clock_of_paris():
    cycle = make_programme()
    slot = make_slot(cycle.training_sessions.first(), starts_at=paris(2021, 4, 6, 13, 30))

    roster = Roster(cycle, slot=slot)

    assert roster.title == "Session 1, mardi 6\u00a0avril 2021, 13h30 à 16h30"
    assert roster.short_title == "S1 du 06-04-2021 à 13h30"
    assert roster.file_name == "inscrits-cycle-lcd-session-1-2021-04-06-13h30"


def test_roster_is_in_the_order_of_a_french_directory():
    cycle = make_programme()
    in_order = [
        *("de Boer", "De Groote", "D’Hondt", "Écuyer", "Eluard", "Œuvrard"),
        *("Sénéchal", "Szymanski", "ÜNAL", "Zola"),
    ]
    for number, name in enumerate(reversed(in_order)):
        make_registration(cycle, f"{number}@x.example", last_name=name)
    make_registration(cycle, "elodie@x.example", last_name="Zola", first_name="Élodie")

    people = [(person.last_name, person.first_name) for person in Roster(cycle).registrations]

    assert people == [*((name, "Alix") for name in in_order), ("Zola", "Élodie")]


def test_parts_of_a_cycle_are_its_groups_then_its_slots():
    cycle = make_programme()
    cancelled = make_slot(cycle.training_sessions.first())
    cancelled.cancelled_at = in_days(0)
    cancelled.save()

    parts = list(Roster(cycle).parts())

    assert [part.group for part in parts[:2]] == list(cycle.groups.all())
    assert [part.slot for part in parts[2:]] == list(Slot.objects.of_cycle(cycle).kept().in_order())
    assert [list(part.parts()) for part in parts] == [[]] * 7


def test_parts_of_a_cycle_with_one_group_and_one_slot_are_none():
    cycle = make_programme()
    cycle.groups.first().delete()
    Slot.objects.of_cycle(cycle).exclude(session__number=3).delete()

    assert list(Roster(cycle).parts()) == []
