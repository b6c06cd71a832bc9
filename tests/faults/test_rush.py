"""Places, while many people come at once."""

from itertools import islice

import pytest

from registrations.models import Registration
from registrations.states import Status
from tests.faults.proof import prove_data, prove_visits
from tests.faults.visitors import all_at_once


def path_of(cycle):
    return f"/cycles/{cycle.slug}/inscription/"


def n_in(status):
    return Registration.objects.filter(status=status).count()


@pytest.mark.both_engines
def test_f20_500_people_for_40_places(stage, cycle, people, report):
    figures = report("F20", "500 people at once for 40 places")
    with stage.programs.web() as web:
        posts = [(path_of(cycle), form) for form in islice(people, 500)]
        attempts = all_at_once(web.port, posts)

    figures.numbers |= {"confirmed": n_in(Status.CONFIRMED), "waiting": n_in(Status.WAITLISTED)}
    prove_visits(figures, attempts)
    prove_data(figures)
    assert (n_in(Status.CONFIRMED), n_in(Status.WAITLISTED)) == (40, 460)
