"""How many people: by group and state in a cycle, by slot. Those long gone are counted too."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from registrations.models import PastFigure, Registration
from registrations.places import counted
from registrations.states import Status
from sessions.models import Cycle, Slot
from sessions.models.agenda import SlotQuerySet

# Told even when nobody is in that state.
_ALWAYS = (Status.CONFIRMED, Status.WAITLISTED)
_ORDER = (*_ALWAYS, Status.PENDING, Status.REFUSED, Status.CANCELLED, PastFigure.SEVERAL_STATES)
_LABELS = {**dict(Status.choices), PastFigure.SEVERAL_STATES: "État non distingué"}


@dataclass(frozen=True)
class Row:
    label: str
    # As many as the table has states, in their order.
    counts: list[int]


@dataclass(frozen=True)
class Figures:
    """Registrations of a cycle: a column for each state that occurs, a row for each group."""

    # In words.
    states: list[str]
    rows: list[Row]
    total: Row


def figures_of(cycles: Iterable[Cycle]) -> dict[int, Figures]:
    """The figures of each cycle by its identifier; two queries, for cycles with groups prefetched.

    People whose data were destroyed are counted under the name that their group had.
    """
    cycles = list(cycles)
    counts: dict[int, Counter[tuple[str, str]]] = {cycle.pk: Counter() for cycle in cycles}
    counted_states = (
        Registration.objects.filter(cycle__in=counts)
        .order_by()
        .values_list("cycle_id", "profile__group__name", "status")
        .annotate(n=Count("pk"))
    )
    past = PastFigure.objects.filter(cycle__in=counts, by=PastFigure.By.GROUP)
    past_states = past.values_list("cycle_id", "label", "status", "n")
    for cycle_pk, group, status, n in (*counted_states, *past_states):
        counts[cycle_pk][group, status] += n
    return {cycle.pk: _figures(cycle, counts[cycle.pk]) for cycle in cycles}


def slots_with_figures(cycle: Cycle) -> SlotQuerySet:
    """The cycle's kept slots in time order, each with ``n_taken`` and ``n_waiting``."""
    waiting = Q(seats__registration__status=Status.WAITLISTED)
    return (
        counted(Slot.objects.of_cycle(cycle).kept())
        .annotate(n_waiting=Count("seats", filter=waiting, distinct=True))
        .in_order()
    )


def _figures(cycle: Cycle, counts: Counter[tuple[str, str]]) -> Figures:
    totals: Counter[str] = Counter()
    for (_group, status), n in counts.items():
        totals[status] += n
    states = [state for state in _ORDER if state in _ALWAYS or totals[state]]
    names = [group.name for group in cycle.groups.all()]
    # Groups that changed their name since, or too small to be told by themselves.
    names += sorted({group for group, _ in counts} - set(names))
    rows = [Row(name, [counts[name, state] for state in states]) for name in names]
    total = Row("Ensemble", [totals[state] for state in states])
    return Figures([_LABELS[state] for state in states], rows, total)
