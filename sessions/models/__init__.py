from sessions.models.agenda import Session, Slot, SlotGroup
from sessions.models.audiences import AudienceGroup, Profile
from sessions.models.cycles import Cycle, Phase
from sessions.models.people import Resource, Speaker
from sessions.models.reminders import Reminder
from sessions.models.site_pages import PageVersion, SitePage
from sessions.models.territories import Territory

__all__ = [
    "AudienceGroup",
    "Cycle",
    "PageVersion",
    "Phase",
    "Profile",
    "Reminder",
    "Resource",
    "Session",
    "SitePage",
    "Slot",
    "SlotGroup",
    "Speaker",
    "Territory",
]
