from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from registrations.accounts import account_of, send_password_link

SENT = "Un lien pour choisir son mot de passe part à l’adresse du compte\u00a0; il vaut une heure."


class NewAccountForm(forms.ModelForm):
    email = forms.EmailField(
        label="Adresse électronique",
        help_text="Un lien y part, pour que la personne choisisse son mot de passe.",
    )

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "is_staff", "groups")


admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Who logs in: the team and the coordinators, by the role that opens what they need.

    Their passwords are chosen by themselves alone, behind a link that is mailed to them.
    """

    add_form = NewAccountForm
    add_form_template = None
    add_fieldsets = ((None, {"fields": NewAccountForm.Meta.fields}),)

    # How the password is kept, which Django shows, helps nobody.
    fieldsets = (
        (None, {"fields": ("username", "password_page")}),
        ("Informations personnelles", {"fields": ("first_name", "last_name", "email")}),
        (
            "Droits",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("password_page", "last_login", "date_joined")

    @admin.display(description="Mot de passe")
    def password_page(self, account: User) -> SafeString:
        address = reverse("admin:auth_user_password_change", args=[account.pk])
        return format_html('<a href="{}">Envoyer un lien pour le choisir</a>', address)

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool
    ) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            send_password_link(obj, by=account_of(request))
            messages.success(request, SENT)

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - as Django names it
        form_url: str = "",
    ) -> HttpResponse:
        """Where Django lets one type the password of somebody else: sends them the link."""
        account = self.get_object(request, id)
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        if account is None:
            raise Http404
        if request.method == "POST" and account.email:
            send_password_link(account, by=account_of(request))
            messages.success(request, SENT)
            return redirect("admin:auth_user_change", account.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "account": account,
            "title": "Envoyer un lien pour choisir un mot de passe",
            "subtitle": None,
        }
        return TemplateResponse(request, "admin/auth/user/send_link.html", context)
