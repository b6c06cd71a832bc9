from registrations.models.accounts import SecondFactor
from registrations.models.invitations import Invitation, Replacement
from registrations.models.messages import Message
from registrations.models.purges import Destruction, PastFigure, PurgeRun
from registrations.models.registrations import Registration, RegistrationEvent
from registrations.models.reminders import ReminderRun
from registrations.models.seats import Seat
from registrations.models.sending import Sending
from registrations.models.throttling import RequestCount

__all__ = [
    "Destruction",
    "Invitation",
    "Message",
    "PastFigure",
    "PurgeRun",
    "Registration",
    "RegistrationEvent",
    "ReminderRun",
    "Replacement",
    "RequestCount",
    "Seat",
    "SecondFactor",
    "Sending",
]
