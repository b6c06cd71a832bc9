"""What the tests of threats share: a site with people on it, and what it keeps."""

import json
import re
from email import message_from_bytes, policy
from pathlib import Path

from django.apps import apps
from django.core import mail, serializers

from registrations import outbox
from registrations.transport import Courier

FORM = "/cycles/cycle-lcd/inscription/"
FIND = "/mes-inscriptions/"
PASSWORD = "la pluie sur les toits de Lille"
LINK = re.compile(r"https?://[^\s\"'<>]+")
CORPUS = json.loads((Path(__file__).parents[1] / "data" / "bad_inputs.json").read_text())

# What identifiers, searches and filters are made of by those who mean harm, or by accident.
HOSTILE = ["0", "-1", "9" * 30, "abc", "é", "1\x1f2", "' OR 1=1--", "١", "😀", "1e5", "%"]


def expanded(value):
    """A value of the corpus; long ones are written as what is repeated."""
    return value["repeat"][0] * value["repeat"][1] if isinstance(value, dict) else value


def delivered() -> list:
    """Every mail that may leave now, as it leaves."""
    before = len(mail.outbox)
    while message := outbox.claim():
        outbox.deliver(message, Courier())
    return mail.outbox[before:]


def links(mails: list) -> list[str]:
    """Each address that the mails hold, in text and in HTML."""
    found = set()
    for each in mails:
        read = message_from_bytes(each.message().as_bytes(), policy=policy.default)
        parts = [
            part.get_content() for part in read.walk() if part.get_content_maintype() == "text"
        ]
        found |= {link.rstrip(".,") for part in parts for link in LINK.findall(part)}
    return sorted(found)


def rows(*without: str) -> str:
    """All that the database holds, but the models named."""
    models = [
        model
        for model in apps.get_models()
        if model._meta.label not in without and not model._meta.proxy
    ]
    objects = [row for model in models for row in model._default_manager.order_by("pk")]
    return serializers.serialize("json", objects)
