import smtplib

import pytest
from django.core.mail import EmailMessage

from registrations.transport import Answer, Courier, SmtpBackend, Verdict, readable
from tests.smtp import HANG_UP, refusing_server


def make_mail(**fields):
    return EmailMessage("Bonjour", "Texte", to=["alix@nord.example.org"], **fields)


def carry(courier):
    courier.connect()
    return courier.carry(make_mail())


def test_environment_chooses_the_backend(settings):
    assert settings.DEMONSTRATION is False


def test_carry_keeps_the_words_of_the_server(letterbox, courier):
    assert carry(courier) == Answer(Verdict.SENT, "250 2.0.0 OK queued as 4F1C2")
    assert len(letterbox.mails) == 1


def test_courier_keeps_its_connection(letterbox, courier):
    is_new = [courier.connect()]
    courier.carry(make_mail())
    is_new.append(courier.connect())
    courier.carry(make_mail())

    assert (is_new, letterbox.n_connections) == ([True, False], 1)
    assert len(letterbox.mails) == 2


def test_courier_connects_again_after_a_server_that_hung_up(letterbox, courier):
    letterbox.answers["KEPT"] = [HANG_UP]
    carry(courier)

    assert courier.connect() is True
    assert carry(courier).verdict == Verdict.SENT


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("421 4.3.2 closing", Verdict.LATER),
        ("451 4.7.1 greylisted", Verdict.LATER),
        ("452 4.2.2 full", Verdict.LATER),
        ("550 5.1.1 no such user", Verdict.NEVER),
        ("554 5.7.1 content refused", Verdict.NEVER),
    ],
)
def test_verdict_follows_the_class_of_the_code(letterbox, courier, command, answer, verdict):
    letterbox.answers[command] = [answer]

    refusal = carry(courier)

    assert (refusal.verdict, refusal.text) == (verdict, answer)
    assert letterbox.mails == []
    assert carry(courier).verdict == Verdict.SENT


@pytest.mark.parametrize(
    ("command", "answer", "failure"),
    [
        ("RCPT", "550 5.1.1 <alix@nord.example.org>: unknown", "550 5.1.1"),
        ("DATA", "552 5.2.2 over quota", "552 5.2.2"),
        # Of our own address.
        ("MAIL", "550 5.1.1 unknown", ""),
        ("RCPT", "450 4.1.1 unknown for now", ""),
        ("RCPT", "550 5.7.1 blocked", ""),
    ],
)
def test_refusal_is_held_against_the_address_when_it_is_about_it(
    letterbox, courier, command, answer, failure
):
    letterbox.answers[command] = [answer]

    assert carry(courier).address_failure == failure


@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
def test_hanging_up_before_the_mail_is_not_a_doubt(letterbox, courier, command):
    letterbox.answers[command] = [HANG_UP]

    assert carry(courier).verdict == Verdict.LATER


def test_hanging_up_after_the_mail_is_a_doubt(letterbox, courier):
    letterbox.answers["KEPT"] = [HANG_UP]

    answer = carry(courier)

    assert answer == Answer(
        Verdict.IN_DOUBT,
        "Remis sans réponse du serveur. "
        "Le serveur de courriels ne répond pas (SMTPServerDisconnected).",
    )
    assert len(letterbox.mails) == 1


def test_silence_after_the_mail_is_a_doubt(letterbox, settings):
    settings.EMAIL_TIMEOUT = 0.2
    letterbox.slowness = 1
    courier = Courier()

    assert carry(courier).verdict == Verdict.IN_DOUBT
    courier.close()


@pytest.mark.parametrize("banner", [b"421 4.3.2 later\r\n", b"554 5.7.1 not you\r\n"])
def test_connect_raises_what_the_server_says_of_itself(settings, banner):
    settings.EMAIL_BACKEND = "registrations.transport.SmtpBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    with refusing_server(banner) as settings.EMAIL_PORT:
        courier = Courier()
        with pytest.raises(smtplib.SMTPConnectError):
            courier.connect()
        courier.close()


def test_connect_raises_when_nobody_listens(settings):
    settings.EMAIL_BACKEND = "registrations.transport.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    courier = Courier()

    with pytest.raises(ConnectionRefusedError):
        courier.connect()
    courier.close()


def test_tls_from_the_start_tells_how_far_the_mail_got_too():
    plain, tls = SmtpBackend(use_ssl=False), SmtpBackend(use_ssl=True)

    assert issubclass(tls.connection_class, smtplib.SMTP_SSL)
    assert issubclass(tls.connection_class, plain.connection_class)


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        ("550 5.1.1 <alix@nord.example.org>: unknown", "550 5.1.1 <[adresse]>: unknown"),
        ("550 zq7 at nord.example.org, zq7 (at) x.fr", "550 [adresse], [adresse]"),
        ("550 alix.martin%40nord.example.org", "550 [adresse]"),
        ("550 call 06 12.34-56 78 or +33612345678", "550 call [téléphone] or [téléphone]"),
        ("554 192.168.10.250 06123456789", "554 192.168.10.250 06123456789"),
        ("451 look at https://x.fr at once", "451 look at https://x.fr at once"),
        ("554 spam: " + "a1_-" * 10 + "abc", "554 spam: [lien]"),
        ("451\r\nlater\x00\x1b[31m", "451 later [31m"),
        ("4 " * 600, ("4 " * 250)),
    ],
)
def test_readable_hides_what_is_personal(reply, shown):
    assert readable(reply) == shown


def test_readable_hides_the_names_that_the_address_is_made_of():
    reply = "550 5.1.1 MARTIN, Alix: no such user Alixandre"

    shown = readable(reply, "alix.martin2@nord.example.org")

    assert shown == "550 5.1.1 [nom], [nom]: no such user Alixandre"


def test_carry_hides_whom_it_wrote_to_in_what_is_answered(letterbox, courier):
    letterbox.answers["RCPT"] = ["550 Nour Benali has left us"]
    mail = EmailMessage("Objet", "Texte", to=["nour.benali@nord.example.org"])
    courier.connect()

    assert courier.carry(mail).text == "550 [nom] [nom] has left us"
