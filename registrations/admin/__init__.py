"""Who comes, in the admin: the log of messages."""

from registrations.admin.messages import MessageAdmin

__all__ = ["MessageAdmin"]
