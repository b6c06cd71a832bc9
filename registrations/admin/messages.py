from typing import cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from registrations import emails, outbox, pause
from registrations.exceptions import Refusal
from registrations.models import Message
from registrations.previews import html_preview
from registrations.retention import policy
from registrations.states import MessageState
from sessions.calendars import Method
from sessions.typography import count, moment

HIDDEN_LINK = "[lien personnel masqué]"
CALENDAR_EFFECTS = {
    Method.PUBLISH: "ajoute ou met à jour les séances",
    Method.CANCEL: "retire une séance",
}


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """The log of messages: what was sent, to whom, what the server said, and « Renvoyer »."""

    list_display = ("created_at", "kind", "recipient", "state", "attempts", "last_answer")
    list_filter = ("state", "kind", ("registration__cycle", admin.RelatedOnlyFieldListFilter))
    search_fields = ("recipient", "registration__last_name", "registration__first_name")
    show_full_result_count = False
    actions = ("resend_selected",)
    fieldsets = (
        (None, {"fields": ("kind", "recipient", "registration", "subject")}),
        (
            "Envoi",
            {
                "fields": (
                    *("state", "created_at", "sent_at", "attempts", "next_attempt"),
                    *("last_answer", "identifier"),
                )
            },
        ),
        ("Contenu", {"fields": ("html", "text", "calendar_files")}),
    )
    readonly_fields = ("next_attempt", "identifier", "html", "text", "calendar_files")

    class Media:
        css = {"all": ("css/mail-preview.css",)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("registrations.change_message")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).select_related("registration")

    def get_urls(self) -> list:
        view = self.admin_site.admin_view
        return [
            path("<id:pk>/html/", view(self.html_view), name="registrations_message_html"),
            path(
                "<id:pk>/renvoyer/",
                view(require_POST(self.resend_view)),
                name="registrations_message_resend",
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        context = {"pause": pause.last_known(), **(extra_context or {})}
        return super().changelist_view(request, context)

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        context = {**(extra_context or {}), "can_resend": self.has_resend_permission(request)}
        return super().change_view(request, object_id, form_url, context)

    def html_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The HTML body, as the detail page frames it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        message = get_object_or_404(Message, pk=pk)
        return html_preview(emails.hide_links(message.html_body, "#lien-personnel-masque"))

    def resend_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """« Renvoyer », from the page of one message."""
        if not self.has_resend_permission(request):
            raise PermissionDenied
        message = get_object_or_404(Message, pk=pk)
        shown = self._resend(request, message) or message
        return HttpResponseRedirect(reverse("admin:registrations_message_change", args=[shown.pk]))

    @admin.action(description="Renvoyer les courriels choisis", permissions=["resend"])
    def resend_selected(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        resent = [each for message in queryset if (each := self._resend(request, message))]
        if resent:
            done = count(len(resent), "courriel remis en file", "courriels remis en file")
            self.message_user(request, f"{done}.", messages.SUCCESS)

    def _resend(self, request: HttpRequest, message: Message) -> Message | None:
        try:
            again = outbox.resend(message, cast(User, request.user))
        except (Refusal, emails.Unsendable) as refusal:
            self.message_user(request, f"{message} : {refusal}", messages.ERROR)
            return None
        self.log_change(request, again, "Renvoyé.")
        return again

    @admin.display(description="prochaine tentative")
    def next_attempt(self, message: Message) -> str:
        return moment(message.next_attempt_at) if message.state == MessageState.QUEUED else "aucune"

    @admin.display(description="Message-ID")
    def identifier(self, message: Message) -> str:
        return message.message_id

    @admin.display(description="HTML")
    def html(self, message: Message) -> SafeString:
        return format_html(
            '<iframe class="mail-frame" title="Le courriel mis en forme" src="{}" '
            'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>',
            reverse("admin:registrations_message_html", args=[message.pk]),
        )

    @admin.display(description="texte")
    def text(self, message: Message) -> SafeString:
        text = emails.hide_links(message.text_body, HIDDEN_LINK)
        if not text and message.sent_at:
            text = f"Effacé\u00a0: gardé {policy().rule('mail_bodies').until}."
        return format_html('<pre class="mail-text">{}</pre>', text)

    @admin.display(description="agenda")
    def calendar_files(self, message: Message) -> str:
        """What the mail does to the person's calendar."""
        effects = (CALENDAR_EFFECTS[part["method"]] for part in message.calendars)
        return ", ".join(effects) or "rien"
