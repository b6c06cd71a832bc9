import pytest
from django.utils import timezone

from registrations import services
from registrations.exceptions import InvitationRefused, RegistrationClosed
from registrations.models import Invitation, Registration
from registrations.states import Status
from sessions.models import Slot
from tests.factories import (
    in_days,
    make_account,
    make_application,
    make_invitation,
    make_programme,
    make_replacement,
    make_territory,
)
from tests.registrations.services.asking import profiles_of, register

pytestmark = pytest.mark.django_db


def test_private_cycle_opens_by_invitation_only():
    cycle = make_programme()
    cycle.is_private = True
    cycle.save()
    invitation = make_invitation(cycle)

    with pytest.raises(RegistrationClosed):
        register(cycle, "a@nord.example.org")

    assert register(cycle, "b@nord.example.org", invitation=invitation).status == "confirmed"


@pytest.mark.parametrize("fields", [{"expires_at": in_days(-1)}, {"is_active": False}])
def test_invitation_that_ended_is_refused(fields):
    cycle = make_programme()
    invitation = make_invitation(cycle, **fields)

    with pytest.raises(InvitationRefused):
        register(cycle, invitation=invitation)

    assert Registration.objects.count() == 0


def test_invitation_of_another_cycle_is_refused():
    invitation = make_invitation(make_programme("autre"))

    with pytest.raises(InvitationRefused):
        register(make_programme(), invitation=invitation)


def test_invitation_for_a_profile_is_for_nobody_else():
    cycle = make_programme()
    morning, afternoon = profiles_of(cycle)
    invitation = make_invitation(cycle, profile=afternoon)

    with pytest.raises(InvitationRefused):
        register(cycle, profile=morning, invitation=invitation)


def test_invitation_for_a_territory_is_for_nobody_else():
    cycle = make_programme()
    lille, arras = make_territory("Lille"), make_territory("Arras")
    invitation = make_invitation(cycle, territory=lille)

    with pytest.raises(InvitationRefused):
        register(cycle, "a@nord.example.org", invitation=invitation, territories=[arras])

    invited = register(cycle, "b@nord.example.org", invitation=invitation, territories=[lille])
    assert invited.status == Status.CONFIRMED


def test_places_kept_for_an_invitation_are_taken_by_it_alone():
    cycle = make_programme(capacity=2)
    invitation = make_invitation(cycle, n_places=1)

    first = register(cycle, "a@nord.example.org")
    second = register(cycle, "b@nord.example.org")
    invited = register(cycle, "c@nord.example.org", invitation=invitation)

    assert [first.status, second.status, invited.status] == ["confirmed", "waitlisted", "confirmed"]


def test_places_kept_for_a_profile_leave_other_groups_alone():
    cycle = make_programme(capacity=1)
    Slot.objects.filter(session__number=3).update(capacity=None)
    morning, afternoon = profiles_of(cycle)
    make_invitation(cycle, profile=morning, n_places=1)

    assert register(cycle, "a@nord.example.org", profile=morning).status == "waitlisted"
    assert register(cycle, "b@mel.example.org", profile=afternoon).status == "confirmed"


def test_places_kept_come_back_when_the_invitation_ends():
    cycle = make_programme(capacity=1)
    make_invitation(cycle, n_places=1, expires_at=in_days(-1))

    assert register(cycle).status == Status.CONFIRMED


def test_invited_person_who_waited_gets_the_place_kept():
    cycle = make_programme(capacity=2)
    invitation = make_invitation(cycle, n_places=1)
    holder = register(cycle, "a@nord.example.org", invitation=invitation)
    register(cycle, "b@nord.example.org")
    outsider = register(cycle, "c@nord.example.org")
    invited = register(cycle, "d@nord.example.org", invitation=invitation)

    services.cancel(holder, now=timezone.now())

    outsider.refresh_from_db()
    invited.refresh_from_db()
    assert (outsider.status, invited.status) == (Status.WAITLISTED, Status.CONFIRMED)


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"n_places": 0}, {"expires_at": in_days(-1)}]
)
def test_places_that_an_invitation_keeps_no_more_go_to_those_who_wait(change):
    cycle = make_programme(capacity=1)
    invitation = make_invitation(cycle, n_places=1)
    waiting = register(cycle)
    for name, value in change.items():
        setattr(invitation, name, value)

    served = services.save_invitation(invitation, now=timezone.now())

    waiting.refresh_from_db()
    assert (served, waiting.status) == ([waiting], Status.CONFIRMED)


