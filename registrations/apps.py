from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in

from registrations.session_times import begin


class RegistrationsConfig(AppConfig):
    """Who comes: registrations, seats, the journal and the mails."""

    name = "registrations"
    verbose_name = "Inscriptions"

    def ready(self) -> None:
        user_logged_in.connect(begin)
