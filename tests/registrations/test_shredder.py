"""People with unusual names do everything on a full demonstration, then are erased or purged.

Real processes serve and mail them. Afterwards every table is read, column by column, with the file
of the database on SQLite, and every byte that was logged.
"""

import csv
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registrations import outbox, services
from registrations.demo import PEOPLE
from registrations.invariants import problems
from registrations.models import Message, PastFigure, Registration, Replacement
from registrations.retention import policy
from registrations.roles import sync_roles
from registrations.states import MessageState
from sessions.models import Cycle, Territory
from sessions.states import Window
from tests.factories import form_data, make_account
from tests.faults.programs import Programs, wait_until
from tests.registrations.test_send_messages import database_url
from tests.smtp import smtp_server

pytestmark = pytest.mark.django_db(transaction=True)


def person(first_name: str, mark: str, mailbox: str, phone: str) -> dict[str, str]:
    """What someone writes of themselves, every word of it marked."""
    return {
        "first_name": first_name,
        "last_name": f"Quetzal-{mark}",
        "email": f"{mailbox}@nord.example.org",
        "phone": phone,
        "organisation": f"Structure {mark}",
        "job_title": f"Fonction {mark}",
        "expectations": f"Attentes {mark}",
        "access_needs": f"Besoins {mark}",
    }


ZEBULON = person("Zébulon", "QXSEPT", "zqsept", "+33600000042")
YOLANDE = person("Yolande", "QXHUIT", "yqhuit", "+33600000043")
# Nobody erases her: she shows that what is searched for can be found.
XENIA = person("Xénia", "QXNEUF", "xqneuf", "+33600000044")


def marks_of(someone: dict[str, str]) -> list[str]:
    """What gives someone away, in any of the ways that programs write it."""
    mark, mailbox = someone["last_name"][-6:], someone["email"][:6]
    national = f"0{someone['phone'][3:]}"
    return [
        *(mark, mark.capitalize(), mailbox, someone["phone"][1:], national),
        # Escaped in JSON, an accent hides the rest of the name.
        someone["first_name"][2:],
    ]


class Browser:
    """A visitor, or the team when it is given a session."""

    def __init__(self, port: int, session: str = "") -> None:
        self.site = f"http://127.0.0.1:{port}"
        self.jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self._opener.addheaders = [("Cookie", f"session={session}")] if session else []
        self._session = session

    def get(self, path: str) -> str:
        return self._ask(urllib.request.Request(self.site + path))

    def post(self, path: str, fields: dict | None = None) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path))
        return self.send(path, fields or {}, token[1] if token else "")

    def send(self, path: str, fields: dict, token: str) -> str:
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}, doseq=True)
        request = urllib.request.Request(self.site + path, data.encode())
        request.add_header("Referer", self.site + path)
        return self._ask(request)

    def _ask(self, request: urllib.request.Request) -> str:
        if self._session:
            cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)
            request.add_unredirected_header("Cookie", f"session={self._session}; {cookies}")
        try:
            with self._opener.open(request, timeout=60) as answer:
                return answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            with error:
                return error.read().decode("utf-8", "replace")


def cells() -> Iterator[tuple[str, str]]:
    """Every cell of every table, as text, with the name of its column."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
                    yield f"{table}.{name}", str(text)
    for session in Session.objects.all():
        yield "django_session.decoded", json.dumps(session.get_decoded(), ensure_ascii=False)


def columns_with(*people: dict[str, str]) -> set[str]:
    """Where these people can be read in the database."""
    marks = [mark for someone in people for mark in marks_of(someone)]
    return {column for column, text in cells() if any(mark in text for mark in marks)}


def bytes_of_the_file() -> bytes:
    """The database's own file, once what is free in it is gone; b"" where it has none of ours."""
    if connection.vendor != "sqlite":
        return b""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return b"".join(
        file.read_bytes()
        for end in ("", "-wal")
        if (file := Path(f"{connection.settings_dict['NAME']}{end}")).exists()
    )


def bytes_with(*people: dict[str, str]) -> list[str]:
    file = bytes_of_the_file()
    return [mark for each in people for mark in marks_of(each) if mark.encode() in file]


