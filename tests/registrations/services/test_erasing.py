"""Erasing a person: what goes, who gets their places, what they are told."""

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.utils import timezone

from registrations import outbox, services
from registrations.invariants import problems
from registrations.models import (
    Destruction,
    Message,
    Registration,
    RegistrationEvent,
    Replacement,
    Seat,
)
from registrations.models.messages import MessageKind
from registrations.services import Cause
from registrations.states import MessageState, Status
from registrations.transport import Courier
from tests.calendars import read
from tests.factories import (
    form_data,
    make_account,
    make_application,
    make_destruction,
    make_programme,
    make_replacement,
    make_territory,
)
from tests.registrations.services.asking import profiles_of, register
from tests.smtp import smtp_server
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def erase(registration, cause=Cause.PERSON, by=None):
    services.erase(registration, cause=cause, now=timezone.now(), by=by)


def replaced_by(registration, email):
    return services.replace(
        make_replacement(registration, email=email),
        make_application(registration.profile, email, first_name="Lou", last_name="Petit"),
        now=timezone.now(),
    )


def test_erase_takes_everything_and_leaves_a_line_of_the_register():
    cycle = make_programme()
    registration = register(cycle, territories=[make_territory()])
    account = make_account()

    erase(registration, Cause.OBJECTION, by=account)

    assert [model.objects.count() for model in (Registration, Seat, RegistrationEvent)] == [0] * 3
    assert Registration.territories.through.objects.count() == 0
    line = Destruction.objects.get()
    assert (line.rule, line.fate, line.cycle, line.n, line.cause, line.by) == (
        *("registrations", "delete", cycle, 1, "objection"),
        account,
    )
    assert problems(timezone.now()) == []


def test_erase_gives_the_places_to_whoever_waits():
    cycle = make_programme(capacity=1)
    registration = register(cycle)
    waiting = register(cycle, "autre@nord.example.org")

    erase(registration)

    waiting.refresh_from_db()
    assert waiting.status == Status.CONFIRMED
    assert problems(timezone.now()) == []


def test_erase_again_changes_nothing():
    registration = register(make_programme())

    erase(registration)
    erase(registration)

    assert (Destruction.objects.count(), Message.objects.count()) == (1, 1)


def test_last_mail_takes_the_slots_out_of_the_calendar_then_goes_itself(settings):
    registration = register(make_programme())
    sequences = list(registration.seats.order_by("pk").values_list("sequence", flat=True))
    uids = {seat.uid for seat in registration.seats.in_order()}
    erase(registration)
    settings.EMAIL_BACKEND = "registrations.transport.SmtpBackend"

    with smtp_server() as letterbox:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", letterbox.port
        outbox.deliver(outbox.claim(), courier := Courier())
        courier.close()

    [mail] = letterbox.mails
    assert mail["To"] == registration.email
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    events = [read(part.get_content().encode()) for part in parts]
    assert [method for method, _ in events] == ["CANCEL"] * 3
    cancelled = [event for _, found in events for event in found]
    assert {event.uid for event in cancelled} == uids
    assert [event.sequence for event in cancelled] == [n + 1 for n in sequences]
    assert Message.objects.count() == 0
    assert outbox.claim() is None


@pytest.mark.parametrize(("state", "n_cancelled"), [("queued", 3), ("sent", 0)])
def test_last_mail_takes_out_of_the_calendar_what_leaving_had_not_yet(state, n_cancelled):
    registration = register(make_programme())
    services.cancel(registration, now=timezone.now())
    registration.messages.update(state=state, sent_at=timezone.now())

    erase(registration)

    message = Message.objects.get(kind=MessageKind.ERASED)
    assert len(message.context["cancelled"]) == n_cancelled


@pytest.mark.parametrize(
    ("answers", "left"), [(["550 5.1.1 nobody"], []), (["451 later"], [MessageState.QUEUED])]
)
def test_last_mail_goes_when_refused_and_stays_while_it_is_tried(settings, answers, left):
    erase(register(make_programme()))
    settings.EMAIL_BACKEND = "registrations.transport.SmtpBackend"

    with smtp_server() as letterbox:
        letterbox.answers["RCPT"] = list(answers)
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", letterbox.port
        outbox.deliver(outbox.claim(), courier := Courier())
        courier.close()

    assert list(Message.objects.values_list("state", flat=True)) == left


