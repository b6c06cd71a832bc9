"""Mailboxes: a Maildir on disk, a folder of a real IMAP server."""

from urllib.parse import quote

import pytest

from registrations import mailboxes
from registrations.mailboxes import MailboxError, open_mailbox
from tests.imap import PASSWORD, USER, imap_server

MAIL = b"From: x@nord.example.org\nSubject: A\n\nBonjour\n"


@pytest.fixture
def maildir(tmp_path):
    for part in ("cur", "new", "tmp"):
        (tmp_path / part).mkdir()
    return tmp_path


@pytest.fixture(scope="module")
def server():
    with imap_server() as server:
        yield server


def address(server, *, password=PASSWORD, folder="INBOX"):
    return f"imap://{USER}:{quote(password)}@127.0.0.1:{server.port}/{folder}"


def refusal(url):
    with pytest.raises(MailboxError) as caught, open_mailbox(url):
        pass
    return str(caught.value)


# Maildir


def names(maildir):
    return sorted(str(path.relative_to(maildir)) for path in maildir.glob("*/*"))


def test_maildir_gives_what_is_new_or_was_not_read(maildir):
    (maildir / "new" / "1.a.host").write_bytes(MAIL)
    (maildir / "cur" / "2.b.host:2,F").write_bytes(b"flagged")
    (maildir / "cur" / "3.c.host:2,FS").write_bytes(b"read")
    (maildir / "tmp" / "4.d.host").write_bytes(b"still coming")

    with open_mailbox(f"maildir://{maildir}") as mailbox:
        found = list(mailbox.unread())

    assert found == [("new/1.a.host", MAIL), ("cur/2.b.host:2,F", b"flagged")]
    assert len(names(maildir)) == 4


def test_maildir_keeps_what_is_read(maildir):
    (maildir / "new" / "1.a.host").write_bytes(MAIL)
    (maildir / "cur" / "2.b.host:2,F").write_bytes(MAIL)

    with open_mailbox(f"maildir://{maildir}") as mailbox:
        for key, _ in mailbox.unread():
            mailbox.mark_read(key)
        again = list(mailbox.unread())

    assert again == []
    assert names(maildir) == ["cur/1.a.host:2,S", "cur/2.b.host:2,FS"]


def test_maildir_bears_another_run_that_was_faster(maildir):
    (maildir / "new" / "1.a.host").write_bytes(MAIL)
    (maildir / "new" / "2.b.host").write_bytes(MAIL)

    with open_mailbox(f"maildir://{maildir}") as mailbox:
        unread = mailbox.unread()
        key, _ = next(unread)
        for path in (maildir / "new").iterdir():
            path.unlink()
        mailbox.mark_read(key)

        assert list(unread) == []


def test_maildir_that_is_none_says_what_to_do(tmp_path):
    assert refusal(f"maildir://{tmp_path}") == (
        f"Le dossier {tmp_path} n’est pas un Maildir lisible\u00a0: vérifiez BOUNCES_URL et "
        "les droits du compte qui fait tourner le service."
    )


@pytest.mark.parametrize("kind", ["maildir", "imap"])
def test_long_mail_is_read_by_its_beginning(maildir, server, monkeypatch, kind):
    monkeypatch.setattr(mailboxes, "MOST_BYTES", 5)
    (maildir / "new" / "1.a.host").write_bytes(MAIL)
    server.receive(MAIL)

    url = f"maildir://{maildir}" if kind == "maildir" else address(server)
    with open_mailbox(url) as mailbox:
        assert {content for _, content in mailbox.unread()} == {b"From:"}


# IMAP


def test_imap_gives_what_nobody_read_and_keeps_it():
    with imap_server() as server:
        server.receive(MAIL)
        server.receive(b"Subject: B\n\nBonsoir\n")

        with open_mailbox(address(server)) as mailbox:
            found = list(mailbox.unread())
            mailbox.mark_read(found[0][0])
        before = server.flags
        with open_mailbox(address(server)) as mailbox:
            again = list(mailbox.unread())

    assert [content for _, content in found] == [
        MAIL.replace(b"\n", b"\r\n"),
        b"Subject: B\r\n\r\nBonsoir\r\n",
    ]
    assert before == [{b"\\Seen"}, set()]
    assert again == found[1:]


def test_imap_without_a_folder_is_the_inbox(server):
    with open_mailbox(address(server, folder="")) as mailbox:
        assert list(mailbox.unread()) is not None


def test_imap_that_refuses_the_password_does_not_repeat_it(server):
    assert refusal(address(server, password="raté")) == (
        f"Le serveur 127.0.0.1:{server.port} refuse l’identifiant ou le mot de passe de "
        "BOUNCES_URL."
    )


def test_imap_without_that_folder_says_so(server):
    assert refusal(address(server, folder="Retours%20de%202027")) == (
        f"Le serveur 127.0.0.1:{server.port} n’a pas le dossier Retours de 2027\u00a0: vérifiez la "
        "fin de BOUNCES_URL."
    )


def test_imap_that_is_away_says_so():
    assert refusal(f"imap://{USER}:secret@127.0.0.1:1/INBOX") == (
        "Le serveur 127.0.0.1:1 ne répond pas (ConnectionRefusedError)\u00a0: vérifiez "
        "BOUNCES_URL, le réseau et le serveur, puis relancez."
    )


def test_imap_that_goes_away_while_it_is_read_says_so():
    def read():
        with open_mailbox(address(server)) as mailbox:
            server.stop()
            list(mailbox.unread())

    with imap_server() as server, pytest.raises(MailboxError, match="ne répond pas"):
        read()


def test_imaps_wants_an_encrypted_server(server):
    url = address(server).replace("imap://", "imaps://")

    assert refusal(url) == (
        f"La connexion chiffrée à 127.0.0.1:{server.port} a échoué (SSLError)\u00a0: vérifiez le "
        "port et le certificat du serveur."
    )


@pytest.mark.parametrize(
    "url",
    [
        "pop3://retours:secret@serveur/INBOX",
        "imaps://retours@serveur/INBOX",
        "imaps://retours:secret@/INBOX",
        "imaps://retours:secret@serveur:port/INBOX",
        "imaps://[retours:secret",
        "maildir:relatif",
        "/var/mail/retours",
    ],
)
def test_address_that_is_none_is_refused_without_its_password(url):
    sentence = refusal(url)

    assert sentence.startswith("BOUNCES_URL n’a pas la forme attendue")
    assert "secret" not in sentence
