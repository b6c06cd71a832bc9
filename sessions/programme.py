"""The real programme, kept as data: the cycle of 2021 on plans against discriminations."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from sessions.models import AudienceGroup, Cycle, Phase, Profile, Session, Slot, Speaker
from sessions.models.reminders import add_default_reminders
from sessions.states import Publication
from sessions.typography import PARIS

PROGRAMME_2021 = Path(__file__).parent / "data" / "programme_2021.toml"


@transaction.atomic
def load_programme() -> tuple[Cycle, bool]:
    """The cycle of 2021, published, and whether it was created just now.

    It is found by the address of its page. Once there it belongs to staff: nothing of it is
    written again.
    """
    data = tomllib.loads(PROGRAMME_2021.read_text(encoding="utf-8"))
    known = Cycle.objects.filter(slug=data["cycle"]["slug"]).first()
    if known is not None:
        return known, False
    cycle = Cycle.objects.create(publication=Publication.PUBLISHED, **data["cycle"])
    Speaker.objects.bulk_create(
        Speaker(cycle=cycle, position=position, **speaker)
        for position, speaker in enumerate(data["speakers"], start=1)
    )
    add_default_reminders(cycle)
    groups = {
        group["slug"]: _create_group(cycle, position, group)
        for position, group in enumerate(data["groups"], start=1)
    }
    for position, phase in enumerate(data["phases"], start=1):
        _create_phase(cycle, position, phase, groups)
    return cycle, True


def _create_group(cycle: Cycle, position: int, data: Mapping[str, Any]) -> AudienceGroup:
    group = AudienceGroup.objects.create(
        cycle=cycle, position=position, slug=data["slug"], name=data["name"]
    )
    Profile.objects.bulk_create(
        Profile(group=group, position=rank, label=label)
        for rank, label in enumerate(data["profiles"], start=1)
    )
    return group


def _create_phase(
    cycle: Cycle, position: int, data: Mapping[str, Any], groups: Mapping[str, AudienceGroup]
) -> None:
    phase = Phase.objects.create(
        cycle=cycle, position=position, label=data["label"], title=data["title"]
    )
    for content in data["sessions"]:
        training_session = Session.objects.create(
            cycle=cycle,
            phase=phase,
            number=content["number"],
            title=content["title"],
            content=content["content"],
        )
        for half_day in content["slots"]:
            slot = Slot.objects.create(
                session=training_session,
                starts_at=datetime.combine(half_day["day"], half_day["from"], PARIS),
                ends_at=datetime.combine(half_day["day"], half_day["to"], PARIS),
            )
            slot.assign_groups(groups[slug] for slug in half_day["groups"])
