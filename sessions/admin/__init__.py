"""The offer in the admin: cycles with all they are made of, territories, texts."""

from sessions.admin.cycles import CycleAdmin
from sessions.admin.groups import AudienceGroupAdmin
from sessions.admin.site_pages import PageVersionAdmin
from sessions.admin.territories import TerritoryAdmin

__all__ = ["AudienceGroupAdmin", "CycleAdmin", "PageVersionAdmin", "TerritoryAdmin"]
