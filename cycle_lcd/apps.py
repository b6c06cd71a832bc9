from django.contrib.admin.apps import AdminConfig


class TeamAdminConfig(AdminConfig):
    default_site = "cycle_lcd.admin.TeamSite"
