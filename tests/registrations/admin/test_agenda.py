"""The agenda of a cycle that people are registered for: what saving it will send, and sends."""

from functools import partial

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registrations.models import Message, RegistrationEvent, Seat
from registrations.models.messages import MessageKind
from registrations.states import Status
from sessions.models import Slot
from tests.factories import make_account, make_programme, make_registration
from tests.sessions.admin.test_agenda_form import posted
from tests.threads import at_once

pytestmark = pytest.mark.django_db

NBSP = "\N{NO-BREAK SPACE}"
LINK = "https://visio.numerique.gouv.fr/new-link-abc"


@pytest.fixture
def cycle():
    """Two confirmed people in the first group, which is full, and one who waits."""
    cycle = make_programme(capacity=2)
    for name in ("a", "b"):
        make_registration(cycle, f"{name}@nord.example.org")
    make_waiting(cycle, "c@nord.example.org")
    return cycle


def make_waiting(cycle, email: str) -> None:
    now = timezone.now()
    make_registration(cycle, email, status=Status.WAITLISTED, queued_at=now, confirmed_at=None)


def url(cycle) -> str:
    return reverse("admin:training_cycle_agenda", args=[cycle.pk])


def first_slot(cycle) -> Slot:
    return Slot.objects.of_cycle(cycle).in_order().first()


def moved(cycle, **fields) -> dict:
    """The agenda with the first slot half an hour later."""
    prefix = f"slot_{first_slot(cycle).pk}"
    return posted(cycle, **{f"{prefix}__starts": "09:30", f"{prefix}__ends": "12:30"}) | fields


