from django.contrib.admin.apps import AdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig

from cycle_lcd import checks  # noqa: F401  (registers them)


class TeamAdminConfig(AdminConfig):
    default_site = "cycle_lcd.admin.TeamSite"


class ServedFilesConfig(StaticFilesConfig):
    # Maps tell how scripts were written, to whoever develops them.
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "*.map"]
