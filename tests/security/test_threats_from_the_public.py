"""Threats A1 to A8, A15, A17, A18, A24, A26 to A28: what comes by the pages open to all."""

import io
import os
import re
import secrets
import zipfile
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import and_, or_

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registrations import tokens
from registrations.exports.attendees import export_roster
from registrations.exports.responses import FileFormat
from registrations.models import (
    Invitation,
    Message,
    Registration,
    RegistrationEvent,
    Replacement,
    RequestCount,
)
from registrations.rosters import Roster
from registrations.services import ask_replacement
from registrations.states import Status
from sessions.models import Cycle, Slot
from tests.access import TABLE
from tests.factories import (
    form_data,
    in_days,
    make_account,
    make_invitation,
    make_programme,
    make_registration,
    make_territory,
)
from tests.pages import space, text
from tests.security.sites import FIND, FORM, delivered, links, rows

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SESSIONS = "sessions.Session"
# The first of a network is counted in new rows.
NAMES = ("first", "known", "alike")


@pytest.fixture
def cycle():
    return make_programme()


@pytest.fixture
def data(cycle):
    return form_data(cycle, make_territory())


def ask_a_replacement(registration: Registration) -> None:
    ask_replacement(
        registration,
        first_name="Ada",
        last_name="Roy",
        email="ada@nord.example.org",
        now=datetime.now(UTC),
    )


def test_a01_flood_of_one_network_is_cut_and_leaves_the_others_alone(client, data):
    def register(number: int, network: str) -> int:
        posted = {**data, "email": f"personne{number}@nord.example.org"}
        return client.post(FORM, posted, REMOTE_ADDR=network).status_code

    with time_machine.travel(NOON, tick=False):
        flood = [register(number, "192.0.2.1") for number in range(200)]
        other = register(999, "192.0.2.2")

    assert (flood.count(303), flood.count(429), other) == (60, 140, 303)
    assert Registration.objects.count() == 61


def test_a02_mailbox_gets_three_mails_however_it_is_written_and_whoever_asks(client):
    territory = make_territory()
    cycles = [make_programme(f"cycle-{number}") for number in range(10)]
    forms = [form_data(cycle, territory) for cycle in cycles]

    for number in range(50):
        address = f"vic.time+{number % 10}@nord.example.org"
        answer = client.post(
            f"/cycles/cycle-{number % 10}/inscription/",
            {**forms[number % 10], "email": address if number % 2 else address.upper()},
            REMOTE_ADDR=f"192.0.2.{number}",
        )
        assert answer.status_code == 303

    assert len(delivered()) == 3


def test_a02_name_cannot_carry_a_link_into_a_mail(client, data):
    hostile = [
        "Gagnez sur evil.com",
        "https://evil.com",
        "www.evil.com",
        "<a href=x>Ada",
        "a@evil.com",
    ]
    for number, name in enumerate(hostile):
        for field in ("first_name", "last_name"):
            address = f"p{number}{field[0]}@nord.example.org"
            client.post(FORM, {**data, field: name, "email": address}, REMOTE_ADDR=address[:2])
    registration = Registration.objects.first() or make_registration(make_programme("autre"))
    for name in hostile:
        ask = {"first_name": name, "last_name": "Roy", "email": "ada@nord.example.org"}
        client.post(f"/inscriptions/{registration.token}/remplacer/", ask)

    mails = delivered()

    ours = (settings.SITE_URL, "https://visio.numerique.gouv.fr/")
    assert mails
    assert [link for link in links(mails) if not link.startswith(ours)] == []
    assert not any("evil.com" in mail.body for mail in mails)


def test_a02_name_cannot_carry_a_telephone_or_a_sum_into_a_mail(client, data):
    hostile = ["Appelez le 0612345678", "Gagnez 1000 euros", "Appelez le 06.12.34.56.78"]

    answers = [
        client.post(FORM, {**data, field: name})
        for name in hostile
        for field in ("first_name", "last_name")
    ]

    assert [answer.status_code for answer in answers] == [400] * 6
    assert "un nom en a deux au maximum" in text(answers[0])
    assert delivered() == []


