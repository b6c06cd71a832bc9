"""The corpus of bad inputs as requests: each gets an answer, and none is an error of ours."""

import base64
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client

from registrations.models import Message, Registration
from registrations.states import Status
from tests.factories import (
    form_data,
    make_account,
    make_programme,
    make_registration,
    make_territory,
)
from tests.security.sites import HOSTILE, expanded

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parents[1] / "data"
INPUTS = json.loads((DATA / "bad_inputs.json").read_text())
REQUESTS = json.loads((DATA / "bad_requests.json").read_text())
FORM = "/cycles/cycle-lcd/inscription/"
PASSWORD = "la pluie sur les toits de Lille"


def statuses(expected) -> list[int]:
    status = expected["status"]
    return status if isinstance(status, list) else [status]


def entries(corpus, *fields):
    return [
        pytest.param(entry["value"], entry["expect"], id=entry["id"])
        for entry in corpus
        if entry["field"] in fields and "raw" not in entry["value"]
    ]


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.THROTTLE = False


@pytest.fixture
def registration():
    return make_registration(make_programme(), "known@nord.example.org")


@pytest.fixture
def staff():
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("chef"))
    return client


@pytest.mark.parametrize("field", ["last_name", "email", "phone", "free_text"])
def test_form_answers_whatever_is_typed(field):
    client = Client(raise_request_exception=False)
    data = form_data(make_programme(), make_territory())
    name = {"free_text": "expectations"}.get(field, field)
    surprises = []
    for entry in INPUTS:
        if entry["field"] != field:
            continue
        value = expanded(entry["value"])
        Registration.objects.all().delete()

        response = client.post(FORM, {**data, name: "" if value is None else value})

        accepted = entry["expect"]["outcome"] == "accept"
        if response.status_code != (303 if accepted else 400) or len(response.content) > 100_000:
            surprises.append((entry["id"], response.status_code, len(response.content)))

    assert surprises == []


@pytest.mark.parametrize(("value", "expected"), entries(REQUESTS, "manage_token"))
@pytest.mark.parametrize("root", ["inscriptions", "invitations", "remplacements"])
def test_link_that_opens_nothing_is_not_found(registration, root, value, expected):
    client = Client(raise_request_exception=False)
    # Percent signs in the corpus are escapes already.
    path = f"/{root}/{quote(expanded(value), safe='%/')}/"
    # The guard of addresses refuses those that are too long before any page is looked for.
    allowed = set(statuses(expected)) | ({400} if len(path) > 2000 else set())

    assert client.get(path).status_code in allowed
    assert client.post(path).status_code in allowed | {405}


@pytest.mark.parametrize(("value", "expected"), entries(REQUESTS, "next"))
@pytest.mark.parametrize("login", ["/coordination/connexion/", "/admin/login/"])
def test_login_leads_to_this_site_alone(login, value, expected):
    make_account(username="camille", password=PASSWORD)
    credentials = {"username": "camille", "password": PASSWORD, "next": value}
    home = "/coordination/"

    answer = Client().post(login, credentials)

    # The admin's own page leads where settings say, too.
    assert (answer.status_code, answer["Location"]) == (
        302,
        expected["stored"] if expected["stored"] != "/" else home,
    )


class Site:
    """What the placeholders of the corpus stand for here."""

    def __init__(self, registration: Registration) -> None:
        self.cycle = registration.cycle
        self.space = f"/inscriptions/{registration.token}/"
        self.data = form_data(self.cycle, make_territory())

    def path(self, template: str) -> str:
        known = {
            "register": FORM,
            "thanks": f"{FORM}merci/",
            "manage": self.space,
            "cancel": f"{self.space}annuler/",
            "admin_list": "/admin/registrations/registration/",
            "export": "/coordination/cycles/cycle-lcd/inscrits/exporter/",
            "login": "/admin/login/",
        }

        def stand_for(found: re.Match) -> str:
            name, _, identifier = found[1].partition(":")
            # No public page of ours has a number in its address: a coordinator's has.
            return (
                f"/coordination/cycles/cycle-lcd/groupes/{identifier}/"
                if identifier
                else known[name]
            )

        return re.sub(r"\{([^}]+)\}", stand_for, template)

    def client(self, who: str) -> Client:
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        if who == "staff":
            client.force_login(User.objects.create_superuser("chef"))
        if who == "staff_no_right":
            client.force_login(make_account("", "sans-droit", is_staff=True))
        return client

    def ask(self, request: dict):
        client = self.client(request.get("as", "anonymous"))
        headers = dict(request.get("headers", {}))
        content_type = headers.pop("Content-Type", "application/x-www-form-urlencoded")
        if request["method"] == "POST" and request.get("csrf", True):
            client.get(FORM)
            # A browser's JSON cannot carry the token that a form holds.
            if content_type != "application/json":
                headers["X-CSRFToken"] = client.cookies["csrf"].value
        body = expanded(request.get("body") or "")
        if request.get("body_b64"):
            body = base64.b64decode(request["body_b64"])
        answer = None
        for _ in range(request.get("repeat", 1)):
            answer = client.generic(
                request["method"],
                self.path(request["path"]),
                body,
                content_type=content_type,
                headers=headers,
            )
        return answer


