from typing import Any

from registrations.forms.person import PersonForm
from registrations.models import Registration
from registrations.services import EDITABLE
from sessions.models import Profile, Territory


class EditForm(PersonForm):
    """« Modifier mon inscription ». The address stays: it is where the link is sent."""

    def __init__(self, data: Any = None, *, registration: Registration) -> None:
        initial = {name: getattr(registration, name) for name in EDITABLE}
        initial["profile"] = str(registration.profile_id)
        initial["territories"] = [str(t.pk) for t in registration.territories.all()]
        # One that is not offered any more stays with those who chose it.
        territories = (Territory.objects.active() | registration.territories.all()).distinct()
        super().__init__(data, cycle=registration.cycle, territories=territories, initial=initial)
        self.registration = registration
        if registration.invitation and registration.invitation.binds:
            self.invitation = registration.invitation

    def clean_profile(self) -> Profile:
        # One's own stays, even if the invitation is for others by now.
        profile = self.cleaned_data["profile"]
        return profile if profile == self.registration.profile else super().clean_profile()

    def clean_territories(self) -> list[Territory]:
        own = self.registration.territories.all()
        if self.invitation and not self.invitation.admits_territories(own):
            return self.cleaned_data["territories"]
        return super().clean_territories()
