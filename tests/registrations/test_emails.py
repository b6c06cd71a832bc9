"""What each kind of mail says, to whom, and when it says nothing."""

import re
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from html.parser import HTMLParser
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from registrations import emails, outbox
from registrations.emails.assembly import shorten
from registrations.emails.kinds import BUILDERS
from registrations.models import Message, Registration
from registrations.models.messages import MessageKind
from registrations.services import (
    Cause,
    ask_replacement,
    erase,
    find_links,
    replace,
)
from registrations.states import MessageState, Status
from sessions.agenda_changes import Change
from sessions.models import Reminder, Slot
from sessions.states import Mode
from sessions.typography import day, moment
from tests.calendars import read
from tests.factories import in_days, make_application, make_programme, make_registration

pytestmark = pytest.mark.django_db

TITLE = "Initier un plan de lutte contre les discriminations"
GROUP = "Délégués du préfet et professionnels de la DDCS"
NB = "\u00a0"


@pytest.fixture
def registration():
    return make_registration(make_programme())


def fresh(registration):
    return Registration.objects.with_offer().get(pk=registration.pk)


def send(registration, kind, context=None, recipient=None):
    """The mail as its addressee parses it; None when there is nothing to say."""
    message = outbox.queue(
        kind, registration=fresh(registration), context=context, recipient=recipient
    )
    return received(message)


def received(message):
    message = Message.objects.with_offer().get(pk=message.pk)
    draft = emails.prepare(message, timezone.now())
    if draft is None:
        return None
    content = emails.assemble(message, draft).message().as_bytes(linesep="\r\n")
    return BytesParser(policy=policy.default).parsebytes(content)


