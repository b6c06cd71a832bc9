"""After the password: the code of the telephone, and how one gets to have it."""

import base64
import logging
from typing import Any

import qrcode
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from qrcode.image.svg import SvgPathFillImage

from registrations import second_factor, throttling
from registrations.account_sessions import end_sessions
from registrations.accounts import account_of
from registrations.models import SecondFactor
from registrations.views.http import too_many_requests

log = logging.getLogger(__name__)


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
        error_messages={"required": "Saisissez le code."},
    )

    def refuse(self) -> None:
        self.add_error(
            "code",
            "Ce code n’est pas le bon. Attendez le suivant sur votre téléphone, et vérifiez que "
            "son heure est exacte.",
        )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Asks for the code; an account that has no telephone yet is led to give one."""
    account = account_of(request)
    factor = second_factor.confirmed_factor(account)
    if factor is None:
        return redirect("second_factor_setup")
    if not second_factor.is_readable(factor):
        log.error("second factor of user %s was made by a key that is lost", account.pk)
        return render(request, "accounts/unreadable.html", status=403)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        network = throttling.network_of(request)
        wait = throttling.wait_before_code(account.pk, network)
        if wait is not None:
            log.warning("second factor of user %s refused: too many attempts", account.pk)
            return too_many_requests(request, wait)
        if form.is_valid():
            if second_factor.accept(factor, form.cleaned_data["code"], timezone.now()):
                log.info("user %s gave the second factor", account.pk)
                throttling.forget_codes(account.pk, network)
                _remember(request, factor)
                return redirect(_next(request))
            log.warning("second factor of user %s refused: wrong code", account.pk)
            form.refuse()
    context = {"form": form, "next": _next(request)}
    return render(request, "accounts/code.html", context, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Ties a telephone to the account: begins on POST, then waits for its first code."""
    account = account_of(request)
    if second_factor.confirmed_factor(account):
        return redirect("second_factor")
    factor = second_factor.begun(account, request.session)
    if request.method == "POST" and (factor is None or "begin" in request.POST):
        second_factor.begin(account, request.session)
        return redirect("second_factor_setup")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if factor and form.is_valid():
        codes = second_factor.confirm(factor, form.cleaned_data["code"], timezone.now())
        if codes:
            log.info("user %s tied a telephone", account.pk)
            _remember(request, factor)
            # Whoever was let in without it gives it now.
            end_sessions(account, but=request.session.session_key)
            return render(
                request,
                "accounts/recovery_codes.html",
                {"codes": codes, "next": settings.LOGIN_REDIRECT_URL},
            )
        form.refuse()
    context: dict[str, Any] = {"form": form, "factor": factor}
    if factor:
        context |= {"image": _square(factor), "key": second_factor.key_to_type(factor)}
    return render(request, "accounts/setup.html", context, status=400 if form.errors else 200)


def _remember(request: HttpRequest, factor: SecondFactor) -> None:
    # What it was worth before is worth nothing any more: as at a login.
    request.session.cycle_key()
    request.session[second_factor.GIVEN] = factor.pk


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else settings.LOGIN_REDIRECT_URL


def _square(factor: SecondFactor) -> str:
    """The square that telephones read, as the address of an image that is its own content."""
    address = second_factor.address_for_telephones(factor)
    image = qrcode.make(address, image_factory=SvgPathFillImage).to_string()
    return f"data:image/svg+xml;base64,{base64.b64encode(image).decode()}"