def test_a03_pages_are_the_same_for_an_address_that_is_known_and_one_that_is_not(cycle, data):
    make_registration(cycle, "known@nord.example.org")

    def walk(address: str, sought: str) -> list[tuple]:
        visitor = Client()
        pages = [
            visitor.post(FORM, {**data, "email": address}),
            visitor.get(f"{FORM}merci/"),
            visitor.post(FIND, {"email": sought}),
            visitor.get(f"{FIND}envoye/"),
        ]
        varying = {"Expires", "Last-Modified"}
        return [
            (
                page.status_code,
                {name: value for name, value in page.headers.items() if name not in varying},
                re.sub(r"\w+@nord", "someone@nord", text(page)),
                len(page.cookies),
            )
            for page in pages
        ]

    known = walk("known@nord.example.org", "known@nord.example.org")
    # The first is known once it has registered.
    unknown = walk("alike@nord.example.org", "other@nord.example.org")

    assert known == unknown
    assert Registration.objects.filter(email="other@nord.example.org").count() == 0


def cost_of(address: str, data: dict) -> tuple[list[str], dict[str, int]]:
    """What a stranger's post asks of the database: each statement without its values, new rows."""
    before = n_rows()
    with CaptureQueriesContext(connection) as asked:
        answer = Client().post(address, data)
    assert answer.status_code == 303
    values = re.compile(r"'[^']*'|\b\d+\b|\bs\d+_x\d+\b")  # the last: names of savepoints
    shapes = [values.sub("?", query["sql"]) for query in asked.captured_queries]
    return shapes, {name: n - before[name] for name, n in n_rows().items()}


def n_rows() -> dict[str, int]:
    return {
        model.__name__: model.objects.count()
        for model in (Registration, RegistrationEvent, Message, RequestCount)
    }


def test_a03_finding_ones_registration_costs_the_same_known_or_not(cycle):
    make_registration(cycle, "known@nord.example.org")

    _, known, unknown = (cost_of(FIND, {"email": f"{name}@nord.example.org"}) for name in NAMES)

    assert known == unknown
    assert known[1]["Message"] == 1


@pytest.mark.parametrize("status", [Status.CONFIRMED, Status.WAITLISTED, Status.PENDING])
def test_a03_registering_costs_the_same_known_or_not(cycle, data, status):
    if status == Status.WAITLISTED:
        make_registration(cycle)
        Slot.objects.update(capacity=1)
    Cycle.objects.update(requires_validation=status == Status.PENDING)
    queued_at = datetime.now(UTC) if status == Status.WAITLISTED else None
    make_registration(cycle, "known@nord.example.org", status=status, queued_at=queued_at)

    _, known, unknown = (
        cost_of(FORM, {**data, "email": f"{name}@nord.example.org"}) for name in NAMES
    )

    # What is written is not the same: somebody is, or is not, registered. How often it is, and that
    # a mail is built, is. How long it takes: `make bench`.
    assert len(known[0]) == len(unknown[0])
    assert known[1].pop("Registration") + 1 == unknown[1].pop("Registration") == 1
    assert known[1] == unknown[1]
    assert known[1]["Message"] == 1


def test_a04_link_is_drawn_from_256_bits(monkeypatch):
    asked = []

    def token_bytes(n: int) -> bytes:
        asked.append(n)
        return os.urandom(n)

    monkeypatch.setattr(secrets, "token_bytes", token_bytes)
    drawn = [int(tokens.draw_nonce(), 16) for _ in range(200)]

    assert asked == [32] * 200
    # No bit is the same in all: one chance of 2 ** 191 that it is by accident.
    assert reduce(or_, drawn) ^ reduce(and_, drawn) == 2**256 - 1


