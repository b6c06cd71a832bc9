"""The waiting list of a cycle, as the team reads it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from registrations import services
from registrations.states import Status
from sessions.models import Slot
from sessions.typography import moment
from tests.factories import (
    in_days,
    make_account,
    make_invitation,
    make_programme,
    make_registration,
)
from tests.pages import text

pytestmark = pytest.mark.django_db


def address(cycle):
    return reverse("admin:registrations_registration_waiting", args=[cycle.pk])


def promote(registration):
    return reverse("admin:registrations_registration_promote", args=[registration.pk])


def wait(cycle, name, minutes_ago, **fields):
    return make_registration(
        cycle,
        f"{name}@x.example",
        last_name=name,
        status=Status.WAITLISTED,
        queued_at=timezone.now() - timedelta(minutes=minutes_ago),
        **fields,
    )


def shown(response):
    return [
        (waiter.registration.last_name, waiter.rank, [slot.session.number for slot in waiter.full])
        for waiter in response.context["waiters"]
    ]


def test_list_is_in_order_with_what_each_lacks(staff):
    cycle = make_programme()
    second = cycle.groups.last().profiles.get()
    make_registration(cycle)
    Slot.objects.filter(session__number=1, groups=cycle.groups.first()).update(capacity=1)
    Slot.objects.filter(session__number=3).update(capacity=1)
    wait(cycle, "Second", 5)
    wait(cycle, "Third", 1, profile=second)
    wait(cycle, "First", 9)
    wait(make_programme("autre"), "Stranger", 9)

    response = staff.get(address(cycle))

    assert shown(response) == [
        ("First", 1, [1, 3]),
        ("Second", 2, [1, 3]),
        ("Third", 3, [3]),
    ]
    assert "3\u00a0personnes attendent une place." in text(response)


def test_offers_and_those_that_lapsed_are_out_of_the_ranks(staff):
    cycle = make_programme()
    deadline, lapsed_at = timezone.now() + timedelta(hours=3), timezone.now()
    wait(cycle, "Offered", 9, offer_expires_at=deadline)
    wait(cycle, "Lapsed", 5, offer_lapsed_at=lapsed_at)
    wait(cycle, "Next", 1)

    response = staff.get(address(cycle))

    assert [name_and_rank[:2] for name_and_rank in shown(response)] == [
        ("Offered", None),
        ("Lapsed", None),
        ("Next", 1),
    ]
    assert f"Place proposée, à accepter avant le {moment(deadline)}" in text(response)
    assert f"Proposition restée sans réponse le {moment(lapsed_at)}" in text(response)


def test_places_kept_for_others_are_not_free(staff):
    cycle = make_programme(capacity=1)
    invitation = make_invitation(cycle, n_places=1)
    wait(cycle, "Outsider", 9)
    wait(cycle, "Invited", 5, invitation=invitation)

    assert shown(staff.get(address(cycle))) == [("Outsider", 1, [1, 2, 3]), ("Invited", 2, [])]


def test_place_is_given_from_the_list(staff):
    cycle = make_programme()
    registration = wait(cycle, "Martin", 1)

    page = text(staff.get(address(cycle)))
    staff.post(promote(registration))

    assert f'href="{promote(registration)}"' in page
    registration.refresh_from_db()
    assert registration.status == Status.CONFIRMED
    assert "Personne n’attend de place dans ce cycle." in text(staff.get(address(cycle)))


def test_looking_at_the_list_changes_nothing(staff):
    cycle = make_programme()
    # Whom the next round of the worker serves.
    registration = wait(cycle, "Martin", 1)

    staff.get(address(cycle))

    registration.refresh_from_db()
    assert registration.status == Status.WAITLISTED
    assert not registration.messages.exists()


@pytest.mark.parametrize("n", [1, 3])
def test_list_asks_the_same_whatever_it_shows(staff, django_assert_num_queries, n):
    cycle = make_programme(capacity=1)
    make_invitation(cycle, n_places=1)
    for number in range(n):
        wait(cycle, f"Personne {number}", number)

    # The session, the account, its rights twice; the cycle, what is kept, the slots and their
    # groups, the registrations and their seats.
    with django_assert_num_queries(10):
        response = staff.get(address(cycle))

    assert len(response.context["waiters"]) == n


def test_account_with_the_right_to_read_gives_no_place(client):
    cycle = make_programme()
    registration = wait(cycle, "Martin", 1)
    account = make_account("", "stand-in", is_staff=True)
    account.user_permissions.set(Permission.objects.filter(codename="view_registration"))
    client.force_login(account)

    page = client.get(address(cycle))

    assert page.status_code == 200
    assert promote(registration) not in text(page)


def test_list_is_for_those_who_may_see_registrations(client):
    cycle = make_programme()
    account = make_account("", "stand-in", is_staff=True)
    account.user_permissions.set(Permission.objects.filter(content_type__app_label="training"))
    client.force_login(account)

    assert client.get(address(cycle)).status_code == 403


def test_person_who_cancelled_waits_no_more(staff):
    cycle = make_programme()
    registration = wait(cycle, "Martin", 1)
    services.cancel(registration, now=in_days(0))

    assert shown(staff.get(address(cycle))) == []