def test_address_that_is_refused_gets_no_last_mail():
    registration = register(make_programme())
    Registration.objects.update(address_failed_at=timezone.now(), address_failure="550 5.1.1")

    erase(registration)

    assert Message.objects.count() == 0


def test_mails_that_were_to_leave_are_not_sent_any_more():
    registration = register(make_programme())
    services.find_links(registration.email)

    erase(registration)

    assert list(Message.objects.values_list("kind", flat=True)) == [MessageKind.ERASED]


def test_link_that_was_asked_is_sent_for_what_is_left():
    registration = register(make_programme())
    other = register(make_programme("autre"))
    services.find_links(registration.email)

    erase(registration)

    assert set(Message.objects.values_list("kind", "registration")) == {
        (MessageKind.ERASED, None),
        (MessageKind.FIND_LINK, None),
        (MessageKind.CONFIRMATION, other.pk),
    }


def test_requests_to_the_address_go_and_those_to_others_stay():
    cycle = make_programme()
    one = register(cycle, "un@nord.example.org")
    two = register(cycle, "deux@nord.example.org")
    make_replacement(one, email="Alix.Martin@nord.example.org")
    make_replacement(two, email="lou@nord.example.org")
    registration = register(make_programme("autre"))

    erase(registration)

    assert list(Replacement.objects.values_list("email", flat=True)) == ["lou@nord.example.org"]
    asked = Message.objects.filter(kind=MessageKind.REPLACEMENT_ASKED)
    assert list(asked.values_list("recipient", flat=True)) == ["lou@nord.example.org"]


def corrected(registration, email="lou.petit@nord.example.org"):
    return services.correct_address(registration, email, now=timezone.now(), by=None)


def test_request_that_gave_the_place_goes_once_the_address_was_corrected():
    newcomer = replaced_by(register(make_programme()), "lou@nord.example.org")
    corrected(newcomer)

    erase(newcomer)

    assert not Replacement.objects.exists()
    rows = str([*Message.objects.values(), *Registration.objects.values()])
    assert [trace for trace in ("Lou", "Petit", "lou@nord") if trace in rows] == []


def test_requests_to_a_former_address_go_and_those_of_a_namesake_of_it_stay():
    cycle = make_programme()
    registration = register(cycle, "lou@nord.example.org", last_name="Petit")
    other = make_programme("autre")
    make_replacement(register(other), last_name="PETIT")
    make_replacement(register(other, "un@nord.example.org"), last_name="Legrand")
    corrected(registration)

    erase(registration)

    assert list(Replacement.objects.values_list("last_name", flat=True)) == ["Legrand"]
    asked = Message.objects.filter(kind=MessageKind.REPLACEMENT_ASKED)
    assert list(asked.values_list("registration__email", flat=True)) == ["un@nord.example.org"]


def test_address_that_was_mistyped_and_is_somebody_elses_keeps_what_it_was_sent():
    cycle = make_programme()
    registration = register(cycle, "lou@nord.example.org", last_name="Petit")
    corrected(registration)
    register(make_programme("autre"), "lou@nord.example.org", last_name="Petit")
    make_replacement(register(cycle), email="lou@nord.example.org")
    services.find_links("lou@nord.example.org")

    erase(registration)

    assert Replacement.objects.get().email == "lou@nord.example.org"
    kinds = Message.objects.filter(recipient="lou@nord.example.org").values_list("kind", flat=True)
    assert sorted(kinds) == ["confirmation", "find_link", "replacement_asked"]


def test_link_asked_at_a_former_address_goes():
    registration = register(make_programme(), "lou@nord.example.org")
    services.find_links("lou@nord.example.org")
    corrected(registration)

    erase(registration)

    assert list(Message.objects.values_list("kind", flat=True)) == [MessageKind.ERASED]


def test_whoever_took_a_place_over_keeps_it_when_the_other_is_erased():
    registration = register(make_programme())
    newcomer = replaced_by(registration, "lou@nord.example.org")

    erase(registration)

    newcomer.refresh_from_db()
    assert (newcomer.status, newcomer.replaces) == (Status.CONFIRMED, None)
    assert problems(timezone.now()) == []


