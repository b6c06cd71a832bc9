import re
from functools import wraps

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver
from django.utils import timezone
from django.utils.decorators import method_decorator

from cycle_lcd.lookups import OfferedLookups
from registrations import clock, pause
from registrations.converters import IdConverter
from registrations.views.accounts import forgetting_logout, limited_change, limited_login


class TeamSite(AdminSite):
    """The admin, that refuses whoever is logged in without being of the team.

    Django's own sends them to its login page, as if another password would do.
    """

    def register(self, model_or_iterable, admin_class=None, **options) -> None:
        """Each list, Django's own included, is filtered by what it offers only."""
        admin_class = admin_class or ModelAdmin
        restricted = type(admin_class.__name__, (OfferedLookups, admin_class), {})
        super().register(model_or_iterable, restricted, **options)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without the page that leads from any row to its address, a draft's too, whoever asks."""
        return [each for each in super().get_urls() if getattr(each, "name", "") != "view_on_site"]

    def admin_view(self, view, cacheable=False):
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def refusing(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            # Django asks the database for whatever is posted, which then fails.
            selected = request.POST.getlist(ACTION_CHECKBOX_NAME)
            if not all(re.fullmatch(IdConverter.regex, value) for value in selected):
                raise BadRequest("not identifiers")
            return guarded(request, *args, **kwargs)

        return refusing

    def index(self, request: HttpRequest, extra_context=None) -> TemplateResponse:
        """With what the team must know first: that mails do not leave, that nothing is purged."""
        context = {"pause": pause.last_known(), "doubt": clock.doubt_of_today(timezone.now())}
        return super().index(request, {**context, **(extra_context or {})})

    @method_decorator(limited_login)
    @login_not_required
    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return super().login(request, extra_context)

    @method_decorator(limited_change)
    def password_change(self, request: HttpRequest, extra_context=None) -> TemplateResponse:
        return super().password_change(request, extra_context)

    @method_decorator(forgetting_logout)
    def logout(self, request: HttpRequest, extra_context=None) -> TemplateResponse:
        return super().logout(request, extra_context)
