from registrations.models.messages import Message
from registrations.models.registrations import Registration, RegistrationEvent
from registrations.models.seats import Seat

__all__ = ["Message", "Registration", "RegistrationEvent", "Seat"]
