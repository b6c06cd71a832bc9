"""Who may open what: every address of the site, for every kind of account.

A new address fails these tests until someone says in ``data/access.txt`` whom it is for.
"""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from registrations.roles import COORDINATION, STAFF
from tests.access import ROLES, TABLE, make_addresses
from tests.factories import (
    make_account,
)

# The views that ask nobody to log in; all the others do.
PUBLIC = {
    *("home", "cycle", "programme_pdf", "group_calendar", "register", "thanks"),
    *("invitation", "invited_register", "invited_thanks", "replacement"),
    *("space", "space_calendar", "space_edit", "space_cancel", "space_restore"),
    *("space_verify", "space_accept", "space_replace", "find_registration", "find_sent"),
    *("space_data", "space_data_file", "space_erase", "erased"),
    *("personal_data", "legal_notice", "accessibility", "site_map", "sitemap", "robots"),
    *("security_txt", "set_password"),
    *("alive", "ready", "login", "admin:login"),
}


def patterns(
    resolver: URLResolver | None = None, namespace: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Every address and its name, with its namespace; "admin:None" for those without any."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", pattern
        else:
            below = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from patterns(pattern, namespace + below)


def account(role: str) -> User | None:
    match role:
        case "anonymous":
            return None
        case "coordinator":
            return make_account(COORDINATION, "coordinator")
        case "without rights":
            return make_account("", "without-rights", is_staff=True)
        case "team":
            return make_account(STAFF, "team")
    return make_account("", "superuser", is_staff=True, is_superuser=True)


def client_of(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def addresses(db) -> dict[str, str]:
    return make_addresses()


def test_every_address_is_in_the_table():
    names = {name for name, _ in patterns() if name != "admin:None"}

    assert sorted(names) == sorted(TABLE)


def test_every_view_asks_to_log_in_but_those_listed():
    public = {
        name
        for name, pattern in patterns()
        if not getattr(pattern.callback, "login_required", True)
    }

    assert public == PUBLIC


def test_table_names_what_its_addresses_lead_to(addresses):
    assert {name: resolve(address).view_name for name, address in addresses.items()} == {
        name: name for name in TABLE
    }


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_the_table_says(addresses, role):
    user = account(role)

    codes = {name: client_of(user).get(address).status_code for name, address in addresses.items()}

    assert codes == {name: row.codes[role] for name, row in TABLE.items()}


@pytest.mark.parametrize("role", ["anonymous", "coordinator", "without rights"])
def test_who_may_not_read_may_not_write(addresses, role):
    user = account(role)
    # Autocompletion takes no POST from anybody.
    refused = {
        name: row.codes[role]
        for name, row in TABLE.items()
        if name not in PUBLIC | {"admin:autocomplete"} and row.codes[role] in {302, 403}
    }

    codes = {name: client_of(user).post(addresses[name]).status_code for name in refused}

    assert codes == refused
    assert len(refused) > 10


def test_strangers_are_led_to_a_login_page(addresses):
    locations = {
        client_of(None).get(address).headers["Location"].partition("?")[0]
        for name, address in addresses.items()
        if name not in PUBLIC
    }

    assert locations == {"/coordination/connexion/", "/admin/login/"}


def test_views_take_no_other_method(addresses):
    client = client_of(account("superuser"))
    ours = [name for name, row in TABLE.items() if row.methods != "-"]

    answers = {name: client.generic("BREW", addresses[name]) for name in ours}

    assert {name: (a.status_code, a.headers["Allow"]) for name, a in answers.items()} == {
        name: (405, TABLE[name].methods.replace(",", ", ")) for name in ours
    }
