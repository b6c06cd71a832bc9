from django.conf import settings
from django.db import models

from registrations import tokens
from registrations.tokens import draw_nonce


class SecondFactor(models.Model):
    """What an account proves itself with besides its password: a telephone's six digits.

    The secret that the telephone shares is derived, like personal links: a copy of the database
    makes no code. The codes of the day when the telephone is lost are kept as hashes.
    """

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="second_factor",
        verbose_name="compte",
    )
    nonce = models.CharField(max_length=64, default=draw_nonce, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False)
    confirmed_at = models.DateTimeField("en service depuis", null=True, blank=True, editable=False)
    # The last thirty seconds whose code was taken: none is taken twice.
    last_step = models.BigIntegerField(default=0, editable=False)
    recovery_hashes = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = "second facteur"
        verbose_name_plural = "seconds facteurs"

    def __str__(self) -> str:
        return f"Second facteur du compte {self.account_id}"

    @property
    def secret(self) -> bytes:
        """What the telephone is given: 120 bits, derived afresh."""
        return tokens.derive(self.nonce, self.secret_hash).encode()[:20]
