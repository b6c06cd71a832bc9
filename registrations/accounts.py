import logging

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from registrations import outbox
from registrations.models.messages import MessageKind

log = logging.getLogger(__name__)


def account_of(request: HttpRequest) -> User:
    """Who acts, for what is written of it. Raises PermissionDenied when nobody is logged in."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def send_password_link(account: User, *, by: User) -> None:
    """Mails an account a link to choose its password; what it had opens it until then."""
    outbox.queue(MessageKind.ACCOUNT_LINK, recipient=account.email, context={"account": account.pk})
    log.info("user %s was sent a link for a password by user %s", account.pk, by.pk)
