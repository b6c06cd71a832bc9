"""What rows of others hold of a person: requests that name them, mails that went to them.

They are found by the address that the person has, by the request that gave them their place, and by
the addresses that they had before a correction, unless these are somebody else's.
"""

from dataclasses import dataclass

from django.db.models import Q

from registrations.cleaning import email_key
from registrations.models import Message, Registration, Replacement
from registrations.models.messages import MessageKind

# To whoever asked, of no registration.
_TO_AN_ADDRESS = (MessageKind.FIND_LINK, MessageKind.ERASED)


@dataclass(frozen=True)
class Traces:
    """``addresses``: keys, the present one among them. ``mails``: by number, their kinds."""

    addresses: frozenset[str]
    requests: list[Replacement]
    mails: dict[int, str]


def traces_of(registration: Registration) -> Traces:
    """What there is but the person's own registration and its rows. Four queries at most."""
    own = email_key(registration.email)
    addresses = frozenset({own, *_former_addresses(registration, own)})
    others = Replacement.objects.exclude(registration=registration).order_by("pk")
    requests = {request: _names(request, registration, own, addresses) for request in others}
    is_named = {request.pk: named for request, named in requests.items()}
    about = Q(registration=None, kind__in=_TO_AN_ADDRESS) | Q(kind=MessageKind.REPLACEMENT_ASKED)
    rows = Message.objects.filter(about).exclude(registration=registration).order_by("pk")
    mails = {
        pk: kind
        for pk, kind, recipient, context in rows.values_list("pk", "kind", "recipient", "context")
        # What became of the request tells; it may have gone before its mail.
        if is_named.get(context.get("replacement"), email_key(recipient) in addresses)
    }
    return Traces(addresses, [request for request, named in requests.items() if named], mails)


def _former_addresses(registration: Registration, own: str) -> set[str]:
    """Where mails to the person went before; not those that another registration has."""
    mails = registration.messages.exclude(kind=MessageKind.REPLACEMENT_ASKED).order_by()
    former = {email_key(recipient) for recipient in mails.values_list("recipient", flat=True)}
    former -= {own}
    if not former:
        return former
    taken = Registration.objects.exclude(pk=registration.pk).filter(email_key__in=former)
    return former - set(taken.order_by().values_list("email_key", flat=True))


def _names(
    request: Replacement, registration: Registration, own: str, addresses: frozenset[str]
) -> bool:
    key = email_key(request.email)
    if key == own or (request.answered_at and request.registration_id == registration.replaces_id):
        return True
    # Mistyped, an address may be that of somebody who was asked too.
    return key in addresses and request.last_name.casefold() == registration.last_name.casefold()
