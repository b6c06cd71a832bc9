"""The mails: ``kinds`` has one function for each, ``assembly`` puts them together."""

from registrations.emails.assembly import Unsendable, assemble, check_address, prepare
from registrations.emails.marks import hide_links

__all__ = ["Unsendable", "assemble", "check_address", "hide_links", "prepare"]
