"""« Changer de séance », for one person and one session."""

import pytest
from django.urls import reverse
from django.utils import timezone

from registrations.models.messages import MessageKind
from registrations.states import Status
from sessions.models import Slot
from sessions.typography import day
from tests.factories import (
    in_days,
    make_group,
    make_invitation,
    make_programme,
    make_registration,
    make_slot,
)
from tests.pages import said, text

pytestmark = pytest.mark.django_db


def page_of(registration):
    return reverse("admin:registrations_registration_change", args=[registration.pk])


def address(registration, number=1):
    training_session = registration.cycle.training_sessions.get(number=number)
    return reverse(
        "admin:registrations_registration_move", args=[registration.pk, training_session.pk]
    )


def afternoon(number=1):
    return Slot.objects.filter(session__number=number).latest("starts_at")


def fill(slot):
    """Somebody has its only place."""
    Slot.objects.filter(pk=slot.pk).update(capacity=1)
    profile = slot.groups.get().profiles.get()
    make_registration(slot.session.cycle, "autre@mel.example.org", profile=profile)


def slot_in(registration, number=1):
    return registration.seats.get(session__number=number).slot


def test_page_of_a_registration_leads_to_each_of_its_sessions(staff):
    registration = make_registration(make_programme())

    page = text(staff.get(page_of(registration)))

    for number in (1, 2, 3):
        assert page.count(f'href="{address(registration, number)}"') == 1


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.REFUSED])
def test_someone_without_a_place_nor_a_rank_is_not_moved(staff, status):
    registration = make_registration(make_programme(), status=status)

    page = text(staff.get(page_of(registration)))
    done = staff.post(address(registration), {"slot": afternoon().pk}, follow=True)

    assert "Changer de séance" not in page
    assert said(done) == ["L’état de l’inscription ne permet plus cette action. Rechargez la page."]
    assert slot_in(registration) != afternoon()


def test_slots_offered_are_the_others_of_the_session_with_what_is_left(staff):
    cycle = make_programme()
    registration = make_registration(cycle)
    slot = afternoon()
    Slot.objects.filter(pk=slot.pk).update(capacity=3)
    make_registration(cycle, "autre@mel.example.org", profile=slot.groups.get().profiles.get())

    form = staff.get(address(registration)).context["form"]

    assert form.fields["slot"].choices == [
        (
            str(slot.pk),
            f"{day(slot.starts_at)}, 13h30 à 16h30, Chefs de projet politique de la ville\u00a0: "
            "2\u00a0places libres",
        )
    ]


@pytest.mark.parametrize(
    "fields", [{"cancelled_at": in_days(0)}, {"starts_at": in_days(-2), "ends_at": in_days(-1)}]
)
def test_slot_that_is_over_or_cancelled_is_not_offered(staff, fields):
    registration = make_registration(make_programme())
    Slot.objects.filter(pk=afternoon().pk).update(**fields)

    response = staff.get(address(registration))
    posted = staff.post(address(registration), {"slot": afternoon().pk})

    assert "Cette session n’a pas d’autre séance à venir." in text(response)
    assert list(posted.context["form"].errors) == ["slot"]
    assert not registration.events.exists()


def test_places_kept_for_an_invitation_are_free_to_whoever_came_by_it(staff):
    cycle = make_programme(capacity=2)
    invitation = make_invitation(cycle, n_places=2)
    outsider = make_registration(cycle)
    invited = make_registration(cycle, "b@x.example", invitation=invitation)

    choices = [
        staff.get(address(each)).context["form"].fields["slot"].choices[0][1].rpartition(" : ")[2]
        for each in (outsider, invited)
    ]

    assert [choice.rpartition("\u00a0: ")[2] for choice in choices] == [
        "1\u00a0place libre",
        "2\u00a0places libres",
    ]


def test_move_is_told_before_it_is_done(staff):
    registration = make_registration(make_programme())

    response = staff.get(address(registration), {"slot": afternoon().pk})

    page = text(response)
    assert f"Quitte la séance du {day(in_days(30))}, 9h00 à 12h00." in page
    assert f"Vient à celle du {day(in_days(30))}, 13h30 à 16h30" in page
    assert "reçoit un courriel avec ses séances, et son agenda est mis à jour" in page
    assert 'name="over_capacity"' not in page
    assert slot_in(registration) != afternoon()
    assert not registration.events.exists()
    assert not registration.messages.exists()


