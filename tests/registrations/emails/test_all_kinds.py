"""What holds of every mail, whatever it says."""

import re
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from registrations import emails, outbox
from registrations.cleaning import clean_line, clean_name
from registrations.emails.assembly import shorten
from registrations.emails.kinds import BUILDERS
from registrations.emails.marks import mark
from registrations.links import personal_page
from registrations.models.messages import MessageKind
from registrations.states import MessageState, Status
from sessions.models import Cycle, Session, Slot
from sessions.states import Mode
from tests.factories import make_registration
from tests.mails import (
    all_mails,
    calendars_of,
    fresh,
    html_of,
    link_of,
    send,
    set_status,
    text_of,
    words_of,
)

pytestmark = pytest.mark.django_db


def test_each_kind_has_its_function_and_its_templates():
    folder = Path(settings.BASE_DIR) / "templates" / "emails"
    files = {path.name for path in folder.iterdir() if not path.name.startswith("_")}

    assert set(BUILDERS) == set(MessageKind)
    assert files == {
        f"{kind}{end}" for kind in MessageKind for end in ("_subject.txt", ".txt", ".html")
    }


def test_every_mail_can_be_read_aloud_and_answered(registration):
    mails = list(all_mails(registration))

    assert len(mails) == len(MessageKind)
    for mail in mails:
        html, text = html_of(mail), text_of(mail)
        assert 0 < len(mail["Subject"].strip()) <= 70
        assert mail["From"] == "IREV <inscriptions@irev.example>"
        of_a_cycle = mail["To"] != "claude@irev.example"
        assert mail["Reply-To"] == ("Camille Durand <contact@irev.example>" if of_a_cycle else None)
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"
        assert html.startswith('<!DOCTYPE html>\n<html lang="fr">')
        assert html.count("<h1>") == 1
        assert f"<title>{mail['Subject'].strip()}</title>" in html
        # Nothing comes from elsewhere, nothing is laid out in tables or drawn in characters.
        assert re.findall(r"<img|<table|src=|@import|url\(", html) == []
        assert re.findall(r"[-=*_]{3,}|\t", text) == []
        assert "-link-" not in html + text
        # French typography: no plain space where the line must not break.
        assert re.findall(r" [:;!?»]|« ", text.replace("Avant :", "")) == []
        assert "Bien cordialement," in text
        assert re.search("[Vv]ous recevez ce courriel|Si vous n’avez rien demandé", text)
        assert text.endswith("\u00a0: http://testserver/donnees-personnelles/\n")
        assert '<a href="http://testserver/donnees-personnelles/">Données personnelles</a>' in html


def test_every_mail_says_the_same_in_text_and_in_html(registration):
    lost = []
    for mail in all_mails(registration):
        said = words_of(mail)
        lost += [
            line
            for line in text_of(mail).splitlines()
            # Addresses are behind words in HTML, which has no list of them.
            if "http" not in line and line not in said
        ]

    assert lost == []


def test_every_mail_keeps_a_hostile_name_as_text(registration):
    registration.first_name = "<b>Alix</b>"
    registration.save()

    mail = send(registration, MessageKind.CONFIRMATION)

    assert "&lt;b&gt;Alix&lt;/b&gt; Martin" in html_of(mail)
    assert "Bonjour <b>Alix</b> Martin," in text_of(mail)


def test_mail_carries_the_links_of_its_own_addressee_only(registration):
    other = make_registration(registration.cycle, "autre@nord.example.org")
    message = outbox.queue(MessageKind.CONFIRMATION, registration=fresh(registration))
    draft = emails.prepare(message, timezone.now())
    message.text_body += mark(other)

    text = emails.assemble(message, draft).body

    assert text.count(personal_page(registration)) == 1
    assert other.token not in text


# What stood for links once, and what somebody who reads the code may try.
@pytest.mark.parametrize("text", ["personal-link-999-end", "personal-link-1", "replacement-link-1"])
def test_text_that_looks_like_a_mark_stays_a_text(registration, text):
    for row, names in (
        (registration, ("first_name", "last_name")),
        (registration.cycle, ("title", "contact_name")),
    ):
        type(row).objects.filter(pk=row.pk).update(**dict.fromkeys(names, text))
    Session.objects.update(title=text)
    Slot.objects.update(mode=Mode.IN_PERSON, place=text)

    mail = send(fresh(registration), MessageKind.CONFIRMATION)

    assert mail["Reply-To"] == f"{text} <contact@irev.example>"
    assert f"Bonjour {text} {text}," in text_of(mail)
    assert html_of(mail).count(link_of(registration)) == 1


def test_nobody_types_a_mark(registration):
    typed = mark(registration)

    for clean in (clean_name, partial(clean_line, max_length=100)):
        with pytest.raises(ValidationError) as refused:
            clean(typed)
        assert refused.value.code == "control"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("contact_name", "Camille\u2028Durand"),
        ("contact_name", "Camille\x0bDurand"),
        ("contact_name", "Camille\x07"),
        ("contact_email", "camille@exämple.fr"),
        ("contact_email", "İ@irev.example"),
        ("contact_email", "camille\u202e@irev.example"),
        ("contact_email", "camille@[127.0.0.1]"),
    ],
)
def test_contact_that_no_header_takes_stops_no_mail(registration, caplog, field, value):
    Cycle.objects.update(**{field: value})

    mail = send(fresh(registration), MessageKind.CONFIRMATION)

    assert mail["Reply-To"] is None
    assert len(calendars_of(mail)) == 1
    assert {record.getMessage().split(", ")[0] for record in caplog.records} == {
        f"cycle {registration.cycle_id}: its contact gets no answers"
    }
    assert value not in caplog.text


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("Confirmation – Cycle", "Confirmation – Cycle"),
        ("x" * 69 + " y", "x" * 69 + "…"),
        ("Liste d’attente – " + "mot " * 20, "Liste d’attente – " + "mot " * 12 + "mot…"),
        ("Titre\x0bcollé d’une diapositive\r\nBcc: x", "Titre collé d’une diapositive Bcc: x"),
        ("mot " * 16 + "seul, – suite et fin", "mot " * 16 + "seul…"),
    ],
)
def test_subject_is_one_line_cut_between_words(subject, shown):
    assert shorten(subject) == shown
    assert len(shown) <= 70


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (MessageKind.CONFIRMATION, Status.WAITLISTED),
        (MessageKind.PROMOTED, Status.CANCELLED),
        (MessageKind.WAITLISTED, Status.CONFIRMED),
        (MessageKind.PENDING, Status.CONFIRMED),
        (MessageKind.REFUSED, Status.PENDING),
        (MessageKind.ALREADY_REGISTERED, Status.CANCELLED),
        (MessageKind.SEATS_CHANGED, Status.CANCELLED),
        (MessageKind.CANCELLED, Status.CONFIRMED),
        (MessageKind.OFFERED, Status.CONFIRMED),
        (MessageKind.OFFER_LAPSED, Status.CONFIRMED),
    ],
)
def test_mail_that_is_not_true_any_more_is_dropped(registration, kind, status):
    set_status(registration, status)

    message = outbox.queue(kind, registration=fresh(registration))

    assert (message.state, message.text_body) == (MessageState.DROPPED, "")