def test_new_invitation_takes_no_place_from_anybody():
    cycle = make_programme(capacity=1)
    holder = register(cycle)

    served = services.save_invitation(
        Invitation(cycle=cycle, label="Préfecture", n_places=1), now=timezone.now()
    )

    holder.refresh_from_db()
    assert (served, holder.status) == ([], Status.CONFIRMED)


def test_counted_invitation_knows_what_it_still_keeps():
    cycle = make_programme()
    invitation = make_invitation(cycle, n_places=2)
    for letter in "abc":
        register(cycle, f"{letter}@nord.example.org", invitation=invitation)
    unused = make_invitation(cycle, n_places=2)

    counted = Invitation.objects.counted().in_bulk()

    assert [
        (each.n_used, each.n_left) for each in (counted[invitation.pk], counted[unused.pk])
    ] == [
        (3, 0),
        (0, 2),
    ]


def edit(registration, profile=None, territories=(), by=None):
    profile = profile or registration.profile
    return services.edit(
        registration,
        profile=profile,
        person=make_application(profile).person,
        territories=territories,
        now=timezone.now(),
        by=by,
    )


def test_place_by_an_invitation_for_a_profile_stays_of_that_profile():
    cycle = make_programme()
    morning, afternoon = profiles_of(cycle)
    invitation = make_invitation(cycle, profile=morning, n_places=1)
    registration = register(cycle, profile=morning, invitation=invitation)

    with pytest.raises(InvitationRefused):
        edit(registration, afternoon)

    # The team knows what it does.
    assert edit(registration, afternoon, by=make_account()).profile == afternoon


def test_place_by_an_invitation_for_a_territory_stays_of_that_territory():
    cycle = make_programme()
    lille, arras = make_territory("Lille"), make_territory("Arras")
    invitation = make_invitation(cycle, territory=lille, n_places=1)
    registration = register(cycle, invitation=invitation, territories=[lille])

    with pytest.raises(InvitationRefused):
        edit(registration, territories=[arras])

    edit(registration, territories=[arras, lille])
    assert set(registration.territories.all()) == {arras, lille}


@pytest.mark.parametrize("fields", [{"n_places": 0}, {"n_places": 1, "is_active": False}])
def test_place_that_depends_on_no_invitation_may_change(fields):
    cycle = make_programme()
    morning, afternoon = profiles_of(cycle)
    invitation = make_invitation(cycle, profile=morning, n_places=1)
    registration = register(cycle, profile=morning, invitation=invitation)
    Invitation.objects.update(**fields)

    assert edit(registration, afternoon).profile == afternoon


def test_whoever_has_a_place_keeps_it_when_the_invitation_becomes_for_others():
    cycle = make_programme()
    morning, afternoon = profiles_of(cycle)
    lille, arras = make_territory("Lille"), make_territory("Arras")
    invitation = make_invitation(cycle, n_places=1)
    registration = register(cycle, profile=morning, invitation=invitation, territories=[arras])
    Invitation.objects.update(profile=afternoon, territory=lille)

    edit(registration, territories=[arras])

    assert list(registration.territories.all()) == [arras]


@pytest.mark.parametrize("reserved_to", ["profile", "territory"])
def test_place_by_an_invitation_is_handed_over_to_whom_it_is_for(reserved_to):
    cycle = make_programme()
    profile = profiles_of(cycle)[0]
    other = profile.group.profiles.create(label="Autre profil", position=9)
    lille, arras = make_territory("Lille"), make_territory("Arras")
    for_whom = {"profile": {"profile": profile}, "territory": {"territory": lille}}[reserved_to]
    invitation = make_invitation(cycle, n_places=1, **for_whom)
    replacement = make_replacement(register(cycle, invitation=invitation, territories=[lille]))

    def answer(profile, territory):
        application = make_application(profile, replacement.email, territories=[territory])
        return services.replace(replacement, application, now=timezone.now())

    with pytest.raises(InvitationRefused):
        answer(other, arras)

    assert answer(profile, lille).invitation == invitation
