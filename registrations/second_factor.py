"""Codes of six digits that change every thirty seconds (RFC 6238), and what replaces them once."""

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
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
# In the session, of whoever ties a telephone: what it is made of until its first code. No other
# session is shown it, which a thief of the password may have begun too.
_BEGUN = "second_factor_begun"


def code_at(secret: bytes, step: int) -> str:
    """The code of a step, which is a count of thirty seconds since 1970."""
    digest = hmac.digest(secret, step.to_bytes(8), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def confirmed_factor(account: User) -> SecondFactor | None:
    return SecondFactor.objects.filter(account=account, confirmed_at__isnull=False).first()


def is_readable(factor: SecondFactor) -> bool:
    """Whether a key in force makes its codes; none does once that of its day is lost."""
    try:
        return bool(factor.secret)
    except ValueError:
        return False


def begin(account: User, session: SessionBase) -> SecondFactor:
    """A factor to be confirmed in this session, in place of any that it had begun."""
    nonce = tokens.draw_nonce()
    made_of = {"nonce": nonce, "secret_hash": tokens.fingerprint(tokens.derive(nonce))}
    session[_BEGUN] = made_of
    return SecondFactor(account=account, **made_of)


def begun(account: User, session: SessionBase) -> SecondFactor | None:
    """What ``begin`` made, which is not saved."""
    made_of = session.get(_BEGUN)
    return SecondFactor(account=account, **made_of) if made_of else None


def confirm(factor: SecondFactor, code: str, now: datetime) -> list[str]:
    """Puts in service what was begun; the recovery codes, told this once. [] when it is refused.

    When the code is wrong, or another session was first.
    """
    step = _step_of(factor, code, now)
    if step is None:
        return []
    codes = [_draw_recovery_code() for _ in range(RECOVERY_CODES)]
    factor.recovery_hashes = [_fingerprint(code, settings.SECRET_KEY) for code in codes]
    factor.confirmed_at, factor.last_step = now, step
    with transaction.atomic():
        User.objects.select_for_update().get(pk=factor.account_id)
        if confirmed_factor(factor.account):
            return []
        # Begun when rows were kept of what was only begun.
        SecondFactor.objects.filter(account=factor.account).delete()
        factor.save()
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


def _step_of(factor: SecondFactor, code: str, now: datetime) -> int | None:
    """Which step's code it is, of those that a telephone may show now."""
    typed = "".join(code.split())
    current = int(now.timestamp()) // STEP
    for step in range(current - DRIFT, current + DRIFT + 1):
        if hmac.compare_digest(code_at(factor.secret, step).encode(), typed.encode()):
            return step
    return None


def _take_code(factor: SecondFactor, code: str, now: datetime) -> bool:
    step = _step_of(factor, code, now)
    if step is None:
        return False
    # Conditional, so that of two who type the same code at once one is refused.
    unused = SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step)
    return bool(unused.update(last_step=step))


def _take_recovery_code(factor: SecondFactor, code: str) -> bool:
    typed = "".join(code.split()).replace("-", "").lower()
    # Those told under an older key are good as long as it is in force.
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    fingerprints = {_fingerprint(typed, key) for key in keys}
    with transaction.atomic():
        locked = SecondFactor.objects.select_for_update().get(pk=factor.pk)
        left = [each for each in locked.recovery_hashes if each not in fingerprints]
        if len(left) == len(locked.recovery_hashes):
            return False
        locked.recovery_hashes = left
        locked.save(update_fields=["recovery_hashes"])
    return True


def _draw_recovery_code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))


def _fingerprint(code: str, key: str) -> str:
    salt = "registrations.second-factor"
    return salted_hmac(salt, code, secret=key, algorithm="sha256").hexdigest()
