from django.contrib.admin.apps import AdminConfig

from cycle_lcd import checks  # noqa: F401  (registers them)


class TeamAdminConfig(AdminConfig):
    default_site = "cycle_lcd.admin.TeamSite"
