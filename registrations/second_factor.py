"""Codes of six digits that change every thirty seconds (RFC 6238), and what replaces them once."""

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import salted_hmac

from registrations import tokens
from registrations.models import SecondFactor

STEP = 30
DIGITS = 6
# Telephones whose clock is a little late or early: one step on each side.
DRIFT = 1
RECOVERY_CODES = 10
# Letters and digits that are not taken for one another.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
ISSUER = "IREV inscriptions"
# In the session, of whoever has given both factors: the factor that was used.
GIVEN = "second_factor"


def code_at(secret: bytes, step: int) -> str:
    """The code of a step, which is a count of thirty seconds since 1970."""
    digest = hmac.digest(secret, step.to_bytes(8), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def confirmed_factor(account: User) -> SecondFactor | None:
    return SecondFactor.objects.filter(account=account, confirmed_at__isnull=False).first()


def begin(account: User) -> SecondFactor:
    """A factor to be confirmed, in place of any that was not; one in service stays."""
    nonce = tokens.draw_nonce()
    secret_hash = tokens.fingerprint(tokens.derive(nonce))
    with transaction.atomic():
        factor, is_new = SecondFactor.objects.select_for_update().get_or_create(
            account=account, defaults={"nonce": nonce, "secret_hash": secret_hash}
        )
        if not is_new and factor.confirmed_at is None:
            factor.nonce, factor.secret_hash = nonce, secret_hash
            factor.save(update_fields=["nonce", "secret_hash"])
    return factor


def confirm(factor: SecondFactor, code: str, now: datetime) -> list[str]:
    """Puts the factor in service; the recovery codes, told this once. [] when the code is wrong."""
    if factor.confirmed_at or not _take_code(factor, code, now):
        return []
    codes = [_draw_recovery_code() for _ in range(RECOVERY_CODES)]
    factor.recovery_hashes = [_fingerprint(code) for code in codes]
    factor.confirmed_at = now
    factor.save(update_fields=["recovery_hashes", "confirmed_at"])
    return codes


def accept(factor: SecondFactor, code: str, now: datetime) -> bool:
    """Whether the code of the telephone, or one of those kept for its loss, is right; once."""
    return _take_code(factor, code, now) or _take_recovery_code(factor, code)


def address_for_telephones(factor: SecondFactor) -> str:
    """What an application reads of the square code."""
    label = quote(f"{ISSUER}:{factor.account.get_username()}")
    return f"otpauth://totp/{label}?secret={key_to_type(factor)}&issuer={quote(ISSUER)}"


def key_to_type(factor: SecondFactor) -> str:
    return base64.b32encode(factor.secret).decode().rstrip("=")


def _take_code(factor: SecondFactor, code: str, now: datetime) -> bool:
    typed = "".join(code.split())
    current = int(now.timestamp()) // STEP
    for step in range(current - DRIFT, current + DRIFT + 1):
        if hmac.compare_digest(code_at(factor.secret, step).encode(), typed.encode()):
            # Conditional, so that of two who type the same code at once one is refused.
            unused = SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step)
            return bool(unused.update(last_step=step))
    return False


def _take_recovery_code(factor: SecondFactor, code: str) -> bool:
    typed = _fingerprint("".join(code.split()).replace("-", "").lower())
    with transaction.atomic():
        locked = SecondFactor.objects.select_for_update().get(pk=factor.pk)
        if typed not in locked.recovery_hashes:
            return False
        locked.recovery_hashes.remove(typed)
        locked.save(update_fields=["recovery_hashes"])
    return True


def _draw_recovery_code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))


def _fingerprint(code: str) -> str:
    return salted_hmac("registrations.second-factor", code, algorithm="sha256").hexdigest()
