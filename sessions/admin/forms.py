"""Forms of the admin that fill in an address by themselves."""

from typing import Any

from django import forms
from django.utils.text import slugify

from sessions.duplication import free_slug
from sessions.models import AudienceGroup

_LONGEST = AudienceGroup._meta.get_field("slug").max_length


class CycleForm(forms.ModelForm):
    """A cycle; its address is made from its title when it is left empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "slug" in self.fields and cleaned.get("slug") == "" and cleaned.get("title"):
            cleaned["slug"] = free_slug(slugify(cleaned["title"]) or "cycle")
        return cleaned


class GroupForm(forms.ModelForm):
    """A group; the address of its calendar is made from its name when it is left empty."""

    class Meta:
        model = AudienceGroup
        fields = ["position", "name", "slug"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("slug") == "" and cleaned.get("name"):
            cleaned["slug"] = slugify(cleaned["name"])[:_LONGEST].rstrip("-") or "groupe"
        return cleaned