def told(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def queued() -> list[tuple[str, str]]:
    return sorted(Message.objects.values_list("kind", "registration__email"))


def everything() -> list:
    models = (Slot, Seat, Message, RegistrationEvent)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_agenda_that_moves_is_reviewed_before_it_is_saved(staff, cycle):
    before = everything()

    response = staff.post(url(cycle), moved(cycle))

    assert response.status_code == 200
    assert response.context["impact"] == [
        f"3{NBSP}courriels, 2{NBSP}mises à jour d’agenda, 1{NBSP}personne en liste d’attente."
    ]
    (change,) = response.context["changes"]
    assert change.endswith(f", 9h00 à 12h00{NBSP}: date ou horaire")
    assert everything() == before


def test_review_posts_the_agenda_again_as_it_was_typed(staff, cycle):
    data = moved(cycle)

    html = staff.post(url(cycle), data | {"_continue": "1"}).content.decode()

    prefix = f"slot-{first_slot(cycle).pk}"
    assert html.count(f'<input type="hidden" name="{prefix}-starts" value="09:30">') == 1
    assert html.count(f'<input type="hidden" name="version" value="{data["version"]}">') == 1
    assert html.count('<input type="hidden" name="_continue" value="1">') == 1


def test_agenda_that_was_reviewed_is_saved_and_announced(staff, cycle):
    response = staff.post(url(cycle), moved(cycle, reviewed="True", sentence="Navrés."))

    assert response.status_code == 302
    assert told(response) == [
        f"3{NBSP}courriels, 2{NBSP}mises à jour d’agenda, 1{NBSP}personne en liste d’attente.",
        f"L’agenda est enregistré{NBSP}: 1{NBSP}séance modifiée.",
    ]
    assert queued() == [(MessageKind.AGENDA_CHANGED, f"{name}@nord.example.org") for name in "abc"]
    assert {message.context["sentence"] for message in Message.objects.all()} == {"Navrés."}


def test_agenda_may_be_saved_without_telling_anybody(staff, cycle):
    response = staff.post(url(cycle), moved(cycle, reviewed="True", silently="on"))

    assert told(response) == [f"L’agenda est enregistré{NBSP}: 1{NBSP}séance modifiée."]
    assert queued() == []


def test_link_that_was_awaited_is_sent_to_those_who_have_a_place(staff, cycle):
    slot = first_slot(cycle)
    Slot.objects.filter(pk=slot.pk).update(video_url="")

    staff.post(
        url(cycle), posted(cycle, **{f"slot_{slot.pk}__video_url": LINK}) | {"reviewed": "True"}
    )

    assert queued() == [(MessageKind.LINK_ADDED, f"{name}@nord.example.org") for name in "ab"]


def test_agenda_goes_back_to_its_form_as_it_was_typed(staff, cycle):
    before = everything()

    response = staff.post(url(cycle), moved(cycle, _back="Corriger l’agenda", reviewed="True"))

    form = response.context["form"]
    assert form.forms[0]["starts"].value() == "09:30"
    assert everything() == before


def test_sentence_that_is_too_long_is_told_on_the_review(staff, cycle):
    before = everything()

    response = staff.post(url(cycle), moved(cycle, reviewed="True", sentence="a" * 1001))

    assert list(response.context["notice"].errors) == ["sentence"]
    assert response.content.decode().count("<title>Erreur") == 1
    assert everything() == before


def test_agenda_that_concerns_nobody_is_saved_at_once(staff, cycle):
    """Of the other group, nobody is registered. A new slot is rehearsed, then made once."""
    other = (
        Slot.objects.of_cycle(cycle).filter(groups__slug="chefs-de-projet").earliest("starts_at")
    )
    data = posted(cycle, **{f"slot_{other.pk}__capacity": "12"})

    response = staff.post(url(cycle), data)

    assert response.status_code == 302
    other.refresh_from_db()
    assert other.capacity == 12
    assert queued() == []


def test_slot_that_nobody_follows_yet_is_created_once(staff):
    cycle = make_programme()
    Slot.objects.of_cycle(cycle).filter(groups__slug="chefs-de-projet", session__number=1).delete()
    make_registration(cycle)
    group = cycle.groups.get(slug="chefs-de-projet")
    training_session = cycle.training_sessions.get(number=1)
    new = f"new_{training_session.pk}_{group.pk}"

    response = staff.post(
        url(cycle),
        posted(
            cycle,
            **{f"{new}__on": "2031-01-14", f"{new}__starts": "13:30", f"{new}__ends": "16:30"},
        ),
    )

    assert response.status_code == 302
    assert training_session.slots.filter(groups=group).count() == 1


def test_capacity_under_what_is_taken_is_said(staff, cycle):
    slot = first_slot(cycle)

    response = staff.post(url(cycle), posted(cycle, **{f"slot_{slot.pk}__capacity": "1"}))

    (sentence,) = response.context["impact"]
    assert sentence.endswith(
        f"9h00 à 12h00{NBSP}: 2{NBSP}places prises pour 1. Personne n’est retiré."
    )


def test_capacity_that_grows_serves_the_waiting_list(staff, cycle):
    data = posted(
        cycle,
        **{f"slot_{slot.pk}__capacity": "3" for slot in Slot.objects.of_cycle(cycle)},
    )

    response = staff.post(url(cycle), data)
    staff.post(url(cycle), data | {"reviewed": "True"})

    assert response.context["impact"] == [
        f"1{NBSP}personne de la liste d’attente reçoit une place ou une proposition de place."
    ]
    assert queued() == [(MessageKind.PROMOTED, "c@nord.example.org")]


def test_cancelled_slot_is_announced_and_leaves_no_seat(staff, cycle):
    slot = first_slot(cycle)
    data = posted(cycle, **{f"slot_{slot.pk}__remove": "on"})

    review = staff.post(url(cycle), data)
    staff.post(url(cycle), data | {"reviewed": "True"})

    assert review.context["changes"][0].endswith(f"{NBSP}: séance annulée")
    assert not Seat.objects.filter(slot=slot).exists()
    assert len(queued()) == 3


def test_review_costs_three_queries_a_person(staff, cycle, django_assert_num_queries):
    data = moved(cycle)
    with django_assert_num_queries(54):
        staff.post(url(cycle), data)

    make_waiting(cycle, "d@nord.example.org")
    with django_assert_num_queries(57):
        staff.post(url(cycle), data)


@pytest.mark.django_db(transaction=True)
def test_agenda_saved_by_two_at_once_keeps_what_the_first_saved():
    cycle = make_programme()
    account = make_account()
    first, second = Slot.objects.of_cycle(cycle).in_order()[:2]
    posts = []
    for slot in (first, second):
        client = Client()
        client.force_login(account)
        data = posted(cycle, **{f"slot_{slot.pk}__place": "Lille"})
        posts.append(partial(client.post, url(cycle), data))

    answers = at_once(*posts)

    assert sorted(answer.status_code for answer in answers) == [200, 302]
    assert Slot.objects.filter(place="Lille").count() == 1
