"""Cycles of other shapes than the real programme's: none may need a line of code of its own."""

from collections.abc import Callable

from sessions.models import AudienceGroup, Cycle, Phase
from sessions.states import Mode
from tests.factories import (
    in_days,
    make_cycle,
    make_group,
    make_programme,
    make_session,
    make_slot,
)


def make_groups(cycle: Cycle, *names: str) -> list[AudienceGroup]:
    return [make_group(cycle, name, f"groupe-{number}") for number, name in enumerate(names, 1)]


def make_one_group(slug: str = "un-groupe") -> Cycle:
    """Two sessions for everybody."""
    cycle = make_cycle(slug)
    everybody = make_group(cycle, "Tout public", "tout-public")
    for week in range(2):
        make_slot(make_session(cycle), everybody, starts_at=in_days(30 + 7 * week))
    return cycle


def make_three_groups(slug: str = "trois-groupes") -> Cycle:
    """Apart in the first session, two together in the second, all together in the third."""
    cycle = make_cycle(slug)
    groups = make_groups(cycle, "État", "Intercommunalités", "Associations")
    first, second, third = (make_session(cycle) for _ in range(3))
    for hour, group in zip((9, 13, 17), groups, strict=True):
        make_slot(first, group, starts_at=in_days(30, hour))
    make_slot(second, *groups[:2], starts_at=in_days(37, 9))
    make_slot(second, groups[2], starts_at=in_days(37, 13))
    make_slot(third, *groups, starts_at=in_days(44, 9))
    return cycle


def make_two_apart(slug: str = "deux-sur-trois") -> Cycle:
    """A slot for the first and the last of three groups, and none for the second."""
    cycle = make_cycle(slug)
    groups = make_groups(cycle, "État", "Intercommunalités", "Associations")
    first, second = make_session(cycle), make_session(cycle)
    make_slot(first, *groups, starts_at=in_days(30))
    make_slot(second, groups[0], groups[2], starts_at=in_days(37))
    return cycle


def make_in_person(slug: str = "en-presentiel") -> Cycle:
    """A session by videoconference, then a day together."""
    cycle = make_cycle(slug)
    everybody = make_group(cycle, "Tout public", "tout-public")
    make_slot(make_session(cycle), everybody, starts_at=in_days(30))
    make_slot(
        make_session(cycle),
        everybody,
        starts_at=in_days(37),
        ends_at=in_days(37, 16, 30),
        mode=Mode.IN_PERSON,
        video_url="",
        place="IREV, Lille",
        capacity=40,
    )
    return cycle


def make_by_territory(slug: str = "par-territoire") -> Cycle:
    """The same four days in four towns."""
    cycle = make_cycle(slug)
    groups = make_groups(cycle, "Roubaix", "Maubeuge", "Valenciennes", "Dunkerque")
    for week in range(4):
        session = make_session(cycle)
        for day, group in enumerate(groups):
            make_slot(
                session,
                group,
                starts_at=in_days(30 + 7 * week + day),
                mode=Mode.IN_PERSON,
                video_url="",
                place=group.name,
            )
    return cycle


def make_with_phases(slug: str = "avec-phases") -> Cycle:
    """A session outside any phase, then a phase of two, then a phase of one."""
    cycle = make_cycle(slug)
    everybody = make_group(cycle, "Tout public", "tout-public")
    opening, depth = (
        Phase.objects.create(cycle=cycle, position=position, label=label)
        for position, label in enumerate(("Ouvrir", "Approfondir"), start=1)
    )
    for week, phase in enumerate((None, opening, opening, depth)):
        make_slot(make_session(cycle, phase=phase), everybody, starts_at=in_days(30 + 7 * week))
    return cycle


SHAPES: tuple[Callable[[], Cycle], ...] = (
    make_programme,
    make_one_group,
    make_three_groups,
    make_two_apart,
    make_in_person,
    make_by_territory,
    make_with_phases,
)