class Scene:
    """A demonstration that is being used."""

    def __init__(self, port: int, letterbox) -> None:
        self.port, self.letterbox = port, letterbox
        self.cycle = next(
            cycle
            for cycle in Cycle.objects.published().with_dates()
            if cycle.window(timezone.now()) == Window.OPEN
        )
        self.form = f"/cycles/{self.cycle.slug}/inscription/"
        self.tokens: set[str] = set()
        client = Client()
        client.force_login(make_account(username="equipe"))
        self.team = Browser(port, client.cookies["session"].value)

    def visitor(self) -> Browser:
        return Browser(self.port)

    def fields(self, someone: dict[str, str], **others) -> dict:
        return {**form_data(self.cycle, Territory.objects.first()), **someone, **others}

    def registration(self, someone: dict[str, str]) -> Registration:
        found = Registration.objects.filter(email=someone["email"]).order_by("-pk").first()
        self.tokens.add(found.token)
        return found

    def space(self, someone: dict[str, str], page: str = "") -> str:
        return f"/inscriptions/{self.registration(someone).token}/{page}"

    def page_of_the_team(self, name: str, someone: dict[str, str]) -> str:
        pk = self.registration(someone).pk
        return reverse(f"admin:registrations_registration_{name}", args=[pk])

    def wait_for_mails(self) -> None:
        on_its_way = Message.objects.filter(state__in=[MessageState.QUEUED, MessageState.SENDING])
        wait_until(lambda: not on_its_way.exists())

    def use_everything(self) -> None:
        self.visitor().post(self.form, self.fields(XENIA))
        visitor = self.visitor()
        visitor.post(self.form, self.fields(ZEBULON))
        self.wait_for_mails()
        # Errors first: a form with a fault, addresses where none should be, a link cut short.
        visitor.post(self.form, self.fields(ZEBULON, territories=[]))
        visitor.get(f"/mes-inscriptions/?email={ZEBULON['email']}&tel={ZEBULON['phone']}")
        visitor.get(self.space(ZEBULON)[:-3] + "/")
        visitor.post(self.form, self.fields(ZEBULON, first_name="Zébulon-Autre"))
        visitor.post("/mes-inscriptions/", {"email": ZEBULON["email"]})
        visitor.post(self.space(ZEBULON, "modifier/"), self.fields(ZEBULON))
        visitor.post(self.space(ZEBULON, "annuler/"))
        self.restore(visitor)
        self.hand_over(visitor)
        visitor.post(self.form, self.fields(ZEBULON))
        self.refuse_one_mail()
        self.team_reads_and_exports()
        self.wait_for_mails()

    def restore(self, visitor: Browser) -> None:
        token = re.search(r'value="(\w{64})"', visitor.get(self.space(ZEBULON)))
        visitor.send(self.space(ZEBULON, "retablir/"), {}, token[1])

    def hand_over(self, visitor: Browser) -> None:
        """Zébulon gives his place to Yolande, then comes back."""
        names = {name: YOLANDE[name] for name in ("first_name", "last_name", "email")}
        visitor.post(self.space(ZEBULON, "remplacer/"), names)
        self.wait_for_mails()
        asked = Replacement.objects.get()
        self.tokens.add(asked.token)
        visitor.post(f"/remplacements/{asked.token}/", self.fields(YOLANDE))
        assert self.registration(YOLANDE).replaces is not None

    def refuse_one_mail(self) -> None:
        """As servers do, it quotes the address."""
        self.wait_for_mails()
        self.letterbox.answers["RCPT"] = [f"550 5.1.1 <{YOLANDE['email']}> unknown"]
        outbox.queue("confirmation", registration=self.registration(YOLANDE))
        failed = Message.objects.filter(state=MessageState.FAILED)
        wait_until(failed.exists)

    def team_reads_and_exports(self) -> None:
        people = reverse("admin:registrations_registration_changelist")
        self.team.get(f"{people}?q={urllib.parse.quote(ZEBULON['last_name'])}")
        self.team.get(self.page_of_the_team("change", ZEBULON))
        for file_format in ("csv", "ods", "xlsx"):
            self.team.post(
                reverse("admin:registrations_registration_export", args=[self.cycle.pk]),
                {"part": "cycle", "file_format": file_format, "with_needs": "on"},
            )
        assert ZEBULON["phone"] in self.team.post(self.page_of_the_team("own_data", ZEBULON))
        sent = Message.objects.filter(recipient=ZEBULON["email"], state=MessageState.SENT)
        again = reverse("admin:registrations_message_change", args=[sent.first().pk])
        self.team.post(again.replace("change/", "renvoyer/"))


