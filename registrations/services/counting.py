"""What stays of people in figures, once everything else of them is gone.

docs/decisions/0018-figures-that-stay.md: why these figures, and none below the policy's smallest.
"""

from collections import Counter

from django.db.models import Count

from registrations.models import PastFigure
from registrations.models.registrations import OrganisationKind, RegistrationQuerySet
from registrations.retention import policy
from registrations.states import Status
from sessions.models import Cycle

By = PastFigure.By

# Where small figures are put together.
OTHERS = "Autres"


def count_past(cycle: Cycle, registrations: RegistrationQuerySet) -> None:
    """Adds these registrations of ``cycle`` to its past figures.

    Six queries, whatever their number. Needs the cycle's lock.
    """
    figures = {
        (figure.by, figure.label, figure.status): figure.n for figure in cycle.past_figures.all()
    }
    for key, n in _figures_of(registrations).items():
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


def _figures_of(registrations: RegistrationQuerySet) -> Counter[tuple[str, str, str]]:
    figures: Counter[tuple[str, str, str]] = Counter()
    by_group = _counts(registrations, "profile__group__name", "status")
    totals: Counter[str] = Counter()
    for (group, _), n in by_group.items():
        totals[group] += n
    told = _told(totals)
    for (group, status), n in by_group.items():
        figures[By.GROUP, group if group in told else OTHERS, status] += n

    present = registrations.filter(status=Status.CONFIRMED)
    labels = dict(OrganisationKind.choices)
    by_territory = Counter(
        {name: n for (name,), n in _counts(present, "territories__name").items() if name}
    )
    by_kind = Counter(
        {str(labels[kind]): n for (kind,), n in _counts(present, "organisation_kind").items()}
    )
    for by, counts in ((By.TERRITORY, by_territory), (By.ORGANISATION_KIND, by_kind)):
        told = _told(counts)
        for label, n in counts.items():
            figures[by, label if label in told else OTHERS, Status.CONFIRMED] += n
    return figures


def _counts(registrations: RegistrationQuerySet, *columns: str) -> dict[tuple, int]:
    rows = registrations.order_by().values_list(*columns).annotate(n=Count("pk", distinct=True))
    return {tuple(values): n for *values, n in rows}


def _told(counts: Counter[str]) -> set[str]:
    """The labels told by themselves: none is small, nor found from what the others hide."""
    smallest = policy().smallest_figure
    told = {label for label, n in counts.items() if n >= smallest}
    n_hidden = sum(n for label, n in counts.items() if label not in told)
    if 0 < n_hidden < smallest and told:
        told.remove(min(told, key=lambda label: (counts[label], label)))
    return told
