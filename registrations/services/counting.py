"""What stays of people in figures, once everything else of them is gone.

docs/decisions/0018-figures-that-stay.md: why these figures, and none below the policy's smallest,
told or found by a subtraction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from registrations.models import PastFigure
from registrations.models.registrations import OrganisationKind, RegistrationQuerySet
from registrations.retention import policy
from registrations.states import Status
from sessions.models import Cycle

By = PastFigure.By

# Where small figures are put together.
OTHERS = "Autres"


class Person(NamedTuple):
    """What is counted of someone."""

    status: str
    group: str
    kind: str
    territories: tuple[str, ...]


def count_past(cycle: Cycle, registrations: RegistrationQuerySet) -> None:
    """Adds these registrations of ``cycle`` to its past figures.

    Four queries, whatever their number. Needs the cycle's lock.
    """
    figures = {
        (figure.by, figure.label, figure.status): figure.n for figure in cycle.past_figures.all()
    }
    for key, n in figures_that_stay(_people(registrations), policy().smallest_figure).items():
        figures[key] = figures.get(key, 0) + n
    PastFigure.objects.bulk_create(
        [
            PastFigure(cycle=cycle, by=by, label=label, status=status, n=n)
            for (by, label, status), n in figures.items()
        ],
        update_conflicts=True,
        unique_fields=["cycle", "by", "label", "status"],
        update_fields=["n"],
    )


def figures_that_stay(people: Collection[Person], smallest: int) -> dict[tuple[str, str, str], int]:
    """How many of these people, by what, under which name, in which state; nothing of a few people.

    No figure is below ``smallest``, nor is what remains of all these people, or of those in one
    state, once the others are taken away.
    """
    figures: dict[tuple[str, str, str], int] = {}
    by_status = _sets([person.status] for person in people)
    told = _put_together(by_status, PastFigure.SEVERAL_STATES, smallest)
    for status, numbers in told.items():
        those = [person for number, person in enumerate(people) if number in numbers]
        names: dict[str, list[Sequence[str]]] = {By.GROUP: [[person.group] for person in those]}
        # Of those who had a place, or of all when too few had none to be told apart.
        if any(person.status == Status.CONFIRMED for person in those):
            names[By.TERRITORY] = [person.territories or (OTHERS,) for person in those]
            names[By.ORGANISATION_KIND] = [[person.kind] for person in those]
        for by, names_of_each in names.items():
            by_name = _put_together(_sets(names_of_each), OTHERS, smallest)
            figures |= {(by, name, status): len(found) for name, found in by_name.items()}
    return figures


def _people(registrations: RegistrationQuerySet) -> list[Person]:
    """Two queries."""
    labels = dict(OrganisationKind.choices)
    territories: defaultdict[int, list[str]] = defaultdict(list)
    for pk, name in registrations.order_by().values_list("pk", "territories__name"):
        if name:
            territories[pk].append(name)
    columns = ("pk", "status", "profile__group__name", "organisation_kind")
    return [
        Person(status, group, str(labels[kind]), tuple(territories[pk]))
        for pk, status, group, kind in registrations.order_by().values_list(*columns)
    ]


def _sets(names_of_each: Iterable[Sequence[str]]) -> dict[str, set[int]]:
    """Who bears each name, by their numbers, from the names that each person bears."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for number, names in enumerate(names_of_each):
        for name in names:
            found[name].add(number)
    return found


def _put_together(
    by_name: Mapping[str, set[int]], others: str, smallest: int
) -> dict[str, set[int]]:
    """The same, where small sets make one, ``others``; nothing when all of them are too few.

    While that one is small too, or would be found small by a subtraction, the smallest of the sets
    that are told joins it.
    """
    everybody = set().union(*by_name.values())
    if len(everybody) < smallest:
        return {}
    told = {
        name: numbers
        for name, numbers in by_name.items()
        if len(numbers) >= smallest and name != others
    }
    while True:
        hidden = set().union(*(by_name[name] for name in by_name if name not in told))
        # Someone may bear several names: then it is not as many as are hidden.
        remainder = len(everybody) - sum(map(len, told.values()))
        if not any(0 < n < smallest for n in (len(hidden), remainder)):
            break
        del told[min(told, key=lambda name: (len(told[name]), name))]
    return {**told, others: hidden} if hidden else told
