from registrations.models.invitations import Invitation, Replacement
from registrations.models.messages import Message
from registrations.models.registrations import Registration, RegistrationEvent
from registrations.models.reminders import ReminderRun
from registrations.models.seats import Seat
from registrations.models.sending import Sending
from registrations.models.throttling import RequestCount

__all__ = [
    "Invitation",
    "Message",
    "Registration",
    "RegistrationEvent",
    "ReminderRun",
    "Replacement",
    "RequestCount",
    "Seat",
    "Sending",
]