def test_a04_what_is_no_link_says_nothing(client, cycle):
    make_registration(cycle)
    late = make_invitation(cycle, expires_at=in_days(-1))

    answers = [
        client.get(f"/{root}/")
        for root in (
            f"inscriptions/{'A' * 43}",
            "inscriptions/court",
            f"invitations/{'A' * 43}",
            f"invitations/{late.token}",
            f"remplacements/{'A' * 43}",
        )
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {
        (404, answers[0].content)
    }


def test_a05_copy_of_the_database_opens_nothing(client, cycle, data):
    invitation = make_invitation(cycle)
    client.post(FORM, data)
    registration = Registration.objects.get()
    ask_a_replacement(registration)
    sent = links(delivered())

    dump = rows()

    opening = [
        *(kept.token for kept in (registration, invitation, Replacement.objects.get())),
        *(token for link in sent for token in re.findall(r"/([A-Za-z0-9_-]{43})/", link)),
    ]
    assert len(opening) >= 5
    assert Invitation.objects.count() == 1
    assert [secret for secret in opening if secret in dump] == []


def test_a06_personal_pages_lead_nowhere_else_and_are_kept_nowhere(client, cycle):
    registration = make_registration(cycle)

    for page in ("", "modifier/", "annuler/", "remplacer/", "calendrier.ics"):
        answer = client.get(f"/inscriptions/{registration.token}/{page}")
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cache-Control"] == "no-store, private"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        # What a page loads by itself comes from here.
        loaded = re.findall(r'<(?:link|script|img|iframe)[^>]*(?:src|href)="([^"]+)"', text(answer))
        assert [address for address in loaded if not address.startswith("/static/")] == []


def pages_of(registration: Registration) -> list[str]:
    """Every page of the personal space: the rows of tests/data/access.txt."""
    rows = (row.address for row in TABLE.values() if "{token}" in row.address)
    return [address.format(token=registration.token) for address in rows]


def test_a07_scanner_that_opens_every_link_changes_nothing(client, cycle, data):
    client.post(FORM, data)
    registration = Registration.objects.get()
    ask_a_replacement(registration)
    waiting = make_registration(
        make_programme("autre"),
        "w@nord.example.org",
        status=Status.WAITLISTED,
        queued_at=datetime.now(UTC),
        offer_expires_at=in_days(2),
    )
    addresses = {
        link.removeprefix(settings.SITE_URL)
        for link in links(delivered())
        if link.startswith(settings.SITE_URL)
    }
    addresses |= {page for person in (registration, waiting) for page in pages_of(person)}
    before = rows(SESSIONS)

    for agent in ("Mozilla/5.0 (Windows NT 10.0)", "Mozilla/5.0 (iPhone)", "BingPreview/1.0b"):
        scanner = Client(headers={"User-Agent": agent})
        for address in sorted(addresses):
            scanner.head(address)
            scanner.options(address)
            for _ in range(5):
                scanner.get(address)

    assert len(addresses) > 20
    assert rows(SESSIONS) == before


def test_a07_what_a_scanner_breaks_by_pressing_each_button_can_be_mended(client, cycle, data):
    client.post(FORM, data)
    registration = Registration.objects.get()
    pressed = []
    for page in pages_of(registration):
        html = text(client.get(page))
        for form in re.findall(r"<form.*?</form>", html, re.DOTALL):
            action = re.search(r'^<form[^>]*action="([^"]+)"', form)
            pressed.append(action[1] if action else page)
            # As it stands: no box is ticked.
            client.post(pressed[-1], dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form)))

    assert {page.removeprefix(space(registration)) for page in pressed} == {
        *("modifier/", "annuler/", "remplacer/", "effacer/")
    }
    registration.refresh_from_db()
    assert registration.status == Status.CANCELLED
    client.post(space(registration, "retablir/"))
    registration.refresh_from_db()
    assert registration.status == Status.CONFIRMED
    assert registration.first_name == "Alix"


@pytest.mark.parametrize("file_format", FileFormat)
def test_a08_list_that_is_taken_away_computes_nothing(cycle, file_format):
    # « +33 6… » is a telephone, which CSV keeps; neither a sum nor a call.
    hostile = [
        "=1+1",
        "+1+cmd|' /C calc'!A0",
        "-1+1",
        "@SUM(1)",
        "\t=1",
        '=HYPERLINK("http://evil")',
        "＝1",
    ]
    for number, value in enumerate(hostile):
        make_registration(cycle, f"{number}@nord.example.org", organisation=value)

    answer = export_roster(Roster(cycle), file_format, by=make_account(), now=datetime.now(UTC))

    content = b"".join(answer)
    answer.close()
    if file_format == FileFormat.CSV:
        cells = re.findall(r'"((?:[^"]|"")*)"', content.decode("utf-8-sig"))
        assert "'=1+1" in cells
        assert [cell for cell in cells if cell and cell[0] in "=+-@\t＝"] == []
    else:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            sheets = "".join(file.read(n).decode() for n in file.namelist() if n.endswith(".xml"))
        assert "=1+1" in sheets
        assert not re.search(r"<f[ >]|table:formula", sheets)


def test_a15_what_is_too_large_is_refused_before_it_costs_anything(client, data):
    client.raise_request_exception = False
    posts = [
        {"first_name": "A" * 100_000},
        {"last_name": "e\u0301" * 50_000},
        {"last_name": "a" + "\u0301" * 60_000},
        {"expectations": "é" * 90_000},
        {"email": "a" * 100_000 + "@x.fr"},
        {"phone": "0" * 100_000},
        {"organisation": "\u200b" * 50_000},
        {f"field{number}": "x" for number in range(1_100)},
        {"first_name": "A" * 300_000},
    ]

    for posted in posts:
        answer = client.post(FORM, {**data, **posted}, REMOTE_ADDR=f"192.0.2.{len(posted)}")
        assert answer.status_code == 400
        assert len(answer.content) < 150_000

    assert not Registration.objects.exists()


