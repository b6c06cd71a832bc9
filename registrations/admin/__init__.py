"""Who comes, in the admin: registrations, the log of messages, and the way there from a cycle."""

from registrations.admin.cycles import CycleAdmin
from registrations.admin.destructions import DestructionAdmin
from registrations.admin.invitations import InvitationAdmin
from registrations.admin.messages import MessageAdmin
from registrations.admin.registrations import RegistrationAdmin

__all__ = ["CycleAdmin", "DestructionAdmin", "InvitationAdmin", "MessageAdmin", "RegistrationAdmin"]
