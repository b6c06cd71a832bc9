from django.apps import AppConfig


class RegistrationsConfig(AppConfig):
    """Who comes: registrations, seats, the journal and the mails."""

    name = "registrations"
    verbose_name = "Inscriptions"
