"""Registering for cycles of any shape, from their page to the seats and the calendar."""

import re
from html import unescape

import pytest
from django.utils.html import strip_tags

from registrations.models import Message, Registration
from sessions.agenda import agenda_of
from sessions.models import Cycle, Territory
from sessions.programme import load_programme
from sessions.rich_text import RichTextField
from sessions.typography import day, hours, in_paris
from tests.factories import form_data, make_programme, make_territory
from tests.shapes import SHAPES, make_one_group, make_two_apart

pytestmark = pytest.mark.django_db


def plain(html: str) -> str:
    """What it says, with ordinary spaces."""
    return re.sub(r"\s+", " ", unescape(strip_tags(html)))


def read(response) -> str:
    return plain(response.content.decode())


def register(client, cycle, group, email="alix.martin@nord.gouv.fr") -> Registration:
    territory = Territory.objects.first() or make_territory()
    data = form_data(cycle, territory, email=email)
    response = client.post(
        f"/cycles/{cycle.slug}/inscription/", {**data, "profile": group.profiles.get().pk}
    )
    assert response.url == f"/cycles/{cycle.slug}/inscription/merci/"
    return Registration.objects.get(email=email, cycle=cycle)


@pytest.mark.parametrize("make", SHAPES)
def test_page_says_every_slot_of_every_group(client, make):
    cycle = make()

    page = read(client.get(f"/cycles/{cycle.slug}/"))

    for row in agenda_of(cycle).rows:
        assert row.group.name in page
        for slot in row.slots:
            assert plain(f"{day(slot.starts_at)} {hours(slot.starts_at, slot.ends_at)}") in page
            assert slot.place in page


def test_page_of_the_real_programme_says_all_its_texts(client):
    cycle, _ = load_programme()
    sessions, phases = cycle.training_sessions.all(), cycle.phases.all()
    texts = [
        *(getattr(cycle, field.name) for field in Cycle._meta.fields if _is_told(field)),
        *(text for phase in phases for text in (phase.label, phase.title)),
        *(text for session in sessions for text in (session.title, session.content)),
        *(text for speaker in cycle.speakers.all() for text in (speaker.name, speaker.role)),
    ]

    page = read(client.get(cycle.get_absolute_url()))

    blocks = [plain(block).strip() for text in texts for block in re.split("<[^>]+>", text)]
    assert [block for block in blocks if block not in page] == []


@pytest.mark.parametrize("make", SHAPES)
def test_each_group_gets_its_own_seats(client, make):
    cycle = make()

    for row in agenda_of(cycle).rows:
        email = f"groupe.{row.group.pk}@nord.gouv.fr"
        registration = register(client, cycle, row.group, email)
        assert [seat.slot for seat in registration.seats.in_order()] == row.slots


@pytest.mark.parametrize("make", SHAPES)
def test_each_group_gets_its_own_calendar(client, make):
    cycle = make()

    for row in agenda_of(cycle).rows:
        email = f"groupe.{row.group.pk}@nord.gouv.fr"
        registration = register(client, cycle, row.group, email)
        calendar = client.get(f"/inscriptions/{registration.token}/calendrier.ics").content
        starts = re.findall(rb"DTSTART;TZID=Europe/Paris:(\d{8}T\d{6})", calendar)
        assert [start.decode() for start in starts] == [
            f"{in_paris(slot.starts_at):%Y%m%dT%H%M%S}" for slot in row.slots
        ]


def test_group_without_a_slot_in_a_session_has_no_seat_there(client):
    cycle = make_two_apart()
    second = cycle.groups.all()[1]

    registration = register(client, cycle, second)

    assert [seat.session.number for seat in registration.seats.all()] == [1]


def test_two_open_cycles_take_the_same_person(client):
    one, other = make_programme("un"), make_one_group("autre")

    registrations = [register(client, cycle, cycle.groups.first()) for cycle in (one, other)]

    assert [registration.seats.count() for registration in registrations] == [3, 2]
    assert registrations[0].token != registrations[1].token
    assert list(Message.objects.order_by("pk").values_list("registration", flat=True)) == [
        registration.pk for registration in registrations
    ]


def _is_told(field) -> bool:
    return isinstance(field, RichTextField) or field.name.startswith(("title", "sub", "contact_"))
