from django.apps import AppConfig


class SessionsConfig(AppConfig):
    """The offer. The label is ``training``: Django refuses two apps labelled ``sessions``."""

    name = "sessions"
    label = "training"
    verbose_name = "Offre de formation"