def test_a15_body_beyond_256_kilobytes_is_not_read(client, data, caplog):
    client.raise_request_exception = False

    def post(n_bytes: int, email: str) -> int:
        # In a field that no form has, so that the size alone is wrong.
        return client.post(FORM, {**data, "email": email, "more": "a" * n_bytes}).status_code

    assert post(250_000, "moins@nord.example.org") == 303
    assert post(263_000, "plus@nord.example.org") == 400
    assert Registration.objects.get().email == "moins@nord.example.org"
    assert "django.security.RequestDataTooBig" in {record.name for record in caplog.records}


def test_a15_files_that_no_page_asks_for_are_refused_beyond_five(client, data):
    client.raise_request_exception = False

    def post(n_files: int, email: str) -> int:
        files = {f"file{number}": io.BytesIO(b"%PDF-1.7") for number in range(n_files)}
        return client.post(FORM, {**data, "email": email, **files}).status_code

    assert post(5, "cinq@nord.example.org") == 303
    assert post(6, "six@nord.example.org") == 400
    assert Registration.objects.count() == 1


def test_a17_form_sent_again_is_one_registration_and_one_mail(client, data, settings):
    settings.THROTTLE = False
    posted = {**data, "submission_key": "une-fois"}

    answers = [client.post(FORM, posted) for _ in range(50)]

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (303, f"{FORM}merci/")
    }
    assert (Registration.objects.count(), Message.objects.count()) == (1, 1)


def test_a18_form_sent_again_revives_nothing_that_was_cancelled(client, data):
    posted = {**data, "submission_key": "une-fois"}
    client.post(FORM, posted)
    registration = Registration.objects.get()
    client.post(f"/inscriptions/{registration.token}/annuler/")

    client.post(FORM, posted)

    registration.refresh_from_db()
    assert registration.status == Status.CANCELLED
    assert Registration.objects.count() == 1


def test_a18_link_of_one_purpose_opens_no_other(client, cycle):
    registration, invitation = make_registration(cycle), make_invitation(cycle)

    for token, roots in (
        (registration.token, ("invitations", "remplacements")),
        (invitation.token, ("inscriptions", "remplacements")),
    ):
        for root in roots:
            assert client.get(f"/{root}/{token}/").status_code == 404
            assert client.post(f"/{root}/{token}/").status_code in {404, 405}


def test_a24_what_people_write_never_becomes_a_link(client, cycle):
    client.force_login(make_account())
    registration = make_registration(
        cycle,
        organisation="https://evil.example/connexion",
        job_title="<a href='https://evil.example'>Urgent</a>",
        expectations="Cliquez sur https://evil.example pour confirmer",
    )

    for page in (
        f"/admin/registrations/registration/{registration.pk}/change/",
        "/admin/registrations/registration/",
        "/coordination/cycles/cycle-lcd/inscrits/",
        f"/inscriptions/{registration.token}/",
    ):
        html = text(client.get(page))
        assert not re.search(r"""href=["'][^"']*evil""", html)


def test_a26_mails_ask_machines_not_to_answer(client, data):
    client.post(FORM, data)

    [sent] = delivered()

    assert sent.message()["Auto-Submitted"] == "auto-generated"
    assert sent.message()["X-Auto-Response-Suppress"] is not None


def test_a28_page_behind_a_link_shows_neither_telephone_nor_whole_address(client, cycle):
    registration = make_registration(cycle, phone="+33612345678")

    html = text(client.get(f"/inscriptions/{registration.token}/"))

    assert "06\u00a012\u00a034\u00a056\u00a078" not in html
    assert "+33612345678" not in html
    assert registration.email not in html


def test_a01_limits_last_no_longer_than_they_say():
    longest = timedelta(days=1)

    with time_machine.travel(NOON, tick=False) as clock:
        assert Client().post(FIND, {"email": "a@nord.example.org"}).status_code == 303
        for _ in range(40):
            Client().post(FIND, {"email": "a@nord.example.org"})
        clock.shift(longest)
        assert Client().post(FIND, {"email": "a@nord.example.org"}).status_code == 303
