from django.apps import AppConfig
from django.db.backends.signals import connection_created

from registrations.alphabetical import teach_sqlite


class RegistrationsConfig(AppConfig):
    """Who comes: registrations, seats, the journal and the mails."""

    name = "registrations"
    verbose_name = "Inscriptions"

    def ready(self) -> None:
        connection_created.connect(teach_sqlite)