def text_of(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(mail):
    return mail.get_body(("html",)).get_content().replace("\r\n", "\n")


def words_of(mail):
    """The text of the HTML, in one line."""
    words = []
    parser = HTMLParser()
    parser.handle_data = words.append
    parser.feed(re.sub("<style>.*</style>", "", html_of(mail), flags=re.DOTALL))
    return re.sub("[ \n]+", " ", "".join(words))


def calendars_of(mail):
    """The method of each part, in its MIME type and in the file, and its events."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    read_parts = [read(part.get_content().encode()) for part in parts]
    assert [part.get_param("method") for part in parts] == [method for method, _ in read_parts]
    return read_parts


def link_of(registration):
    return f"http://testserver/inscriptions/{fresh(registration).token}/"


def seats_of(registration):
    return list(registration.seats.in_order())


def reminder_of(slot: Slot, text: str = "") -> dict:
    """The context of a reminder of this slot, with staff's own words."""
    rule, _ = Reminder.objects.update_or_create(
        cycle=slot.session.cycle, hours_before=24, defaults={"text": text}
    )
    return {"reminder": rule.pk, "slot": slot.pk, "starts_at": slot.starts_at.isoformat()}


def set_status(registration, status, **fields):
    fields = {"queued_at": timezone.now()} | fields if status == Status.WAITLISTED else fields
    Registration.objects.filter(pk=registration.pk).update(status=status, **fields)


def told(slot):
    """How a mail dates a slot."""
    return f"Le {day(slot.starts_at)}, de 9h00 à 12h00"


# Whatever the kind


def test_each_kind_has_its_function_and_its_templates():
    folder = Path(settings.BASE_DIR) / "templates" / "emails"
    files = {path.name for path in folder.iterdir() if not path.name.startswith("_")}

    assert set(BUILDERS) == set(MessageKind)
    assert files == {
        f"{kind}{end}" for kind in MessageKind for end in ("_subject.txt", ".txt", ".html")
    }


def all_mails(registration):
    """One mail of each kind, with all that may be in it."""
    cycle = registration.cycle
    gone = make_registration(cycle, "parti@nord.example.org")
    slot = seats_of(registration)[0].slot
    released_seat = gone.seats.in_order()[0]
    gone.seats.filter(pk=released_seat.pk).update(slot=None)
    released = [
        {
            "seat": released_seat.pk,
            "starts_at": slot.starts_at.isoformat(),
            "ends_at": slot.ends_at.isoformat(),
        }
    ]
    changes = [
        {
            "seat": gone.seats.in_order()[0].pk,
            "kinds": [change.name for change in Change],
            "before": {
                "starts_at": slot.starts_at.isoformat(),
                "ends_at": slot.ends_at.isoformat(),
            },
        }
    ]
    yield send(registration, MessageKind.CONFIRMATION)
    yield send(registration, MessageKind.PROMOTED)
    yield send(registration, MessageKind.ALREADY_REGISTERED)
    yield send(registration, MessageKind.LINK_ADDED, {"slots": [slot.pk]})
    yield send(registration, MessageKind.REMINDER, reminder_of(slot, "À demain."))
    yield send(gone, MessageKind.SEATS_CHANGED, {"released": released})
    yield send(
        gone,
        MessageKind.AGENDA_CHANGED,
        {"changes": changes, "released": released, "sentence": "Toutes nos excuses."},
    )
    find_links(registration.email)
    yield received(Message.objects.get(kind=MessageKind.FIND_LINK))
    now = timezone.now()
    replacement = ask_replacement(
        registration, first_name="Lou", last_name="Petit", email="lou@nord.example.org", now=now
    )
    yield received(Message.objects.get(kind=MessageKind.REPLACEMENT_ASKED))
    replace(replacement, application_of_lou(registration), now=now)
    yield received(Message.objects.get(kind=MessageKind.REPLACED))
    for status, kind, context in [
        (Status.CANCELLED, MessageKind.CANCELLED, {}),
        (Status.PENDING, MessageKind.PENDING, {}),
        (Status.REFUSED, MessageKind.REFUSED, {"reason": "Ce cycle est réservé à l’État."}),
        (Status.WAITLISTED, MessageKind.WAITLISTED, {}),
    ]:
        set_status(gone, status)
        yield send(gone, kind, context)
    set_status(gone, Status.WAITLISTED, offer_expires_at=in_days(1))
    yield send(gone, MessageKind.OFFERED)
    set_status(gone, Status.WAITLISTED, offer_expires_at=None, offer_lapsed_at=now)
    yield send(gone, MessageKind.OFFER_LAPSED)
    erase(gone, cause=Cause.PERSON, now=now)
    yield received(Message.objects.get(kind=MessageKind.ERASED))


def application_of_lou(registration):
    return make_application(
        registration.profile, "lou@nord.example.org", first_name="Lou", last_name="Petit"
    )


def test_every_mail_can_be_read_aloud_and_answered(registration):
    mails = list(all_mails(registration))

    assert len(mails) == len(MessageKind)
    for mail in mails:
        html, text = html_of(mail), text_of(mail)
        assert 0 < len(mail["Subject"].strip()) <= 70
        assert mail["From"] == "IREV <inscriptions@irev.example>"
        assert mail["Reply-To"] == "Camille Durand <contact@irev.example>"
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
    message.text_body += f"personal-link-{other.pk}-end"

    with pytest.raises(KeyError):
        emails.assemble(message, draft)


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


# Registering


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


# Offers and replacements


def test_offered_tells_the_deadline(registration):
    deadline = in_days(1, 18)
    set_status(registration, Status.WAITLISTED, offer_expires_at=deadline)

    mail = send(registration, MessageKind.OFFERED)

    assert f"réservée jusqu’au {moment(deadline)}{NB}: acceptez-la" in text_of(mail)
    assert f"Accepter cette place{NB}: {link_of(registration)}\n" in text_of(mail)
    assert "visio.numerique" not in text_of(mail)


def test_offered_is_not_told_too_late(registration):
    set_status(registration, Status.WAITLISTED, offer_expires_at=in_days(-1))

    assert send(registration, MessageKind.OFFERED) is None


def test_offer_lapsed_says_so(registration):
    set_status(registration, Status.WAITLISTED, offer_lapsed_at=timezone.now())

    assert "n’a pas été acceptée à temps" in text_of(send(registration, MessageKind.OFFER_LAPSED))


@pytest.fixture
def replacement(registration):
    return ask_replacement(
        registration,
        first_name="Lou",
        last_name="Petit",
        email="lou@nord.example.org",
        now=timezone.now(),
    )


def test_replacement_asked_goes_to_the_colleague_with_their_own_link(registration, replacement):
    mail = received(Message.objects.get(kind=MessageKind.REPLACEMENT_ASKED))

    text = text_of(mail)
    assert mail["To"] == "lou@nord.example.org"
    assert text.startswith("Bonjour Lou Petit,\n\nAlix Martin vous propose de prendre sa place")
    assert f"http://testserver/remplacements/{replacement.token}/" in text
    assert registration.token not in text + html_of(mail)
    assert "visio.numerique" not in text + html_of(mail)


def test_replacement_asked_is_not_told_once_answered(registration, replacement):
    message = Message.objects.get(kind=MessageKind.REPLACEMENT_ASKED)

    replace(replacement, application_of_lou(registration), now=timezone.now())

    assert received(message) is None


def test_replaced_takes_the_slots_out_of_the_calendar(registration, replacement):
    _, before = calendars_of(send(registration, MessageKind.CONFIRMATION))[0]
    old_link = link_of(registration)
    replace(replacement, application_of_lou(registration), now=timezone.now())

    mail = received(Message.objects.get(kind=MessageKind.REPLACED))

    assert "Lou Petit a accepté votre place" in text_of(mail)
    assert [method for method, _ in calendars_of(mail)] == ["CANCEL"] * 3
    assert [(events[0].uid, events[0].sequence) for _, events in calendars_of(mail)] == [
        (event.uid, event.sequence + 1) for event in before
    ]
    assert old_link not in text_of(mail)
    assert link_of(registration) not in text_of(mail)


# Changes


def test_seats_changed_publishes_what_stays_and_cancels_what_goes(registration):
    kept, gone = seats_of(registration)[1], seats_of(registration)[0]
    slot = gone.slot
    released = {
        "seat": gone.pk,
        "starts_at": slot.starts_at.isoformat(),
        "ends_at": slot.ends_at.isoformat(),
    }
    registration.seats.filter(pk=gone.pk).update(slot=None, sequence=4)

    mail = send(registration, MessageKind.SEATS_CHANGED, {"released": [released]})

    (publish, kept_events), (cancel, gone_events) = calendars_of(mail)
    assert (publish, cancel) == ("PUBLISH", "CANCEL")
    assert kept.uid in [event.uid for event in kept_events]
    assert [(event.uid, event.sequence) for event in gone_events] == [(gone.uid, 4)]
    assert f"Session 1, le {day(slot.starts_at)}, de 9h00 à 12h00" in text_of(mail)
    inline = [part for part in mail.iter_parts() if part.get_content_type() == "text/calendar"]
    assert [part.get_content_disposition() for part in inline] == ["inline"]


def test_seats_changed_forgets_a_slot_that_came_back(registration):
    seat = seats_of(registration)[0]
    times = {
        "starts_at": seat.slot.starts_at.isoformat(),
        "ends_at": seat.slot.ends_at.isoformat(),
    }

    mail = send(registration, MessageKind.SEATS_CHANGED, {"released": [{"seat": seat.pk, **times}]})

    assert [method for method, _ in calendars_of(mail)] == ["PUBLISH"]


def change_of(seat, *kinds, before=None):
    return {"seat": seat.pk, "kinds": [kind.name for kind in kinds], "before": before}


def times_of(slot):
    return {"starts_at": slot.starts_at.isoformat(), "ends_at": slot.ends_at.isoformat()}


def agenda_context(*changes, released=(), sentence=""):
    return {"changes": list(changes), "released": list(released), "sentence": sentence}


def test_agenda_changed_tells_before_and_after(registration):
    seat = seats_of(registration)[0]
    slot = seat.slot
    before = times_of(slot)
    was = day(slot.starts_at)
    slot.starts_at, slot.ends_at = in_days(60, 14), in_days(60, 17)
    slot.save()
    context = agenda_context(
        change_of(seat, Change.MOVED, before=before), sentence="Toutes nos excuses."
    )

    mail = send(registration, MessageKind.AGENDA_CHANGED, context)

    assert (
        f"Toutes nos excuses.\n\nCe qui a changé\n\nSession 1{NB}: Contenu 1\n"
        f"Le {day(slot.starts_at)}, de 14h00 à 17h00\nCet horaire est nouveau.\n"
        f"Avant{NB}: le {was}, de 9h00 à 12h00.\n"
    ) in text_of(mail)
    ((method, events),) = calendars_of(mail)
    assert (method, [event.uid for event in events]) == ("PUBLISH", [seat.uid])


def test_agenda_changed_says_nothing_of_an_hour_that_is_the_same_again(registration):
    seat = seats_of(registration)[0]
    context = agenda_context(change_of(seat, Change.LINK_CHANGED, before=times_of(seat.slot)))

    text = text_of(send(registration, MessageKind.AGENDA_CHANGED, context))

    assert f"Le lien de connexion a changé{NB}: n’utilisez plus l’ancien.\n" in text
    assert "Avant" not in text


def test_agenda_changed_tells_those_who_wait_without_calendar_nor_link(registration):
    seat = seats_of(registration)[0]
    set_status(registration, Status.WAITLISTED)
    context = agenda_context(change_of(seat, Change.MOVED, before=times_of(seat.slot)))

    mail = send(registration, MessageKind.AGENDA_CHANGED, context)

    assert calendars_of(mail) == []
    assert "visio.numerique" not in text_of(mail)
    assert "joint" not in text_of(mail)


def test_agenda_changed_cancels_a_slot_that_does_not_take_place(registration):
    seat = seats_of(registration)[0]
    released = [{"seat": seat.pk, **times_of(seat.slot)}]
    registration.seats.filter(pk=seat.pk).update(slot=None)

    mail = send(registration, MessageKind.AGENDA_CHANGED, agenda_context(released=released))

    assert mail["Subject"].strip() == f"Séance annulée – {TITLE}"
    assert [method for method, _ in calendars_of(mail)] == ["CANCEL"]


def test_link_added_has_the_slots_whose_link_is_known(registration):
    seats = seats_of(registration)
    without = seats[1].slot
    without.video_url = ""
    without.save()
    context = {"slots": [seats[0].slot.pk, without.pk]}

    mail = send(registration, MessageKind.LINK_ADDED, context)

    assert "Session 1" in text_of(mail)
    assert "Session 2" not in text_of(mail)
    ((_, events),) = calendars_of(mail)
    assert [event.location for event in events] == [seats[0].slot.video_url]


@pytest.mark.parametrize(
    ("days", "when"), [(0, "aujourd’hui à 14h30"), (1, "demain à 9h00"), (2, "le {day} à 9h00")]
)
@time_machine.travel(in_days(0, 12), tick=False)
def test_reminder_says_when_with_the_link(registration, days, when):
    slot = seats_of(registration)[0].slot
    slot.starts_at = in_days(days, *((14, 30) if days == 0 else (9,)))
    slot.ends_at = slot.starts_at + timedelta(hours=3)
    slot.save()
    when = when.format(day=day(slot.starts_at))

    mail = send(registration, MessageKind.REMINDER, reminder_of(slot, "Venez à l’heure."))

    assert mail["Subject"].strip().startswith(f"Rappel – {when}{NB}: Initier")
    assert f"a lieu {when}.\n\nVenez à l’heure.\n" in text_of(mail)
    assert slot.video_url in text_of(mail)
    assert calendars_of(mail) == []


def test_reminder_says_nothing_once_begun_or_left(registration):
    begun, left = (seat.slot for seat in seats_of(registration)[:2])
    begun.starts_at = timezone.now() - timedelta(minutes=1)
    begun.save()
    registration.seats.filter(slot=left).update(slot=None)

    for slot in (begun, left):
        assert send(registration, MessageKind.REMINDER, reminder_of(slot)) is None


# Leaving


def test_cancelled_takes_every_slot_to_come_out_of_the_calendar(registration):
    set_status(registration, Status.CANCELLED)
    registration.seats.update(sequence=1)

    mail = send(registration, MessageKind.CANCELLED)

    parts = calendars_of(mail)
    assert [method for method, _ in parts] == ["CANCEL"] * 3
    assert [(events[0].uid, events[0].sequence) for _, events in parts] == [
        (seat.uid, 1) for seat in seats_of(registration)
    ]
    assert "vous pouvez rétablir votre inscription" in text_of(mail)


def test_cancelled_leaves_alone_the_calendar_of_someone_who_waited(registration):
    set_status(registration, Status.CANCELLED, confirmed_at=None)

    mail = send(registration, MessageKind.CANCELLED)

    assert calendars_of(mail) == []
    assert "agenda" not in text_of(mail)


def test_cancelled_with_the_cycle_says_so(registration):
    set_status(registration, Status.CANCELLED)
    context = {"cycle_cancelled": True, "sentence": "L’intervenante est souffrante."}

    mail = send(registration, MessageKind.CANCELLED, context)

    assert mail["Subject"].strip() == "Annulation du cycle – Initier un plan de lutte contre les…"
    assert "est annulé, et votre inscription avec lui.\n\nL’intervenante" in text_of(mail)
    assert "rétablir" not in text_of(mail)


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
