"""The personal space on the day of a slot: the way in."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from registrations.states import Status
from sessions.models import Slot
from tests.factories import (
    in_days,
    make_programme,
    make_registration,
    paris,
)
from tests.pages import space, text
from tests.shapes import make_in_person

pytestmark = pytest.mark.django_db


# Of the first slot, on 6 April 2027 from 9h00 to 12h00; the next one is a week later.
@pytest.mark.parametrize(
    ("now", "heading", "n_large"),
    [
        (paris(2027, 4, 5, 23, 59), "Votre prochaine séance", 0),
        (paris(2027, 4, 6, 0, 0), "Votre séance est aujourd’hui", 1),
        (paris(2027, 4, 6, 8, 59), "Votre séance est aujourd’hui", 1),
        (paris(2027, 4, 6, 9, 0), "Votre séance a commencé", 1),
        (paris(2027, 4, 6, 12, 0), "Votre prochaine séance", 0),
    ],
)
def test_space_becomes_the_way_in_on_the_day(client, now, heading, n_large):
    with time_machine.travel(paris(2027, 3, 7), tick=False):
        registration = make_registration(make_programme())
    assert registration.own_seats[0].slot.starts_at == paris(2027, 4, 6)

    with time_machine.travel(now, tick=False):
        page = text(client.get(space(registration)))

    assert re.findall(r'id="(?:prochaine|aujourd-hui)">(.+?)</h2>', page) == [heading]
    assert page.count("today-join") == n_large


@pytest.mark.parametrize("state", [Status.WAITLISTED, Status.PENDING, Status.CANCELLED])
def test_space_is_no_way_in_without_a_place(client, state):
    cycle = make_programme(first_day=0)
    registration = make_registration(cycle, status=state, queued_at=cycle.created_at)
    Slot.objects.update(starts_at=timezone.now(), ends_at=timezone.now() + timedelta(hours=3))

    page = text(client.get(space(registration)))

    assert "aujourd-hui" not in page
    assert "Rejoindre" not in page


def test_way_in_says_whom_to_call_and_where_to_go(client):
    cycle = make_in_person()
    registration = make_registration(cycle)
    slot = Slot.objects.get(mode="in_person")
    Slot.objects.exclude(pk=slot.pk).update(starts_at=in_days(-9), ends_at=in_days(-9, 10))
    now = timezone.now()
    Slot.objects.filter(pk=slot.pk).update(starts_at=now, ends_at=now + timedelta(hours=3))

    page = text(client.get(space(registration)))

    today = page.partition('class="today"')[2].partition("</section>")[0]
    assert "IREV, Lille" in today
    assert 'href="tel:0320000000"' in today
    assert "Rejoindre" not in today


def test_way_in_promises_a_link_that_is_not_known(client):
    registration = make_registration(make_programme())
    now = timezone.now()
    Slot.objects.filter(session__number=1).update(
        video_url="", starts_at=now, ends_at=now + timedelta(hours=3)
    )

    page = text(client.get(space(registration)))

    assert "Le lien de connexion n’est pas encore connu" in page
    assert "today-join" not in page
