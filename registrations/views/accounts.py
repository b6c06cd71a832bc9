"""How accounts log in and out, the same for the team and for coordinators."""

import logging
import unicodedata
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from registrations import throttling
from registrations.throttling import ACCOUNT_LOGINS, NETWORK_LOGINS
from registrations.views.http import limited, too_many_requests

log = logging.getLogger(__name__)

View = Callable[..., HttpResponseBase]


def limited_login(view: View) -> View:
    """Counts the attempts of a login view: 429 beyond the limits, before the password is looked at.

    They are counted for an account from one network, so that nobody is locked out from elsewhere.
    When they cannot be counted, nobody logs in.
    """

    @wraps(view)
    def logging_in(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        network = throttling.network_of(request)
        account = _folded(request.POST.get("username", ""))
        subject = f"{network}\n{account}"
        waits = [
            throttling.wait_before("account logins", subject, ACCOUNT_LOGINS),
            throttling.wait_before("network logins", network, NETWORK_LOGINS),
        ]
        if any(waits):
            log.warning("login refused: too many attempts")
            return too_many_requests(request, max(wait for wait in waits if wait))
        response = view(request, *args, **kwargs)
        # Whoever was logged in already, as somebody else, has proved nothing of this account.
        if request.user.is_authenticated and _folded(request.user.get_username()) == account:
            log.info("user %s logged in", request.user.pk)
            throttling.forget("account logins", subject, ACCOUNT_LOGINS)
        else:
            log.warning("login refused: wrong account or password")
        return response

    return logging_in


def limited_change(view: View) -> View:
    """Counts what an account that is logged in types for its old password, as at a login."""

    @wraps(view)
    def changing(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        account_pk = str(request.user.pk)
        if request.method == "POST":
            wait = throttling.wait_before("password changes", account_pk, ACCOUNT_LOGINS)
            if wait is not None:
                log.warning("password change of user %s refused: too many attempts", account_pk)
                return too_many_requests(request, wait)
        response = view(request, *args, **kwargs)
        if response.status_code == HTTPStatus.FOUND:
            throttling.forget("password changes", account_pk, ACCOUNT_LOGINS)
        return response

    return changing


def forgetting_logout(view: View) -> View:
    """Asks the browser to keep nothing of what was shown to whoever logs out."""

    @wraps(view)
    def logging_out(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        account_pk = request.user.pk
        response = view(request, *args, **kwargs)
        if not request.user.is_authenticated:
            response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
            if account_pk:
                log.info("user %s logged out", account_pk)
        return response

    return logging_out


class LoginForm(AuthenticationForm):
    """Django's, which says of each field left empty the same words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].error_messages["required"] = "Saisissez votre nom d’utilisateur."
        self.fields["password"].error_messages["required"] = "Saisissez votre mot de passe."


class PasswordForm(SetPasswordForm):
    """Likewise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, second = self.fields["new_password1"], self.fields["new_password2"]
        first.error_messages["required"] = "Saisissez un mot de passe."
        second.error_messages["required"] = "Saisissez-le une seconde fois."


@method_decorator(
    [login_not_required, require_http_methods(["GET", "HEAD", "POST"]), limited], name="dispatch"
)
class SetPassword(PasswordResetConfirmView):
    """Behind the link of a mail; a link that opens nothing any more is not found.

    The password chosen, one logs in with it, and with the code of one's telephone.
    """

    form_class = PasswordForm
    template_name = "accounts/password.html"
    success_url = reverse_lazy("login")

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        response = super().form_valid(form)
        log.info("user %s chose a password", form.user.pk)
        messages.success(self.request, "Votre mot de passe est enregistré. Connectez-vous.")
        return response

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        status = 404 if not self.validlink else 400 if context["form"].errors else 200
        return super().render_to_response(context, status=status, **kwargs)


set_password = SetPassword.as_view()
login = limited_login(
    LoginView.as_view(authentication_form=LoginForm, redirect_authenticated_user=True)
)
logout = forgetting_logout(LogoutView.as_view())


def _folded(username: str) -> str:
    """One spelling for what the login form takes for the same account."""
    return unicodedata.normalize("NFKC", username).casefold().strip()