def test_name_told_to_the_one_replaced_goes_with_whoever_had_it():
    registration = register(make_programme())
    newcomer = replaced_by(registration, "lou@nord.example.org")
    told = registration.messages.get(kind=MessageKind.REPLACED)
    Message.objects.filter(pk=told.pk).update(
        state=MessageState.SENT,
        sent_at=timezone.now(),
        text_body="Lou Petit a accepté votre place.",
        html_body="<p>Lou Petit a accepté votre place.</p>",
        last_answer="250 Lou Petit",
    )

    erase(newcomer)

    told.refresh_from_db()
    assert (told.text_body, told.html_body, told.last_answer) == ("", "", "")


def test_whoever_was_replaced_is_told_so_without_the_name_that_was_erased(letterbox, courier):
    registration = register(make_programme())
    newcomer = replaced_by(registration, "lou@nord.example.org")
    Message.objects.exclude(kind=MessageKind.REPLACED).delete()

    erase(newcomer)
    outbox.deliver(outbox.claim(), courier)

    [mail] = letterbox.mails
    assert mail["To"] == registration.email
    assert "Votre collègue a accepté votre place" in mail.get_body(["plain"]).get_content()
    assert "Votre collègue a accepté votre place" in mail.get_body(["html"]).get_content()
    assert "Lou" not in str(Message.objects.values())


def test_visits_forget_the_address_and_accounts_stay_logged_in(client):
    cycle = make_programme()
    territory = make_territory()
    client.force_login(make_account())
    client.post("/cycles/cycle-lcd/inscription/", form_data(cycle, territory))
    [session] = Session.objects.all()
    assert "alix.martin" in str(session.get_decoded())

    erase(Registration.objects.get())

    [session] = Session.objects.all()
    assert "alix.martin" not in str(session.get_decoded())
    assert client.get("/coordination/").status_code == 200


def test_message_claimed_then_erased_is_nobodys():
    registration = register(make_programme())
    message = outbox.claim()

    erase(registration)

    assert not Message.objects.filter(pk=message.pk).exists()
    assert outbox.claim().kind == MessageKind.ERASED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("answer", "state"), [(None, MessageState.SENT), ("451 later", MessageState.QUEUED)]
)
def test_name_goes_from_the_mail_that_is_leaving_and_does_not_come_back(
    letterbox, courier, answer, state
):
    registration = register(make_programme())
    newcomer = replaced_by(registration, "lou@nord.example.org")
    Message.objects.exclude(kind=MessageKind.REPLACED).delete()
    told = outbox.claim()

    def erased_meanwhile():
        try:
            erase(newcomer)
        finally:
            connection.close()
        return answer

    letterbox.answers["DATA"] = [erased_meanwhile]
    outbox.deliver(told, courier)

    told.refresh_from_db()
    assert (told.state, told.text_body, told.html_body) == (state, "", "")
    assert "Lou" not in str(Message.objects.values())


@pytest.mark.parametrize("n", [1, 3])
def test_erase_asks_the_same_of_the_database_whoever_else_there_is(django_assert_num_queries, n):
    cycle = make_programme()
    for number in range(n):
        make_replacement(
            register(cycle, f"{number}@nord.example.org"), email=f"c{number}@x.example.org"
        )
    registration = register(cycle)

    with django_assert_num_queries(25):
        erase(registration)


def test_destruction_of_nothing_is_refused():
    with pytest.raises(IntegrityError, match="destruction_of_something"):
        make_destruction(n=0)


@pytest.mark.django_db(transaction=True)
def test_erased_twice_at_once_is_erased_once():
    cycle = make_programme()
    registration = register(cycle, profile=profiles_of(cycle)[0])

    done = at_once(lambda: erase(registration), lambda: erase(registration))

    assert done == [None, None]
    assert (Destruction.objects.count(), Message.objects.count()) == (1, 1)


def test_command_erases_again_what_a_backup_brought_back(capsys):
    cycle = make_programme()
    one, two = register(cycle), register(cycle, "autre@nord.example.org")

    call_command("erase", one.pk, two.pk + 1_000)

    assert capsys.readouterr().out == "1\u00a0inscription effacée\n"
    assert list(Registration.objects.all()) == [two]
