from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def account_of(request: HttpRequest) -> User:
    """Who acts, for what is written of it. Raises PermissionDenied when nobody is logged in."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user
