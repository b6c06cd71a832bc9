"""Forms of the admin that fill in an address by themselves."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from sessions.cleaning import clean_contact, clean_line
from sessions.duplication import free_slug
from sessions.models import AudienceGroup
from sessions.models.cycles import CONTACT_NAME_LENGTH
from sessions.typography import french

# Of the address of a group's calendar.
_LONGEST = AudienceGroup._meta.get_field("slug").max_length


class WordedForm(forms.ModelForm):
    """A form whose titles get French spaces: a colon never begins a line."""

    words: tuple[str, ...] = ("title", "subtitle", "label")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return cleaned | {name: french(cleaned[name]) for name in self.words if cleaned.get(name)}


class AddressedForm(WordedForm):
    """A form whose address may be left empty, to be made from what it is the address of."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False


class CycleForm(AddressedForm):
    """A cycle; its address is made from its title when it is left empty."""

    # The admin says which model and fields.
    class Meta:
        help_texts = {
            "slug": "Fin de l’adresse publique, après /cycles/. Vide : faite à partir du titre."
        }

    def clean_contact_name(self) -> str:
        return clean_line(self.cleaned_data["contact_name"], CONTACT_NAME_LENGTH)

    def clean_contact_email(self) -> str:
        return clean_contact(self.cleaned_data["contact_email"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("slug") == "" and cleaned.get("title"):
            cleaned["slug"] = free_slug(slugify(cleaned["title"]) or "cycle")
        opens_at = cleaned.get("registration_opens_at")
        closes_at = cleaned.get("registration_closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error(
                "registration_closes_at", "Les inscriptions doivent se clore après leur ouverture."
            )
        return cleaned


class GroupForm(AddressedForm):
    """A group; the address of its calendar is made from its name when it has none."""

    words = ("name",)

    class Meta:
        model = AudienceGroup
        fields = ["position", "name", "slug"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        slug = cleaned.get("slug", self.instance.slug)
        if slug == "" and cleaned.get("name"):
            slug = slugify(cleaned["name"])[:_LONGEST].rstrip("-") or "groupe"
            cleaned["slug"] = self.instance.slug = slug
        return cleaned

    def validate_unique(self) -> None:
        """Also within the cycle, which is not on the form of a group's own page."""
        super().validate_unique()
        try:
            self.instance.validate_constraints(exclude=set(self.errors))
        except ValidationError as error:
            self.add_error(None, error)