@pytest.fixture
def scene(tmp_path) -> Iterator[Scene]:
    """The demonstration, served by gunicorn and mailed by a worker that purges nothing itself."""
    sync_roles()
    call_command("demo", verbosity=0)
    worker = [sys.executable, "manage.py", "run_worker", "--without-purge"]
    with ExitStack() as stack:
        letterbox = stack.enter_context(smtp_server())
        programs = Programs(tmp_path, database_url(), letterbox.port)
        web = stack.enter_context(programs.web())
        stack.enter_context(programs.run("worker", worker))
        yield Scene(web.port, letterbox)


def test_nothing_is_left_of_whoever_is_erased(scene):
    scene.use_everything()
    assert columns_with(ZEBULON, YOLANDE) == {
        *(f"registrations_registration.{name}" for name in (*ZEBULON, "email_key")),
        *(f"registrations_message.{name}" for name in ("recipient", "text_body", "html_body")),
        *(f"registrations_replacement.{name}" for name in ("first_name", "last_name", "email")),
        "django_session.decoded",
    }

    # The place that Zébulon gave away and the one he has now, by the person and by the team.
    scene.visitor().post(scene.space(ZEBULON, "effacer/"), {"is_understood": "on"})
    for someone in (ZEBULON, YOLANDE):
        page = scene.page_of_the_team("erase", someone)
        scene.team.post(page, {"cause": "asked", "everywhere": "on"})
    scene.wait_for_mails()

    last = [mail["To"] for mail in scene.letterbox.mails if "effacées" in mail["Subject"]]
    # Not to Yolande, whose address receives nothing.
    assert last == [ZEBULON["email"], ZEBULON["email"]]
    assert columns_with(ZEBULON, YOLANDE) == set()
    assert bytes_with(ZEBULON, YOLANDE) == []
    # What is searched for can be found.
    assert "django_session.decoded" in columns_with(XENIA)
    assert connection.vendor != "sqlite" or bytes_with(XENIA) != []
    assert problems(timezone.now()) == []


def test_nothing_is_left_of_anybody_once_their_term_is_over(scene):
    scene.use_everything()
    sizes = Counter(Registration.objects.values_list("cycle", flat=True)).values()
    n_counted = sum(n for n in sizes if n >= policy().smallest_figure)
    with PEOPLE.open(encoding="utf-8", newline="") as file:
        demonstrated = list(csv.DictReader(file))
    texts = [each[name] for each in demonstrated for name in ("email", "phone") if each[name]]
    assert sum(any(text in cell for _, cell in cells()) for text in texts) == len(texts)

    services.purge(now=timezone.now() + timedelta(days=5 * 365), anyway=True)

    assert columns_with(ZEBULON, YOLANDE, XENIA) == set()
    assert bytes_with(ZEBULON, YOLANDE, XENIA) == []
    assert [(text, column) for column, cell in cells() for text in texts if text in cell] == []
    past = PastFigure.objects.filter(by=PastFigure.By.GROUP)
    assert 0 < sum(past.values_list("n", flat=True)) == n_counted
    assert problems(timezone.now()) == []


def test_nobody_is_named_in_the_logs(scene, tmp_path):
    scene.use_everything()
    scene.visitor().post(scene.space(ZEBULON, "effacer/"), {"is_understood": "on"})
    scene.wait_for_mails()

    logs = {log.name: log.read_text() for log in tmp_path.glob("*.log")}

    assert sorted(logs) == ["web.log", "worker.log"]
    # The errors that were provoked are there.
    assert "[lien]" in logs["web.log"]
    assert "NEVER" in logs["worker.log"]
    written = "".join(logs.values())
    secrets = [mark for each in (ZEBULON, YOLANDE, XENIA) for mark in marks_of(each)]
    assert [secret for secret in (*secrets, *scene.tokens) if secret in written] == []
