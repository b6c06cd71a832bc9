"""Who comes, in the admin: registrations and the log of messages."""

from registrations.admin.messages import MessageAdmin
from registrations.admin.registrations import RegistrationAdmin

__all__ = ["MessageAdmin", "RegistrationAdmin"]
