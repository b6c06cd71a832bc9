"""What the dearest requests cost, as ratios to the cheapest page of the same run: ``make bench``.

Its name keeps it out of the tests: pytest runs it when it is asked for by name. Requests take
turns, so that a machine that slows down slows all of them; medians, so that a hiccup counts for
nothing.
"""

import statistics
from collections.abc import Callable
from time import perf_counter

import pytest
from django.http import HttpResponseBase
from django.test import Client

from tests.factories import (
    form_data,
    make_account,
    make_programme,
    make_registration,
    make_registrations,
    make_territory,
)

ROUNDS = 30
# Not measured: what a process learns once.
WARM_UPS = 3
# Of the lists, which are a hundred times dearer: once in so many rounds.
LISTS_EVERY = 6
# How much dearer one of two may be: beyond, an address that is known shows by the time it takes.
MOST_ALIKE = 1.5

FORM, FIND = "/cycles/cycle-lcd/inscription/", "/mes-inscriptions/"
FLOOR = "une page sans rien de la base"
REGISTER = ("s’inscrire, adresse inconnue", "s’inscrire, adresse connue")
FIND_LINKS = ("retrouver, adresse inconnue", "retrouver, adresse connue")
LISTS = ("une liste de 1 000 personnes, CSV", "la même et ses parties, XLSX")

Request = Callable[[int], HttpResponseBase]


@pytest.mark.django_db(transaction=True)
def test_ratios(settings, capsys):
    settings.EXPORT_ALERT = 10**6
    medians = medians_of(requests())

    with capsys.disabled():
        print(f"\n{FLOOR} : {medians[FLOOR] * 1_000:.2f} ms, médiane de {ROUNDS}\n")
        for name, median in medians.items():
            print(f"{median / medians[FLOOR]:8.1f}  {name}")
        for unknown, known in (REGISTER, FIND_LINKS):
            print(f"{medians[known] / medians[unknown]:8.2f}  {known} / {unknown}")
    for unknown, known in (REGISTER, FIND_LINKS):
        assert 1 / MOST_ALIKE < medians[known] / medians[unknown] < MOST_ALIKE


def medians_of(measured: dict[str, Request]) -> dict[str, float]:
    """In seconds, by name."""
    times: dict[str, list[float]] = {name: [] for name in measured}
    for number in range(WARM_UPS + ROUNDS):
        for name, request in measured.items():
            if name in LISTS and number % LISTS_EVERY:
                continue
            before = perf_counter()
            answer = request(number)
            b"".join(answer)
            times[name].append(perf_counter() - before)
            assert answer.status_code in {200, 303}
    return {
        name: statistics.median(each[1 if name in LISTS else WARM_UPS :])
        for name, each in times.items()
    }


def requests() -> dict[str, Request]:
    """Each is given the number of its turn, so that no two posts are for the same address."""
    cycle, large = make_programme(capacity=1_000), make_programme("grand-cycle")
    for number in range(WARM_UPS + ROUNDS):
        make_registration(cycle, f"connue{number}@nord.example.org")
    make_registrations(large, 1_000)
    data = form_data(cycle, make_territory())
    team = Client()
    team.force_login(make_account())

    def get(address: str) -> Request:
        return lambda number: Client().get(address)

    def post(address: str, name: str) -> Request:
        # Each from a network of its own: nobody is told to wait.
        return lambda number: Client(REMOTE_ADDR=f"192.0.2.{number}").post(
            address, {**data, "email": f"{name}{number}@nord.example.org"}
        )

    export = "/coordination/cycles/grand-cycle/inscrits/exporter/"
    return {
        FLOOR: get("/mes-inscriptions/envoye/"),
        "la page d’un cycle": get("/cycles/cycle-lcd/"),
        "son formulaire": get(FORM),
        REGISTER[0]: post(FORM, "inconnue"),
        REGISTER[1]: post(FORM, "connue"),
        FIND_LINKS[0]: post(FIND, "personne"),
        FIND_LINKS[1]: post(FIND, "connue"),
        "le programme en PDF": get("/cycles/cycle-lcd/programme.pdf"),
        LISTS[0]: lambda number: team.post(export, {"format": "csv"}),
        LISTS[1]: lambda number: team.post(export, {"format": "xlsx"}),
    }
