"""Which answers of a server say that an address does not receive.

A refusal may be about anything: our own reputation, the size or the words of one mail, a setting of
the relay. Only what a server says of the mailbox itself is held against the address; whatever else
made a mail fail is told as the failure of that mail.
"""

import re

# Enhanced status codes: RFC 3463, the registry of RFC 5248, and Exchange Online's own (three
# digits). A plain code decides nothing: by RFC 5321 a bare 550 is "mailbox not found" as well as
# "refused by policy", and relays that were set up badly say it of everyone.
# Left out, for example: 5.1.0, 5.2.0 and 5.5.0, which large French hosts answer to what they take
# for spam; 5.1.7 and 5.1.8, which are about the sender; 5.2.3 and 5.3.4, the size; 5.7.x, policy.
MEANINGS = {
    "5.1.1": "boîte inconnue",
    "5.1.2": "domaine inconnu",
    "5.1.3": "adresse mal écrite",
    "5.1.6": "boîte qui a déménagé",
    # RFC 7505 gives it to domains that take no mail, Exchange to unknown mailboxes.
    "5.1.10": "boîte inconnue",
    "5.1.351": "boîte inconnue",
    "5.2.1": "boîte fermée",
    # For months, when a server says 5 rather than 4.
    "5.2.2": "boîte pleine",
    # Exchange Online of a mailbox that the organisation does not have.
    "5.4.1": "boîte inconnue",
    "5.4.4": "domaine inconnu",
    "5.4.310": "domaine inconnu",
}

# With the plain code right before it, if any; not part of an IP address nor of a version.
_STATUS = re.compile(r"(?<![\d.])(?:(5\d\d)[ -])?#?(5\.\d{1,3}\.\d{1,3})(?!\.?\d)")


def address_failure(*replies: str) -> str:
    """The codes by which a server refuses the address, "550 5.1.1" or "5.1.1"; "" if it does not.

    ``replies`` are its words about one mail, the most exact first.
    """
    for reply in replies:
        for code, status in _STATUS.findall(reply):
            if status in MEANINGS:
                return f"{code} {status}".strip()
    return ""


def in_words(failure: str) -> str:
    """« boîte inconnue (550 5.1.1) », from what ``address_failure`` returned."""
    return f"{MEANINGS[failure.rpartition(' ')[2]]} ({failure})"
