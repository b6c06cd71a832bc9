"""What happens to a registration: one function for each verb.

Each is one transaction: it takes the cycle's lock, asks whether the rules allow the change, writes
it, its journal entry and its mail. ``now`` comes in once. ``by`` is the member of staff who acts,
None for the person themselves. Refusals are ``registrations.exceptions``.
"""

from registrations.services.addresses import correct_address
from registrations.services.announcing import Impact, announce, cancel_cycle, rehearse
from registrations.services.core import EDITABLE
from registrations.services.editing import Move, edit, move_seat, moves_to
from registrations.services.erasing import Cause, erase
from registrations.services.inviting import save_invitation
from registrations.services.leaving import cancel, restore
from registrations.services.mailing import find_links, send_link_again
from registrations.services.purging import purge, purge_once_a_day
from registrations.services.registering import Application, register
from registrations.services.reminding import queue_reminders
from registrations.services.replacing import answered_with, ask_replacement, replace
from registrations.services.validating import accept, refuse, verify_address
from registrations.services.waiting import (
    accept_offer,
    lapse_offers,
    promote,
    promote_waiting,
    serve_waiting_lists,
)

__all__ = [
    "EDITABLE",
    "Application",
    "Cause",
    "Impact",
    "Move",
    "accept",
    "accept_offer",
    "announce",
    "answered_with",
    "ask_replacement",
    "cancel",
    "cancel_cycle",
    "correct_address",
    "edit",
    "erase",
    "find_links",
    "lapse_offers",
    "move_seat",
    "moves_to",
    "promote",
    "promote_waiting",
    "purge",
    "purge_once_a_day",
    "queue_reminders",
    "refuse",
    "register",
    "rehearse",
    "replace",
    "restore",
    "save_invitation",
    "send_link_again",
    "serve_waiting_lists",
    "verify_address",
]
