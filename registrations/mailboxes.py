"""The mailbox that notices come back to: an IMAP folder or a Maildir, named by ``BOUNCES_URL``."""

import contextlib
import imaplib
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

# Of each mail: a notice says it all at its beginning, then sends our mail back.
MOST_BYTES = 1_000_000
# For each step of the talk with the server, in seconds.
TIMEOUT = 60

_PORTS = {"imap": 143, "imaps": 993}
_SEEN = "S"


class MailboxError(Exception):
    """The mailbox cannot be read. The text, in French, says what to do and tells no password."""


class Mailbox(Protocol):
    """Mails that nobody has read yet."""

    def unread(self) -> Iterator[tuple[str, bytes]]:
        """Each with its key; of a long one, the beginning."""

    def mark_read(self, key: str) -> None:
        """That one does not come again; the mailbox keeps it."""


@contextlib.contextmanager
def open_mailbox(address: str) -> Iterator[Mailbox]:
    """The mailbox at ``imaps://user:password@host/INBOX`` or ``maildir:///path``.

    Raises MailboxError, here or while it is read.
    """
    try:
        url = urlsplit(address)
        port = url.port
    except ValueError:
        raise MailboxError(_WRONG_ADDRESS) from None
    if url.scheme == "maildir" and url.path.startswith("/"):
        yield _Maildir(Path(unquote(url.path)))
    elif url.scheme in _PORTS and url.hostname and url.username and url.password:
        with _imap(url, port or _PORTS[url.scheme]) as server:
            yield _Folder(server)
    else:
        raise MailboxError(_WRONG_ADDRESS)


_WRONG_ADDRESS = (
    "BOUNCES_URL n’a pas la forme attendue\u00a0: imaps://identifiant:mot-de-passe@serveur/INBOX "
    "ou maildir:///dossier. Identifiant et mot de passe sont encodés comme dans une adresse web."
)


class _Maildir:
    """In ``new``, or in ``cur`` without the flag of what was read."""

    def __init__(self, root: Path) -> None:
        if not all((root / part).is_dir() for part in ("new", "cur")):
            raise MailboxError(
                f"Le dossier {root} n’est pas un Maildir lisible\u00a0: vérifiez BOUNCES_URL et "
                "les droits du compte qui fait tourner le service."
            )
        self._root = root

    def unread(self) -> Iterator[tuple[str, bytes]]:
        for part in ("new", "cur"):
            for path in sorted((self._root / part).iterdir()):
                if _SEEN in path.name.partition(":2,")[2]:
                    continue
                try:
                    with path.open("rb") as file:
                        yield f"{part}/{path.name}", file.read(MOST_BYTES)
                except FileNotFoundError:  # another run was faster
                    continue
                except OSError as error:
                    raise MailboxError(
                        f"Un courriel de {self._root} n’est pas lisible ({type(error).__name__})"
                        "\u00a0: vérifiez les droits du compte qui fait tourner le service."
                    ) from error

    def mark_read(self, key: str) -> None:
        path = self._root / key
        name, _, flags = path.name.partition(":2,")
        flags = "".join(sorted({*flags, _SEEN}))
        with contextlib.suppress(FileNotFoundError):
            path.rename(self._root / "cur" / f"{name}:2,{flags}")


class _Folder:
    """A folder of an IMAP server, selected."""

    def __init__(self, server: imaplib.IMAP4) -> None:
        self._server = server

    def unread(self) -> Iterator[tuple[str, bytes]]:
        _, found = self._server.uid("SEARCH", "UNSEEN", "UNDELETED")
        for uid in (found[0] or b"").decode().split():
            # PEEK: reading is not having dealt with it.
            _, parts = self._server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
            for part in parts:
                if isinstance(part, tuple):
                    yield uid, part[1]

    def mark_read(self, key: str) -> None:
        self._server.uid("STORE", key, "+FLAGS.SILENT", r"(\Seen)")


@contextlib.contextmanager
def _imap(url: SplitResult, port: int) -> Iterator[imaplib.IMAP4]:
    where = f"{url.hostname}:{port}"
    folder = unquote(url.path.strip("/")) or "INBOX"
    credentials = f"\0{unquote(url.username or '')}\0{unquote(url.password or '')}"
    try:
        with _connection(url, port) as server:
            try:
                # Rather than LOGIN, which takes ASCII only.
                server.authenticate("PLAIN", lambda _: credentials.encode())
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                raise MailboxError(
                    f"Le serveur {where} refuse l’identifiant ou le mot de passe de BOUNCES_URL."
                ) from None
            if server.select(f'"{folder}"')[0] != "OK":
                raise MailboxError(
                    f"Le serveur {where} n’a pas le dossier {folder}\u00a0: vérifiez la fin de "
                    "BOUNCES_URL."
                )
            yield server
    except ssl.SSLError as error:
        raise MailboxError(
            f"La connexion chiffrée à {where} a échoué ({type(error).__name__})\u00a0: vérifiez le "
            "port et le certificat du serveur."
        ) from error
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxError(
            f"Le serveur {where} ne répond pas ({type(error).__name__})\u00a0: vérifiez "
            "BOUNCES_URL, le réseau et le serveur, puis relancez."
        ) from error


@contextlib.contextmanager
def _connection(url: SplitResult, port: int) -> Iterator[imaplib.IMAP4]:
    host = url.hostname or ""
    server: imaplib.IMAP4
    if url.scheme == "imap":
        server = imaplib.IMAP4(host, port, TIMEOUT)
    else:
        # Verified: by default imaplib takes any certificate.
        context = ssl.create_default_context()
        server = imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=TIMEOUT)
    try:
        yield server
    finally:
        try:
            server.logout()
        except (imaplib.IMAP4.error, OSError):
            # Which leaves the socket open.
            with contextlib.suppress(OSError):
                server.shutdown()
