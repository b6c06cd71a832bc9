"""Threats A9 to A15, A20 to A23, A29, A30: accounts, what the team writes, what leaves by it."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session as LoginSession
from django.core.exceptions import ValidationError
from django.test import Client
from icalendar import Calendar

from registrations import services
from registrations.models import Registration
from registrations.roles import COORDINATION, ROLES
from registrations.session_store import row_key
from registrations.states import Status
from sessions.admin.agenda_form import AgendaForm
from sessions.models import AudienceGroup, Cycle, Session, Slot
from sessions.states import Mode
from tests.factories import (
    form_data,
    in_days,
    make_account,
    make_cycle,
    make_group,
    make_programme,
    make_registration,
    make_session,
    make_slot,
    make_territory,
)
from tests.pages import text
from tests.security.sites import FORM, PASSWORD, delivered

pytestmark = pytest.mark.django_db

ROOT = Path(settings.BASE_DIR)
LOGIN = "/coordination/connexion/"
WHOLE = "Saisissez un lien complet, qui commence par https://."


def test_a09_account_is_guessed_at_no_more_from_there_but_opens_from_elsewhere():
    make_account(username="camille", password=PASSWORD)

    def attempt(password: str, network: str) -> int:
        credentials = {"username": "camille", "password": password}
        return Client(REMOTE_ADDR=network).post(LOGIN, credentials).status_code

    tries = [attempt(f"guess {number}", "192.0.2.1") for number in range(11)]

    assert tries == [200] * 5 + [429] * 6
    assert attempt(PASSWORD, "192.0.2.1") == 429
    assert attempt(PASSWORD, "192.0.2.2") == 302


def test_a09_unknown_account_gets_the_same_page():
    make_account(username="camille", password=PASSWORD)

    def page(username: str) -> str:
        answer = Client().post(LOGIN, {"username": username, "password": "wrong"})
        html = text(answer).replace(username, "someone")
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)

    assert page("camille") == page("inconnue")


def test_a15_largest_agenda_is_accepted_and_not_twice_as_much(client):
    cycle = make_cycle()
    groups = [make_group(cycle, f"Groupe {number}", f"g{number}") for number in range(5)]
    for number in range(20):
        training_session = make_session(cycle)
        for group in groups:
            make_slot(training_session, group, starts_at=in_days(10 + 7 * number))
    address = f"/admin/training/cycle/{cycle.pk}/agenda/"
    data = as_a_browser_posts(AgendaForm(cycle, now=in_days(0)))
    n_fields = sum(len(value) if isinstance(value, list) else 1 for value in data.values())
    client.force_login(make_account())
    client.raise_request_exception = False

    accepted = client.post(address, data)
    refused = client.post(address, data | {f"more{number}": "" for number in range(n_fields)})

    assert n_fields == 941
    assert (accepted.status_code, refused.status_code) == (302, 400)


def as_a_browser_posts(agenda: AgendaForm) -> dict:
    """All fields of the agenda, left as they are shown, those that are empty included."""
    data = {"version": agenda.version}
    for field in (field for form in agenda.forms for field in form if field.name != "remove"):
        value = field.value()
        is_moment = field.name in {"on", "starts", "ends"} and value
        data[field.html_name] = value.isoformat() if is_moment else "" if value is None else value
    return data


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 400),
        ({"X-Forwarded-Host": "evil.example"}, 303),
        ({"Forwarded": "host=evil.example"}, 303),
        ({"X-Host": "evil.example", "X-Original-URL": "http://evil.example/"}, 303),
    ],
)
def test_a10_host_that_a_request_claims_is_in_no_mail(headers, status):
    data = form_data(make_programme(), make_territory())

    answer = Client(headers=headers).post(FORM, data)

    mails = delivered()
    assert answer.status_code == status
    assert len(mails) == (status == 303)
    assert not any("evil" in mail.message().as_string() for mail in mails)


def test_a12_calendars_are_whole_whatever_is_written_in_them(client):
    hostile = "X\r\nATTENDEE:mailto:evil@evil.example\r\nEND:VEVENT\r\n\r\nURL:https://evil\rX"
    cycle = make_programme()
    registration = make_registration(cycle, last_name="Zébulon")
    names = ("title", "subtitle", "contact_name")
    Cycle.objects.update(**dict.fromkeys(names, hostile[:200]))
    Session.objects.update(title=hostile)
    Slot.objects.update(mode=Mode.IN_PERSON, video_url="", place=hostile)
    AudienceGroup.objects.filter(slug="delegues").update(name=hostile)
    held = {"UID", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "DTSTART", "DTEND", "SUMMARY"}
    held |= {"ORGANIZER", "STATUS", "LOCATION", "DESCRIPTION"}

    for address in (
        f"/inscriptions/{registration.token}/calendrier.ics",
        "/cycles/cycle-lcd/calendrier/delegues.ics",
    ):
        content = client.get(address).content
        lines = content.decode().replace("\r\n ", "").splitlines()
        events = Calendar.from_ical(content).walk("VEVENT")

        assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == len(events) == 3
        assert [sorted(event) for event in events] == [sorted(held)] * 3
        # What was written is there, as text.
        for name in ("SUMMARY", "LOCATION", "DESCRIPTION"):
            assert "mailto:evil@evil.example\nEND:VEVENT" in events[0][name]
        assert "bulon" not in content.decode()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("javascript:alert(1)", WHOLE),
        ("//evil.example", WHOLE),
        (
            "http://evil.example/",
            "Ce lien commence par http://\u00a0: utilisez l’adresse en https://, qui protège les "
            "échanges.",
        ),
    ],
)
def test_a13_room_that_is_no_videoconference_is_refused(url, reason):
    cycle = make_programme()
    slot = cycle.training_sessions.first().slots.first()
    slot.video_url = url

    with pytest.raises(ValidationError) as refusal:
        slot.full_clean()

    assert refusal.value.message_dict == {"video_url": [reason]}


def test_a20_export_leaves_a_trace_and_its_name_tells_nobody(client):
    cycle = make_programme()
    make_registration(cycle, last_name="Zébulon")
    client.force_login(make_account(COORDINATION))

    answer = client.post(f"/coordination/cycles/{cycle.slug}/inscrits/exporter/", {"format": "csv"})

    assert b"".join(answer)
    entry = LogEntry.objects.get()
    assert entry.change_message.endswith("1\u00a0personne.")
    assert "bulon" not in answer["Content-Disposition"] + entry.change_message + entry.object_repr


def test_a21_session_of_before_the_login_is_not_the_one_of_after(client):
    make_account(username="camille", password=PASSWORD)
    planted = "a" * 32
    client.cookies[settings.SESSION_COOKIE_NAME] = planted

    client.post(LOGIN, {"username": "camille", "password": PASSWORD})

    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert key != planted
    assert len(key) == 32
    assert LoginSession.objects.get().pk == row_key(key)
    assert client.get("/coordination/").status_code == 200


def test_a21_visit_of_a_participant_becomes_another_at_login(client):
    client.post(FORM, form_data(make_programme(), make_territory()))
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    make_account(username="camille", password=PASSWORD)

    client.post(LOGIN, {"username": "camille", "password": PASSWORD})

    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert LoginSession.objects.get().pk == row_key(
        client.cookies[settings.SESSION_COOKIE_NAME].value
    )


def test_a22_no_page_is_framed_nor_runs_what_it_holds(client):
    client.force_login(make_account())

    for page in ("/", FORM, LOGIN, "/admin/", "/admin/training/cycle/add/", "/nulle-part/"):
        policy = client.get(page)["Content-Security-Policy"].split("; ")
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "object-src 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "unsafe" not in " ".join(policy)


@pytest.mark.parametrize(
    "written",
    [
        "{{ settings.SECRET_KEY }}",
        "{% debug %}",
        "{registration.link_nonce}",
        "{0.__class__}",
        "%(password)s",
        "${SECRET_KEY}",
    ],
)
def test_a23_what_the_team_writes_is_sent_as_it_is_written(written):
    registration = make_registration(make_programme(), status=Status.PENDING)

    services.refuse(registration, f"Voici : {written}", now=datetime.now(UTC), by=make_account())

    [sent] = delivered()
    assert f"Voici : {written}" in sent.body
    assert settings.SECRET_KEY not in sent.message().as_string()
    assert registration.link_nonce not in sent.message().as_string()


def test_a29_what_was_done_cannot_be_rewritten_by_who_did_it():
    journals = {"logentry", "registrationevent"}

    assert LogEntry not in admin.site._registry
    for name, rights in ROLES.items():
        account = make_account(name, f"compte-{name}")
        granted = Permission.objects.filter(group__user=account)
        forbidden = granted.filter(content_type__model__in=journals).exclude(
            codename__startswith="view_"
        )
        assert rights
        assert not forbidden.exists()
    assert not admin.site._registry[Registration].has_delete_permission(None)


def test_a29_account_that_takes_many_people_away_is_told_of_once_a_day(settings, caplog):
    settings.EXPORT_ALERT, settings.SECURITY_CONTACT = 5, "securite@irev.example"
    cycle = make_programme()
    for number in range(3):
        make_registration(cycle, f"personne{number}@nord.example.org", last_name="Zébulon")
    camille, claude = Client(), Client()
    suspect = make_account(COORDINATION, "camille")
    camille.force_login(suspect)
    claude.force_login(make_account(COORDINATION, "claude"))

    def take_away(client: Client) -> list:
        address = f"/coordination/cycles/{cycle.slug}/inscrits/exporter/"
        assert b"".join(client.post(address, {"format": "csv"}))
        return delivered()

    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=UTC), tick=False) as clock:
        quiet = [take_away(camille), take_away(claude)]
        [alert] = take_away(camille)
        told_already = take_away(camille)
        clock.shift(timedelta(days=1))
        camille.force_login(suspect)
        [again, *_] = take_away(camille) + take_away(camille)

    assert (quiet, told_already) == ([[], []], [])
    assert alert.to == again.to == ["securite@irev.example"]
    assert alert.subject == "Alerte – 6 personnes emportées en un jour"
    assert f"{settings.SITE_URL}/admin/auth/user/{suspect.pk}/change/" in alert.body
    assert "bulon" not in alert.message().as_string()
    warned = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warned == [f"user {suspect.pk} exported {n} people within a day" for n in (6, 9, 6)]


def test_a29_list_leaves_though_nobody_can_be_told(settings, client, caplog):
    settings.EXPORT_ALERT, settings.SECURITY_CONTACT = 0, "personne"
    make_registration(make_programme())
    client.force_login(make_account(COORDINATION))

    answer = client.post("/coordination/cycles/cycle-lcd/inscrits/exporter/", {"format": "csv"})

    assert b"Alix" in b"".join(answer)
    assert "SECURITY_CONTACT cannot be told: the address is not one" in caplog.messages


def test_a30_every_locked_package_has_its_hash_and_is_installed_by_it():
    for name in ("requirements.txt", "requirements-dev.txt"):
        packages = re.split(r"^(?=[a-zA-Z0-9])", (ROOT / name).read_text(), flags=re.MULTILINE)
        pinned = [package for package in packages if "==" in package.split("\n")[0]]
        assert len(pinned) > 20
        assert [each.split("\n")[0] for each in pinned if "--hash=sha256:" not in each] == []
    for script in ("scripts/install.sh", "Dockerfile"):
        assert "--require-hashes" in (ROOT / script).read_text()


def test_a30_pages_load_nothing_from_elsewhere():
    loads = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)=\"(https?:|//)")

    pages = [page for page in (ROOT / "templates").rglob("*.html") if "emails" not in page.parts]

    assert len(pages) > 30
    assert [str(page) for page in pages if loads.search(page.read_text())] == []
