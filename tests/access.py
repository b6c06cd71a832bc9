"""Every address of the site, whom it is for, and where it leads in a database of our own."""

from pathlib import Path
from typing import NamedTuple

from registrations.models import Message
from registrations.roles import STAFF
from tests.factories import (
    make_account,
    make_destruction,
    make_invitation,
    make_page_version,
    make_programme,
    make_registration,
    make_replacement,
    make_territory,
)

ROLES = ["anonymous", "coordinator", "without rights", "team", "superuser"]


class Row(NamedTuple):
    methods: str
    codes: dict[str, int]
    address: str


def read_table() -> dict[str, Row]:
    rows = {}
    for line in (Path(__file__).parent / "data" / "access.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, methods, *codes, address = line.split()
            rows[name] = Row(methods, dict(zip(ROLES, map(int, codes), strict=True)), address)
    return rows


TABLE = read_table()


def make_addresses() -> dict[str, str]:
    """The address of each row, leading to something that exists."""
    cycle = make_programme()
    registration = make_registration(cycle)
    replacement = make_replacement(registration)
    invitation = make_invitation(cycle)
    group = cycle.groups.get(slug="delegues")
    slot = group.slots.first()
    values = {
        "cycle": cycle.pk,
        "group": group.pk,
        "slot": slot.pk,
        "session": slot.session_id,
        "territory": make_territory().pk,
        "text": make_page_version().pk,
        "registration": registration.pk,
        "message": Message.objects.get().pk,
        "token": registration.token,
        "invitation": invitation.token,
        "invite": invitation.pk,
        "replacement": replacement.token,
        "destruction": make_destruction().pk,
        "role": make_account(STAFF, "member").groups.get().pk,
        "account": make_account("", "someone").pk,
    }
    return {name: row.address.format(**values) for name, row in TABLE.items()}
