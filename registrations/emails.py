"""The mails: one function for each kind, and what checks and assembles them."""

from registrations.models import Message


class Unsendable(Exception):
    """The mail cannot be built or addressed as it is; no retry would mend it."""


def prepare(message: Message) -> None:
    """Builds the subject and the bodies of ``message`` into its fields, without saving it."""
