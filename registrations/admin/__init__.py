"""Who comes, in the admin: registrations, messages, the way there from a cycle, accounts."""

from registrations.admin.accounts import AccountAdmin
from registrations.admin.cycles import CycleAdmin
from registrations.admin.destructions import DestructionAdmin
from registrations.admin.invitations import InvitationAdmin
from registrations.admin.messages import MessageAdmin
from registrations.admin.registrations import RegistrationAdmin

__all__ = [
    "AccountAdmin",
    "CycleAdmin",
    "DestructionAdmin",
    "InvitationAdmin",
    "MessageAdmin",
    "RegistrationAdmin",
]
