"""Forms of the team's pages; the fields are those of the public form."""

from typing import Any

from django import forms

from registrations.exports.responses import FileFormat
from registrations.forms.person import PersonFields
from registrations.models import Registration
from registrations.rosters import Roster
from registrations.services import EDITABLE
from sessions.models import Cycle, Profile, Territory


class PersonAdminForm(PersonFields, forms.ModelForm):
    """What someone wrote of themselves, corrected by the team: same fields, same cleaning."""

    class Meta:
        model = Registration
        fields = [*EDITABLE, "territories"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # The widths of the admin.
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["class"] = "vLargeTextField"
            elif isinstance(field.widget, forms.TextInput):
                field.widget.attrs["class"] = "vTextField"
        territories: Any = self.fields.get("territories")
        if territories is not None:
            # One that is not offered any more stays with those who chose it.
            offered = Territory.objects.active() | self.instance.territories.all()
            territories.queryset = offered.distinct()


class ProfileField(forms.ModelChoiceField):
    widget = forms.RadioSelect

    def label_from_instance(self, profile: Profile) -> str:
        return f"{profile.label} (groupe\u00a0: {profile.group})"


class ProfileForm(forms.Form):
    """« Changer de profil »: another profile of the same cycle."""

    profile = ProfileField(
        queryset=Profile.objects.none(),
        label="Nouveau profil",
        empty_label=None,
        error_messages={
            "required": "Choisissez un profil.",
            "invalid_choice": "Choisissez un profil dans la liste.",
        },
    )

    def __init__(self, data: Any = None, *, registration: Registration) -> None:
        super().__init__(data)
        profile: Any = self.fields["profile"]
        profile.queryset = (
            Profile.objects.filter(group__cycle=registration.cycle_id)
            .exclude(pk=registration.profile_id)
            .select_related("group")
        )


class ExportForm(forms.Form):
    """Which list of a cycle to take away, and how."""

    part = forms.ChoiceField(label="Liste")
    file_format = forms.TypedChoiceField(
        label="Format",
        coerce=FileFormat,
        choices=[(file_format.value, file_format.name) for file_format in FileFormat],
        widget=forms.RadioSelect,
        initial=FileFormat.XLSX.value,
        help_text="En XLSX et en ODS, la liste de tout le cycle a aussi une feuille pour chaque "
        "groupe et pour chaque séance.",
    )
    with_needs = forms.BooleanField(
        label="Avec les attentes et les besoins d’accessibilité",
        required=False,
        help_text="Ces réponses peuvent toucher à la santé\u00a0: ne les transmettez qu’à qui "
        "prépare l’accueil.",
    )

    def __init__(self, data: Any = None, *, cycle: Cycle, may_read_needs: bool) -> None:
        super().__init__(data)
        whole = Roster(cycle)
        self._rosters = {_key(roster): roster for roster in (whole, *whole.parts())}
        part: Any = self.fields["part"]
        part.choices = [(key, roster.title) for key, roster in self._rosters.items()]
        if not may_read_needs:
            del self.fields["with_needs"]

    @property
    def roster(self) -> Roster:
        """The list chosen, once the form is valid."""
        return self._rosters[self.cleaned_data["part"]]


def _key(roster: Roster) -> str:
    if roster.group is not None:
        return f"group-{roster.group.pk}"
    if roster.slot is not None:
        return f"slot-{roster.slot.pk}"
    return "cycle"
