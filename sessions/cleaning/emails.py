"""Addresses of mailboxes: one spelling to write to, one key to compare, one to count by."""

import re

import idna
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from sessions.cleaning.characters import (
    check_characters,
    check_length,
    collapse_spaces,
    remove_invisible,
)

MAX_LENGTH = 254
EXAMPLE = "prenom.nom@structure.fr"
INVALID = f"Saisissez une adresse électronique valide, par exemple {EXAMPLE}."

_MAX_RAW_LENGTH = 4 * MAX_LENGTH
_MAX_LOCAL_LENGTH = 64

# Names that no public mail server bears: special use (RFC 2606, 6761, 7686) and private networks.
_RESERVED_SUFFIXES = {
    *("test", "example", "invalid", "localhost", "local", "localdomain", "onion", "alt", "arpa"),
    *("internal", "intranet", "private", "corp", "home", "lan"),
}

_validate_syntax = EmailValidator(message=INVALID, code="syntax", allowlist=[])


def clean_email(value: str) -> str:
    """Return the address as typed, its domain in lower-case ASCII (an A-label if it is accented).

    Codes: too_long, control, undecodable, syntax, local_part, literal, domain.
    """
    address = clean_contact(value)
    suffix = address.rpartition(".")[2]
    if suffix in _RESERVED_SUFFIXES:
        raise _refused_domain()
    return address


def clean_contact(value: str) -> str:
    """As `clean_email`, for an address that staff give for answers: any domain will do."""
    check_length(value, _MAX_RAW_LENGTH)
    check_characters(value, allowed="\t")
    address = collapse_spaces(remove_invisible(value))
    if not address:
        return ""
    if address.count("@") != 1 or address.startswith("@"):
        raise ValidationError(INVALID, code="syntax")
    local, _, domain = address.partition("@")
    _check_local_part(local)
    address = f"{local}@{_ascii_domain(domain)}"
    check_length(address, MAX_LENGTH)
    _validate_syntax(address)
    return address


def check_contact(value: str) -> None:
    """Refuse an address that is not as `clean_contact` returns it."""
    if clean_contact(value) != value:
        raise ValidationError(INVALID, code="syntax")


def email_key(email: str) -> str:
    """Return what makes two clean addresses the same person's: case does not count."""
    local, _, domain = email.rpartition("@")
    return f"{local.casefold()}@{domain}"


def rate_key(email: str) -> str:
    """Return what a mailbox is counted by: `email_key` without the tag after + and the dots.

    For limits only. Two people may share it where dots matter; one who invents variants of an
    address cannot escape it.
    """
    local, _, domain = email_key(email).rpartition("@")
    local = local.split("+")[0].replace(".", "")
    return f"{local}@{'gmail.com' if domain == 'googlemail.com' else domain}"


def _check_local_part(local: str) -> None:
    is_plain = local.isascii() and not re.search(r'["%!\\<>() ]', local)
    if not is_plain or local.startswith("-") or len(local) > _MAX_LOCAL_LENGTH:
        raise ValidationError(
            "Vérifiez ce qui précède le signe @\u00a0: ni espace, ni accent, ni guillemet, "
            f"64 caractères au maximum, par exemple {EXAMPLE}.",
            code="local_part",
        )


def _ascii_domain(domain: str) -> str:
    if domain.startswith("["):
        raise ValidationError(
            f"Saisissez une adresse avec un nom de domaine, par exemple {EXAMPLE}.", code="literal"
        )
    try:
        ascii_domain = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
    except idna.IDNAError:
        ascii_domain = ""
    if "." not in ascii_domain or ascii_domain.rpartition(".")[2].isdecimal():
        raise _refused_domain()
    return ascii_domain


def _refused_domain() -> ValidationError:
    return ValidationError(
        f"Vérifiez ce qui suit le signe @\u00a0: ce nom de domaine ne peut pas recevoir de "
        f"courriel. Exemple d’adresse\u00a0: {EXAMPLE}.",
        code="domain",
    )
