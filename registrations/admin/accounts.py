from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Who logs in: the team and the coordinators, by the role that opens what they need."""

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
        return format_html('<a href="{}">Changer le mot de passe</a>', address)
