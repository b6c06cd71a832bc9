from django.apps import AppConfig
from django.db.backends.signals import connection_created

from sessions.alphabetical import teach_sqlite


class SessionsConfig(AppConfig):
    """The offer. The label is ``training``: Django refuses two apps labelled ``sessions``."""

    name = "sessions"
    label = "training"
    verbose_name = "Offre de formation"

    def ready(self) -> None:
        connection_created.connect(teach_sqlite)