def test_move_is_done_mailed_and_journaled_on_post(staff):
    registration = make_registration(make_programme())

    done = staff.post(address(registration), {"slot": afternoon().pk}, follow=True)

    assert done.redirect_chain == [(page_of(registration), 302)]
    assert said(done) == ["La personne a changé de séance."]
    assert slot_in(registration) == afternoon()
    assert [(event.verb, event.by.username) for event in registration.events.all()] == [
        ("moved", "camille")
    ]
    message = registration.messages.get()
    assert message.kind == MessageKind.SEATS_CHANGED
    assert "Délégués du préfet" not in message.text_body


def test_move_above_the_capacity_takes_a_tick_and_is_journaled(staff):
    registration = make_registration(make_programme())
    fill(afternoon())

    asked = staff.get(address(registration), {"slot": afternoon().pk})
    refused = staff.post(address(registration), {"slot": afternoon().pk}, follow=True)
    before = slot_in(registration)
    staff.post(address(registration), {"slot": afternoon().pk, "over_capacity": "on"})

    assert "Cette séance est complète&nbsp;: 1\u00a0place prise sur 1." in text(asked)
    assert 'name="over_capacity"' in text(asked)
    assert refused.redirect_chain == [(f"{address(registration)}?slot={afternoon().pk}", 302)]
    assert said(refused) == ["Il n’y a plus de place dans une des séances."]
    assert before != afternoon()
    assert slot_in(registration) == afternoon()
    assert afternoon().n_over_allowed == 1
    assert [event.verb for event in registration.events.all()] == ["moved", "forced"]


def test_someone_who_waits_is_moved_to_a_full_slot_without_exceeding_it(staff):
    registration = make_registration(
        make_programme(), status=Status.WAITLISTED, queued_at=timezone.now()
    )
    fill(afternoon())

    asked = staff.get(address(registration), {"slot": afternoon().pk})
    staff.post(address(registration), {"slot": afternoon().pk})

    assert "La personne reste à son rang sur la liste d’attente" in text(asked)
    assert 'name="over_capacity"' not in text(asked)
    registration.refresh_from_db()
    assert (registration.status, slot_in(registration)) == (Status.WAITLISTED, afternoon())
    assert not registration.messages.exists()
    assert afternoon().n_over_allowed == 0


def test_someone_whose_slot_was_cancelled_is_given_another(staff):
    registration = make_registration(make_programme())
    registration.seats.filter(session__number=1).update(slot=None)

    page = staff.get(page_of(registration))
    asked = staff.get(address(registration))
    staff.post(address(registration), {"slot": afternoon().pk})

    assert "pas de séance" in text(page)
    assert "La personne n’a pas de séance dans cette session." in text(asked)
    assert slot_in(registration) == afternoon()


@pytest.mark.parametrize("slot", ["", "x", "999999"])
def test_slot_that_is_not_offered_is_refused(staff, slot):
    registration = make_registration(make_programme())

    response = staff.post(address(registration), {"slot": slot})

    assert list(response.context["form"].errors) == ["slot"]
    assert not registration.events.exists()


def test_slot_of_another_session_is_refused(staff):
    registration = make_registration(make_programme())

    response = staff.post(address(registration, 1), {"slot": afternoon(2).pk})

    assert list(response.context["form"].errors) == ["slot"]


def test_session_of_another_cycle_is_not_found(staff):
    registration = make_registration(make_programme())
    foreign = make_programme("autre").training_sessions.first()
    url = reverse("admin:registrations_registration_move", args=[registration.pk, foreign.pk])

    assert staff.get(url).status_code == 404


@pytest.mark.parametrize("n_more", [0, 2])
def test_page_asks_the_same_whatever_the_number_of_slots(staff, django_assert_num_queries, n_more):
    cycle = make_programme()
    registration = make_registration(cycle)
    first = cycle.training_sessions.get(number=1)
    for number in range(n_more):
        make_slot(first, make_group(cycle, f"Groupe {number}", f"groupe-{number}"))
    make_invitation(cycle, n_places=1)

    url = address(registration)

    # The session, the account, its rights twice; the registration, its cycle, the seat; the cycle
    # again with what is kept in it, which is one more; the slots and their groups.
    with django_assert_num_queries(11):
        response = staff.get(url)

    assert len(response.context["rooms"]) == 1 + n_more
