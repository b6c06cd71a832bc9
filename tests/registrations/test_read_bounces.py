"""`manage.py read_bounces`: what becomes of our mails and of their addresses."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from registrations import mailboxes, outbox
from registrations.models import Message
from registrations.models.messages import MessageKind
from registrations.reachability import unreachable
from registrations.services import correct_address
from registrations.states import MessageState
from tests.factories import make_programme, make_registration
from tests.imap import PASSWORD, USER, imap_server
from tests.notices import IGNORED, MESSAGE_ID, OF_ANOTHER_MAIL, RETURNED, notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def maildir(settings, tmp_path):
    for part in ("cur", "new", "tmp"):
        (tmp_path / part).mkdir()
    settings.BOUNCES_URL = f"maildir://{tmp_path}"
    return tmp_path


@pytest.fixture
def registration():
    return make_registration(make_programme())


@pytest.fixture
def message(registration):
    """A mail that was sent an hour ago, of which the notices speak."""
    message = outbox.queue(MessageKind.CONFIRMATION, registration=registration)
    Message.objects.filter(pk=message.pk).update(
        state=MessageState.SENT,
        sent_at=timezone.now() - timedelta(hours=1),
        last_answer="250 2.0.0 OK",
        message_id=MESSAGE_ID,
    )
    message.refresh_from_db()
    return message


def receive(maildir, *names):
    for name in names:
        (maildir / "new" / f"{name}.host").write_bytes(notice(name))


def read(capsys):
    call_command("read_bounces")
    return capsys.readouterr().out.strip()


def die(*args, **kwargs):
    raise KeyboardInterrupt


def unread(maildir):
    return sorted(path.name for path in maildir.glob("*/*") if not path.name.endswith("S"))


@pytest.mark.parametrize("name", RETURNED)
def test_notice_of_failure_takes_the_mail_back(maildir, registration, message, capsys, name):
    receive(maildir, name)

    assert read(capsys) == "1\u00a0courriel lu, 1\u00a0avis de non-remise."

    message.refresh_from_db()
    registration.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert message.last_answer.startswith("Revenu.")
    assert "@" not in message.last_answer
    assert registration.address_failure == RETURNED[name][1]
    assert unread(maildir) == []


def test_the_rest_changes_nothing(maildir, registration, message, capsys):
    receive(maildir, *IGNORED, OF_ANOTHER_MAIL)

    assert read(capsys) == "8\u00a0courriels lus, 0\u00a0avis de non-remise."

    message.refresh_from_db()
    registration.refresh_from_db()
    assert (message.state, message.last_answer) == (MessageState.SENT, "250 2.0.0 OK")
    assert registration.address_failed_at is None
    assert unread(maildir) == []


def test_late_notice_is_not_held_against_the_address_that_came_after(
    maildir, registration, message, capsys
):
    correct_address(registration, "alix@autre.example.org", now=timezone.now(), by=None)
    receive(maildir, "postfix-unknown")

    assert read(capsys) == "1\u00a0courriel lu, 1\u00a0avis de non-remise."

    registration.refresh_from_db()
    assert registration.address_failed_at is None
    assert not unreachable(type(registration).objects.all(), timezone.now()).exists()


def test_notice_is_dealt_with_once(maildir, registration, message, capsys):
    receive(maildir, "postfix-unknown")
    read(capsys)

    assert read(capsys) == "0\u00a0courriel lu, 0\u00a0avis de non-remise."
    assert registration.events.count() == 1


def test_notice_read_again_after_a_death_changes_nothing(
    maildir, registration, message, capsys, monkeypatch
):
    """The run dies between the commit and the mark: the mailbox gives the notice again."""
    receive(maildir, "postfix-unknown")
    with monkeypatch.context() as patch:
        patch.setattr(mailboxes._Maildir, "mark_read", die)
        with pytest.raises(KeyboardInterrupt):
            call_command("read_bounces")
    assert unread(maildir) == ["postfix-unknown.host"]
    registration.refresh_from_db()
    marked_at = registration.address_failed_at

    assert read(capsys) == "1\u00a0courriel lu, 0\u00a0avis de non-remise."

    registration.refresh_from_db()
    assert (registration.address_failed_at, registration.events.count()) == (marked_at, 1)
    assert marked_at is not None
    assert unread(maildir) == []


def test_notice_whose_effect_is_not_written_stays_unread(maildir, message, monkeypatch):
    receive(maildir, "postfix-unknown")
    monkeypatch.setattr(outbox, "take_back", die)

    with pytest.raises(KeyboardInterrupt):
        call_command("read_bounces")

    assert unread(maildir) == ["postfix-unknown.host"]


@pytest.mark.parametrize(("n", "n_queries"), [(0, 0), (1, 9), (3, 15)])
def test_each_notice_asks_little(
    maildir, registration, message, django_assert_num_queries, n, n_queries
):
    for number in range(n):
        (maildir / "new" / f"{number}.host").write_bytes(notice("postfix-unknown"))

    # A savepoint and its end, the message; for the first, its state and the five things of
    # ``reachability.mark`` too.
    with django_assert_num_queries(n_queries):
        call_command("read_bounces")


def test_imap_mailbox_is_read_like_the_other(registration, message, settings, capsys):
    with imap_server() as server:
        settings.BOUNCES_URL = f"imap://{USER}:{quote(PASSWORD)}@127.0.0.1:{server.port}/INBOX"
        for name in ("postfix-delayed", "gmail-full", "person"):
            server.receive(notice(name))

        first, second = read(capsys), read(capsys)

        assert server.flags == [{b"\\Seen"}] * 3
    assert first == "3\u00a0courriels lus, 1\u00a0avis de non-remise."
    assert second == "0\u00a0courriel lu, 0\u00a0avis de non-remise."
    registration.refresh_from_db()
    assert registration.address_failure == "552 5.2.2"


def test_without_a_mailbox_it_says_what_to_do(settings):
    settings.BOUNCES_URL = ""

    with pytest.raises(CommandError, match="BOUNCES_URL est absente"):
        call_command("read_bounces")


def test_mailbox_that_cannot_be_read_is_an_error_without_the_password(settings):
    settings.BOUNCES_URL = "imap://retours:secret@127.0.0.1:1/INBOX"

    with pytest.raises(CommandError) as caught:
        call_command("read_bounces")

    assert "127.0.0.1:1 ne répond pas" in str(caught.value)
    assert "secret" not in str(caught.value)