@pytest.mark.parametrize(("value", "expected"), entries(REQUESTS, "request"))
def test_request_gets_the_answer_it_deserves(registration, settings, request, value, expected):
    case = request.node.callspec.id
    site = Site(registration)
    if value.get("same_ip"):
        settings.THROTTLE = True
    if "X-Forwarded-Proto" in value.get("headers", {}):
        settings.SECURE_SSL_REDIRECT = True
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    if case.endswith("HTTP-022"):
        # Complete, with fields that are none of the form's besides.
        fields = "&".join(
            f"{name}={quote(str(v))}" for name, v in site.data.items() if name != "territories"
        )
        territory = site.data["territories"][0]
        value = {**value, "body": f"{value['body']}&{fields}&territories={territory}"}

    answer = site.ask(value)

    allowed = set(statuses(expected))
    if 414 in allowed:
        # Refused by the guard of addresses, which has one word for all it refuses.
        allowed = {400}
    if case.endswith("HTTP-069"):
        # A wrong password: the page again, without leaving.
        allowed = {200}
    assert answer.status_code in allowed
    assert len(answer.content) < 200_000
    if case.endswith("HTTP-022"):
        added = Registration.objects.exclude(pk=registration.pk).get()
        assert (added.status, added.cycle) == (Status.CONFIRMED, site.cycle)
        assert added.token != "x"
    if case.endswith("HTTP-092"):
        assert Message.objects.filter(kind="cancelled").count() == 1


@pytest.mark.parametrize(
    "number",
    ["9" * 19, "%39" * 30, "%D9%A9" * 30, "9_" * 18 + "9", "%39%5F" * 18 + "9", "-" + "9" * 30],
)
def test_number_that_no_identifier_reaches_is_refused(staff, registration, number):
    lists = ["registrations/registration/?cycle", "registrations/message/?registration__cycle"]
    lists += ["registrations/destruction/?cycle", "registrations/invitation/?cycle"]

    answers = [staff.get(f"/admin/{each}__id__exact={number}") for each in lists]

    assert [answer.status_code for answer in answers] == [400] * len(lists)


def hostile_addresses(model_admin) -> list[str]:
    options = model_admin.model._meta
    root = f"/admin/{options.app_label}/{options.model_name}/"
    queries = [f"{name}={quote(value)}" for name in ("q", "o", "p", "e") for value in HOSTILE]
    queries += [
        f"q={quote(' '.join(['mot'] * 2000))}",
        "status__exact=%00",
        "q=%00",
        "all=",
        "_x=1",
    ]
    for lookup in model_admin.list_filter:
        field = lookup[0] if isinstance(lookup, tuple) else lookup
        if isinstance(field, str):
            for suffix in ("__exact", "__id__exact", "__isnull", "__gte", ""):
                queries += [f"{field}{suffix}={quote(value)}" for value in HOSTILE]
    pages = [
        f"{root}{quote(value, safe='')}/{page}/"
        for value in [*HOSTILE, "\0"]
        for page in ("change", "delete", "history")
    ]
    return [*(f"{root}?{query}" for query in queries), *pages]


@pytest.mark.parametrize("model_admin", admin.site._registry.values(), ids=str)
def test_admin_answers_whatever_is_in_its_address(staff, registration, model_admin):
    failures = [
        (address, answer.status_code)
        for address in hostile_addresses(model_admin)
        if (answer := staff.get(address)).status_code >= 500
    ]

    assert failures == []


@pytest.mark.parametrize("model_admin", admin.site._registry.values(), ids=str)
def test_admin_actions_answer_whatever_is_selected(staff, registration, model_admin):
    options = model_admin.model._meta
    root = f"/admin/{options.app_label}/{options.model_name}/"
    actions = ["delete_selected", *model_admin.actions, "", "nothing", "\0"]
    failures = []
    for action in actions:
        for selected in [*HOSTILE, "1\0", "99999999999999999999", ""]:
            posted = {"action": action, "_selected_action": [selected, "1"], "index": "0"}
            answer = staff.post(root, posted)
            if answer.status_code >= 500:
                failures.append((action, selected))

    assert failures == []


def test_no_list_of_rows_is_as_long_as_a_request_says(rf):
    asked = rf.get("/")
    asked.user = User(is_superuser=True)
    inlines = [
        inline(model_admin.model, admin.site)
        for model_admin in admin.site._registry.values()
        for inline in model_admin.inlines
    ]

    longest = {str(each): each.get_formset(asked).absolute_max for each in inlines}

    assert len(longest) > 5
    assert {name: n for name, n in longest.items() if n > 100} == {}


@pytest.mark.parametrize(("value", "_expected"), entries(REQUESTS, "date", "admin_datetime"))
def test_admin_answers_whatever_date_is_typed(staff, registration, value, _expected):
    cycle = registration.cycle
    address = f"/admin/training/cycle/{cycle.pk}/change/"
    page = staff.get(address).context["adminform"].form
    day, _, hour = value.strip().replace("T", " ").partition(" ")
    data = {field.html_name: field.value() or "" for field in page if field.name != "id"}
    data |= {"registration_opens_at_0": day, "registration_opens_at_1": hour or "09:00"}

    answer = staff.post(address, data)

    assert answer.status_code in {200, 302}
    cycle.refresh_from_db()
    assert cycle.registration_opens_at is None or cycle.registration_opens_at.year >= 1900
