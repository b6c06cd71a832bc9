"""Each entry of the corpus, in each form that a page shows and in each list of the admin."""

from collections.abc import Iterable, Iterator
from itertools import cycle, islice

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.access import make_addresses
from tests.security.forms import Form, forms_of
from tests.security.sites import CORPUS, HOSTILE, expanded

pytestmark = pytest.mark.django_db


def written_values() -> list[str]:
    """Each value of the corpus once, those of pairs apart."""
    values = [expanded(entry["value"]) for entry in CORPUS]
    flat = [each for value in values for each in (value if isinstance(value, list) else [value])]
    return list(dict.fromkeys(value or "" for value in flat))


VALUES = written_values()
# Longer than that, a request that holds several is refused as a whole.
LONGEST = 10_000


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.THROTTLE = False


def fillings(names: list[str], values: list[str]) -> Iterator[dict[str, str]]:
    """What to put in these fields, so that each value has been in one of them."""
    if not names:
        return
    short = [value for value in values if len(value) <= LONGEST]
    for start in range(0, len(short), len(names)):
        yield dict(zip(names, islice(cycle(short), start, None), strict=False))
    for value in values:
        if len(value) > LONGEST:
            yield {names[0]: value}


def post(client: Client, form: Form, changed: dict[str, str]) -> int:
    """The status; what it did is undone, so that the next is posted to the same site."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        answer = client.post(form.address, form.data | changed)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer.status_code


def surprises(client: Client, form: Form) -> list[tuple[str, int, dict[str, str]]]:
    """Errors of ours, and refusals of what the page's own token lets through.

    In what is typed goes the corpus; in what the page fills in itself, what identifiers may be.
    """
    changes = [*fillings(form.written, VALUES), *fillings(form.chosen, HOSTILE)]
    return [
        (form.address, status, changed)
        for changed in changes
        if (status := post(client, form, changed)) >= 500 or status == 403
    ]


def forms_shown(client: Client, addresses: Iterable[str]) -> dict[tuple[str, ...], Form]:
    """The forms that these pages post, by where and what."""
    shown = {}
    for address in addresses:
        page = client.get(address)
        if page.status_code == 200 and page["Content-Type"].startswith("text/html"):
            for form in forms_of(page.content.decode(), address):
                if form.method == "post":
                    shown[form.address, *form.data] = form
    return shown


def new_client() -> Client:
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def test_public_forms_answer_whatever_is_posted():
    people = new_client()
    shown = forms_shown(people, make_addresses().values())

    assert [found for form in shown.values() for found in surprises(people, form)] == []
    assert len(shown) >= 10


# Shared out among processes.
@pytest.mark.parametrize("share", range(4))
def test_forms_of_the_team_answer_whatever_is_posted(share):
    team = new_client()
    team.force_login(User.objects.create_superuser("chef"))
    addresses = make_addresses().values()
    public = forms_shown(new_client(), addresses)
    shown = [form for key, form in forms_shown(team, addresses).items() if key not in public]

    assert [found for form in shown[share::4] for found in surprises(team, form)] == []
    assert len(shown) >= 50


SEARCHED = [each for each in admin.site._registry.values() if each.search_fields]


@pytest.mark.parametrize("model_admin", SEARCHED, ids=str)
def test_list_answers_whatever_is_searched(model_admin):
    make_addresses()
    team = new_client()
    team.force_login(User.objects.create_superuser("chef"))
    address = reverse(f"admin:{model_admin.opts.label_lower.replace('.', '_')}_changelist")

    failed = [value for value in VALUES if team.get(address, {"q": value}).status_code >= 500]

    assert failed == []
