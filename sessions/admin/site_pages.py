"""« Textes du site » : each text is written, looked at as the public would, then published."""

from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from sessions.admin.widgets import RichTextWidget
from sessions.facts import FACTS
from sessions.models import PageVersion, SitePage
from sessions.rich_text import RichTextField
from sessions.site_pages import (
    FIND,
    REQUIRED,
    default_body,
    missing_words,
    page_html,
    publish,
    unknown_words,
)

# In place of a number of version: the text that came with the site.
ORIGINAL = "origine"


class PageVersionForm(forms.ModelForm):
    """A text whose words between braces are known, and that says what the law asks of its page."""

    class Meta:
        model = PageVersion
        fields = ["page", "body"]
        widgets = {"page": forms.HiddenInput}

    def full_clean(self) -> None:
        """After the field itself, which says first what it refuses."""
        super().full_clean()
        page = getattr(self, "cleaned_data", {}).get("page")
        if not page or "body" in self.errors:
            return
        body = self.instance.body
        errors = [
            f"Le site ne connaît pas {{{word}}}\u00a0: prenez un mot de la liste ci-dessus."
            for word in unknown_words(body)
        ] + [
            f"Cette page doit contenir {{{word}}}\u00a0: la loi le demande."
            for word in missing_words(SitePage(page), body)
        ]
        if errors:
            self.add_error("body", ValidationError(errors))


@admin.register(PageVersion)
class PageVersionAdmin(admin.ModelAdmin):
    form = PageVersionForm
    fields = ["page", "body"]
    formfield_overrides = {RichTextField: {"widget": RichTextWidget}}
    change_form_template = "admin/training/pageversion/change_form.html"

    def get_urls(self) -> list:
        pages = {"preview": ("apercu", preview_view), "publish": ("publier", publish_view)}
        return [
            path(
                f"<int:object_id>/{address}/",
                self.admin_site.admin_view(partial(view, self)),
                name=f"training_pageversion_{name}",
            )
            for name, (address, view) in pages.items()
        ] + super().get_urls()

    def get_version(self, request: HttpRequest, object_id: str, right: str) -> PageVersion:
        """The text of a page, for someone who may "view" or "change" it."""
        version = self.get_object(request, object_id)
        if version is None:
            raise Http404("Ce texte n’existe pas.")
        if not getattr(self, f"has_{right}_permission")(request, version):
            raise PermissionDenied
        return version

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """The pages, each with the texts that were written for it; one query for all of them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        versions = list(self.get_queryset(request).select_related("written_by", "published_by"))
        published = {version.pk for version in _on_the_site(versions).values()}
        return TemplateResponse(
            request,
            "admin/training/pageversion/change_list.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": "Textes du site",
                "pages": [
                    (page, [version for version in versions if version.page == page])
                    for page in SitePage
                ],
                "published": published,
                "can_write": self.has_add_permission(request),
            },
        )

    def add_view(self, request: HttpRequest, form_url="", extra_context=None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        page = _page_asked(request)
        if page is None:
            return redirect("admin:training_pageversion_changelist")
        return super().add_view(
            request,
            form_url,
            {
                "title": f"Modifier\u00a0: {page.label}",
                "page": page,
                "facts": [(fact, fact.word.lower() in REQUIRED[page]) for fact in FACTS],
                "links": [FIND, *(each.label for each in SitePage)],
                **(extra_context or {}),
            },
        )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The text to start from: the version asked for, else the last one written."""
        page = _page_asked(request) or SitePage.LEGAL_NOTICE
        asked = request.GET.get("version", "")
        versions = PageVersion.objects.of_page(page)
        if asked.isascii() and asked.isdecimal():
            versions = versions.filter(pk=asked)
        version = None if asked == ORIGINAL else versions.first()
        return {"page": page, "body": version.body if version else default_body(page)}

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        """A text is not changed: another is written from it."""
        version = self.get_version(request, object_id, "view")
        return redirect("admin:training_pageversion_preview", version.pk)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """No « Ajouter » in the index: a text is written for one of the pages of the list."""
        return super().get_model_perms(request) | {"add": False}

    def has_delete_permission(self, request: HttpRequest, obj: PageVersion | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: PageVersion, form, change: bool) -> None:
        obj.written_at, obj.written_by = timezone.now(), cast(User, request.user)
        super().save_model(request, obj, form, change)

    def response_add(self, request, obj: PageVersion, post_url_continue=None) -> HttpResponse:
        return redirect("admin:training_pageversion_preview", obj.pk)

    def render_change_form(self, request, context, *args, **kwargs) -> HttpResponse:
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)


def preview_view(
    model_admin: PageVersionAdmin, request: HttpRequest, object_id: str
) -> HttpResponse:
    """The page as the public would read it with this text, and what one may do of the text."""
    version = model_admin.get_version(request, object_id, "view")
    page = SitePage(version.page)
    on_site = PageVersion.objects.filter(page=page).published().first()
    return TemplateResponse(
        request,
        "admin/training/pageversion/preview.html",
        {
            "page": page,
            "text": page_html(version.body),
            "version": version,
            "is_on_the_site": version == on_site,
            "can_publish": version.is_draft and model_admin.has_change_permission(request),
            "can_write": model_admin.has_add_permission(request),
        },
    )


def publish_view(
    model_admin: PageVersionAdmin, request: HttpRequest, object_id: str
) -> HttpResponse:
    """Puts a draft on the site; asked from its preview, with POST."""
    version = model_admin.get_version(request, object_id, "change")
    if request.method == "POST" and version.is_draft:
        publish(version, by=cast(User, request.user), now=timezone.now())
        model_admin.log_change(request, version, "Texte publié.")
        messages.success(
            request, f"«\u00a0{version.get_page_display()}\u00a0»\u00a0: ce texte est sur le site."
        )
        return redirect("admin:training_pageversion_changelist")
    return redirect("admin:training_pageversion_preview", version.pk)


def _page_asked(request: HttpRequest) -> SitePage | None:
    """Of a form that was sent, or of the address that leads to it; None for no page of ours."""
    asked = request.POST.get("page") or request.GET.get("page", "")
    return SitePage(asked) if asked in SitePage.values else None


def _on_the_site(versions: list[PageVersion]) -> dict[str, PageVersion]:
    """For each page that has one, the text that was published last."""
    published = [version for version in versions if version.published_at]
    published.sort(key=lambda version: (version.published_at, version.pk))
    return {version.page: version for version in published}
