"""What those who register are told, and where they stand."""

import re

import pytest

from registrations.models import Message
from registrations.models.messages import MessageKind
from registrations.services import find_links
from registrations.states import Status
from sessions.states import Mode
from sessions.typography import day
from tests.factories import in_days, make_programme, make_registration
from tests.mails import (
    NB,
    TITLE,
    calendars_of,
    html_of,
    link_of,
    received,
    seats_of,
    send,
    set_status,
    text_of,
)

pytestmark = pytest.mark.django_db

GROUP = "Délégués du préfet et professionnels de la DDCS"


def told(slot):
    """How a mail dates a slot."""
    return f"Le {day(slot.starts_at)}, de 9h00 à 12h00"


def test_confirmation_has_the_slots_the_links_and_the_calendar(registration):
    slots = [seat.slot for seat in seats_of(registration)]

    mail = send(registration, MessageKind.CONFIRMATION)

    text = text_of(mail)
    assert mail["Subject"].strip() == (
        "Confirmation d’inscription – Initier un plan de lutte contre les…"
    )
    assert f"cycle «{NB}{TITLE}{NB}» est confirmée, dans le groupe «{NB}{GROUP}{NB}»." in text
    for number, slot in enumerate(slots, start=1):
        assert (
            f"Session {number}{NB}: Contenu {number}\n{told(slot)}\nEn visioconférence\n"
            f"Lien de connexion{NB}: {slot.video_url}\n"
        ) in text
        assert f'href="{slot.video_url}"' in html_of(mail)
    assert f"Gérer mon inscription{NB}: {link_of(registration)}\n" in text
    ((method, events),) = calendars_of(mail)
    assert method == "PUBLISH"
    assert [event.starts_at for event in events] == [slot.starts_at for slot in slots]


def test_confirmation_has_its_calendar_as_every_client_wants_it(registration):
    mail = send(registration, MessageKind.CONFIRMATION)

    alternatives, attachment = mail.iter_parts()
    types = [part.get_content_type() for part in alternatives.iter_parts()]
    assert mail.get_content_type() == "multipart/mixed"
    assert types == ["text/plain", "text/html", "text/calendar"]
    calendar = list(alternatives.iter_parts())[2]
    assert dict(calendar["Content-Type"].params) == {"method": "PUBLISH", "charset": "utf-8"}
    assert calendar["Content-Disposition"] is None
    assert attachment.get_content_type() == "application/ics"
    assert attachment.get_filename() == "seances.ics"
    assert attachment.get_content() == calendar.get_content().encode()


def test_confirmation_says_when_a_link_is_not_known_yet(registration):
    slot = seats_of(registration)[1].slot
    slot.video_url = ""
    slot.save()

    text = text_of(send(registration, MessageKind.CONFIRMATION))

    assert (
        f"{told(slot)}\nEn visioconférence\nLe lien de connexion n’est pas encore connu{NB}: "
        "vous le recevrez par courriel dès qu’il le sera.\n"
    ) in text


def test_confirmation_tells_the_place(registration):
    slot = seats_of(registration)[1].slot
    slot.mode, slot.video_url, slot.place = Mode.IN_PERSON, "", "23 avenue Le Corbusier, Lille"
    slot.save()

    text = text_of(send(registration, MessageKind.CONFIRMATION))

    assert f"{told(slot)}\nEn présentiel{NB}: 23 avenue Le Corbusier, Lille\n" in text


def test_confirmation_leaves_out_what_is_over(registration):
    slot = seats_of(registration)[0].slot
    slot.starts_at, slot.ends_at = in_days(-1), in_days(-1, 12)
    slot.save()

    mail = send(registration, MessageKind.CONFIRMATION)

    assert "Session 1" not in text_of(mail)
    assert len(calendars_of(mail)[0][1]) == 2


def test_confirmation_shows_a_short_address_and_not_an_endless_one(registration):
    short, long = (seat.slot for seat in seats_of(registration)[:2])
    long.video_url = "https://teams.microsoft.com/l/meetup-join/" + "a1" * 100
    long.save()

    html = html_of(send(registration, MessageKind.CONFIRMATION))

    assert f"Adresse du lien&nbsp;: {short.video_url}" in html.replace(NB, "&nbsp;")
    assert html.count(long.video_url) == 1


@pytest.mark.parametrize(
    ("kind", "status", "subject", "sentence"),
    [
        (
            MessageKind.WAITLISTED,
            Status.WAITLISTED,
            f"Liste d’attente – {TITLE}",
            f"Le groupe «{NB}{GROUP}{NB}» est complet{NB}: vous êtes sur liste d’attente.",
        ),
        (
            MessageKind.PENDING,
            Status.PENDING,
            "Demande d’inscription reçue – Initier un plan de lutte contre les…",
            f"L’IREV doit encore la valider{NB}: un courriel vous donnera la réponse.",
        ),
    ],
)
def test_mails_of_those_without_a_place_have_dates_and_no_link(
    registration, kind, status, subject, sentence
):
    registration.cycle.requires_validation = True
    registration.cycle.save()
    set_status(registration, status)

    mail = send(registration, kind)

    assert mail["Subject"].strip() == subject
    assert sentence in text_of(mail)
    assert told(seats_of(registration)[0].slot) in text_of(mail)
    assert "visio.numerique" not in text_of(mail) + html_of(mail)
    assert calendars_of(mail) == []


def test_pending_asks_to_confirm_where_the_team_does_not_decide(registration):
    set_status(registration, Status.PENDING)

    mail = send(registration, MessageKind.PENDING)

    asked = f"ouvrez votre lien personnel, puis «{NB}Confirmer mon inscription{NB}»."
    assert asked in text_of(mail)
    assert "Confirmer mon inscription" in html_of(mail)
    assert registration.token in text_of(mail)


def test_promoted_says_what_changed_and_gives_the_calendar(registration):
    mail = send(registration, MessageKind.PROMOTED)

    assert mail["Subject"].strip() == (
        "Une place s’est libérée – Initier un plan de lutte contre les…"
    )
    assert "Vous n’êtes plus sur liste d’attente." in text_of(mail)
    assert [method for method, _ in calendars_of(mail)] == ["PUBLISH"]


def test_already_registered_says_the_state_and_the_link(registration):
    mail = send(registration, MessageKind.ALREADY_REGISTERED)

    assert f"Son état{NB}: confirmée." in text_of(mail)
    assert link_of(registration) in text_of(mail)
    assert calendars_of(mail) == []


def test_refused_gives_the_reason_of_staff(registration):
    set_status(registration, Status.REFUSED)

    mail = send(registration, MessageKind.REFUSED, {"reason": "Cycle complet.\nÀ bientôt <b>"})

    assert "\n\nCycle complet.\nÀ bientôt <b>\n" in text_of(mail)
    assert "Cycle complet.<br>À bientôt &lt;b&gt;" in html_of(mail)
    assert "Gérer mon inscription" not in text_of(mail)


def test_find_link_lists_each_registration_alive(registration):
    second = make_registration(make_programme("deuxieme"), "ALIX.Martin@nord.example.org")
    gone = make_registration(make_programme("troisieme"), registration.email)
    set_status(gone, Status.CANCELLED)
    make_registration(registration.cycle, "autre@nord.example.org")

    find_links(registration.email)
    mail = received(Message.objects.get())

    links = re.findall(r"http://testserver/inscriptions/\S+", text_of(mail))
    assert links == [link_of(second), link_of(registration)]
    assert text_of(mail).startswith("Madame, Monsieur,\n")
