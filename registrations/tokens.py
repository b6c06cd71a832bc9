"""The secret of personal links.

A link's token is an HMAC, keyed by ``SECRET_KEY``, of 256 random bits that the row keeps; the row
also keeps the token's SHA-256, to find it. A copy of the database opens no personal space: the
key is not in it, and a hash of 256 unguessable bits does not turn back. A reminder can still carry
the link, since whoever holds the key derives it again.
"""

import base64
import hashlib
import hmac
import secrets

from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "registrations.personal-link"


def draw_nonce() -> str:
    """256 random bits, in hexadecimal."""
    return secrets.token_hex(32)


def fingerprint(token: str) -> str:
    """What the database keeps of a token, and is looked up by."""
    return hashlib.sha256(token.encode()).hexdigest()


def derive(nonce: str, expected: str | None = None) -> str:
    """The token that belongs to ``nonce``: 43 characters of ``[A-Za-z0-9_-]``.

    With ``expected``, its fingerprint: the key that was in force when the link was drawn is looked
    for among ``SECRET_KEY`` and ``SECRET_KEY_FALLBACKS``, so that changing the key kills no link.
    Raises ValueError when none of them fits.
    """
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        digest = salted_hmac(SALT, nonce, secret=key, algorithm="sha256").digest()
        token = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if expected is None or hmac.compare_digest(fingerprint(token), expected):
            return token
    raise ValueError("no key in force gives this link")
