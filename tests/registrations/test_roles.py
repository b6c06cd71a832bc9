import pytest
from django.contrib.auth.models import Group, User

from registrations.roles import COORDINATION, STAFF, sync_roles
from tests.factories import make_account

pytestmark = pytest.mark.django_db

OFFER = (
    "audiencegroup",
    "cycle",
    "phase",
    "profile",
    "reminder",
    "resource",
    "session",
    "slot",
    "slotgroup",
)
STAFF_RIGHTS = {
    *(
        f"training.{action}_{model}"
        for action in ("add", "change", "delete", "view")
        for model in (*OFFER, "speaker")
    ),
    "training.add_pageversion",
    "training.change_pageversion",
    "training.view_pageversion",
    "training.add_territory",
    "training.change_territory",
    "training.view_territory",
    "registrations.add_registration",
    "registrations.change_registration",
    "registrations.view_registration",
    "registrations.coordinate",
    "registrations.view_access_needs",
    "registrations.view_seat",
    "registrations.add_invitation",
    "registrations.change_invitation",
    "registrations.view_invitation",
    "registrations.view_replacement",
    "registrations.view_registrationevent",
    "registrations.view_message",
    "registrations.change_message",
    "registrations.view_destruction",
}


def test_staff_may_write_the_offer_and_run_registrations():
    assert make_account(STAFF).get_all_permissions() == STAFF_RIGHTS


def test_coordinators_may_coordinate_and_nothing_else():
    assert make_account(COORDINATION).get_all_permissions() == {"registrations.coordinate"}


def test_sync_roles_mends_what_was_changed():
    staff, coordination = Group.objects.get(name=STAFF), Group.objects.get(name=COORDINATION)
    coordination.permissions.set(staff.permissions.all())
    staff.delete()

    sync_roles()
    sync_roles()

    assert list(Group.objects.order_by("name").values_list("name", flat=True)) == [
        COORDINATION,
        STAFF,
    ]
    assert make_account(STAFF, "one").get_all_permissions() == STAFF_RIGHTS
    assert make_account(COORDINATION, "two").get_all_permissions() == {"registrations.coordinate"}


def test_sync_roles_leaves_accounts_in_their_role():
    account = make_account(COORDINATION)

    sync_roles()

    assert list(User.objects.get(pk=account.pk).groups.values_list("name", flat=True)) == [
        COORDINATION
    ]
