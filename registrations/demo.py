"""What makes a newcomer's first minute: the real programme, a cycle to register for, accounts.

Each function does only what is not done yet, so that a demonstration goes on from one run to the
next with what people did in it.
"""

import csv
import uuid
from datetime import datetime
from pathlib import Path
from string import ascii_lowercase

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils.crypto import get_random_string

from registrations.models import Message, Registration
from registrations.services import EDITABLE, Application, register
from sessions.duplication import duplicate, free_slug, shifted_starts
from sessions.models import Cycle, Profile, Slot, Territory
from sessions.publication import publish
from sessions.states import Publication, Window
from sessions.typography import PARIS, in_paris

PEOPLE = Path(__file__).parent / "data" / "demonstration_people.csv"

# Without the letters and digits that are read for one another.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@transaction.atomic
def register_people(programme: Cycle) -> list[Registration]:
    """Registers fictional people on the programme of 2021, each on a day of March 2021.

    As many as really came, 10 in the first group and 11 in the second. Their mails are long gone:
    none is left to send. Does nothing on a cycle that has people, or had before a purge, or that
    staff took off the site.
    """
    has_people = programme.registrations.exists() or programme.past_figures.exists()
    if has_people or programme.publication != Publication.PUBLISHED:
        return []
    profiles = {
        profile.label: profile
        for profile in Profile.objects.filter(group__cycle=programme).select_related("group")
    }
    territories = {territory.code: territory for territory in Territory.objects.all()}
    with PEOPLE.open(encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file))
    registrations = [
        register(
            programme,
            Application(
                profile=profiles[person["profile"]],
                person={name: person.get(name, "") for name in (*EDITABLE, "email")},
                territories=tuple(
                    territories[code]
                    for code in person["territories"].split()
                    if code in territories
                ),
                submission_key=uuid.uuid4(),
            ),
            now=datetime.fromisoformat(person["registered_at"]).replace(tzinfo=PARIS),
        )
        for person in people
        # What staff renamed or deleted since is left out.
        if person["profile"] in profiles
    ]
    Message.objects.filter(registration__in=registrations).delete()
    return registrations


@transaction.atomic
def open_cycle(programme: Cycle, now: datetime) -> Cycle | None:
    """Publishes the programme at dates to come, on the same weekdays and hours; returns it.

    The first slot is on the third of its weekdays ahead of today, always more than two weeks away.
    Returns None, and does nothing, when people may already register for some cycle.
    """
    published = Cycle.objects.published().with_dates()
    slots = list(Slot.objects.of_cycle(programme).kept().in_order())
    if not slots or any(cycle.window(now) == Window.OPEN for cycle in published):
        return None
    weeks = (in_paris(now).date() - in_paris(slots[0].starts_at).date()).days // 7 + 3
    cycle = duplicate(
        programme,
        title=programme.title,
        slug=free_slug("lutte-contre-les-discriminations"),
        starts=shifted_starts(slots, 7 * weeks),
        now=now,
    )
    cycle.contact_email = "contact@irev.example"
    cycle.save(update_fields=["contact_email"])
    copies = Slot.objects.of_cycle(cycle).in_order()
    for slot, letter in zip(copies, ascii_lowercase, strict=False):
        if slot.is_video:
            slot.video_url = f"https://visio.numerique.gouv.fr/dem-irev-{letter * 3}"
            slot.save(update_fields=["video_url"])
    return publish(cycle, now=now)


@transaction.atomic
def create_account(username: str, *, role: str | None) -> str | None:
    """Creates an account with this role, or one that may do everything; returns its password.

    The password is drawn at random and kept nowhere: the caller shows it, once. Returns None, and
    does nothing, when there is an account of that name already.
    """
    if User.objects.filter(username=username).exists():
        return None
    password = "-".join(get_random_string(5, _ALPHABET) for _ in range(4))
    address = f"{username}@irev.example"
    if role is None:
        User.objects.create_superuser(username, address, password)
    else:
        User.objects.create_user(username, address, password).groups.set(
            [Group.objects.get(name=role)]
        )
    return password
