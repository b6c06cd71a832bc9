"""What somebody who registered opens: their space in each of its states, and their mails."""

from datetime import timedelta

from django.utils import timezone

from registrations.models import Registration
from registrations.states import Status
from tests.browser.stops import Stop
from tests.factories import (
    in_days,
    make_cycle,
    make_group,
    make_programme,
    make_registration,
    make_replacement,
    make_session,
    make_slot,
    make_territory,
)
from tests.mails import all_mails, html_of


def space_stops() -> list[Stop]:
    make_territory()
    cycle = make_programme()
    now = timezone.now()
    stops = []
    states = {
        "confirmée": {},
        "en attente": {"status": Status.WAITLISTED, "queued_at": now},
        "à valider": {"status": Status.PENDING},
        "refusée": {"status": Status.REFUSED},
        "annulée": {"status": Status.CANCELLED, "cancelled_at": now},
        "place proposée": {
            "status": Status.WAITLISTED,
            "queued_at": now,
            "offer_expires_at": in_days(1),
        },
    }
    for number, (state, fields) in enumerate(states.items()):
        registration = make_registration(cycle, f"alix{number}@nord.example.org", **fields)
        stops.append(Stop(f"espace, inscription {state}", _space(registration)))
    confirmed = Registration.objects.get(email="alix0@nord.example.org")
    pages = {
        "modifier": "modifier",
        "annuler": "annuler",
        "se faire remplacer": "remplacer",
        "mes données": "donnees",
        "effacer": "effacer",
    }
    stops += [Stop(name, f"{_space(confirmed)}{end}/") for name, end in pages.items()]
    stops.append(
        Stop("remplacer en erreur", f"{_space(confirmed)}remplacer/", button="Proposer ma place")
    )
    stops.append(
        Stop("effacer en erreur", f"{_space(confirmed)}effacer/", button="Effacer mes données")
    )
    today = make_cycle("aujourd-hui")
    make_slot(make_session(today), make_group(today), starts_at=now + timedelta(minutes=10))
    stops.append(Stop("espace, le jour même", _space(make_registration(today))))
    past = make_programme("passe", first_day=-60)
    stops.append(Stop("espace, cycle terminé", _space(make_registration(past))))
    replacement = make_replacement(confirmed, now=now)
    address = f"/remplacements/{replacement.token}/"
    stops.append(Stop("remplacement", address))
    return stops


def mail_stops() -> list[Stop]:
    registration = make_registration(make_programme())
    return [
        Stop(f"courriel {mail['Subject'].strip()}", f"/courriels/{number}/", html=html_of(mail))
        for number, mail in enumerate(all_mails(registration), start=1)
    ]


def _space(registration: Registration) -> str:
    return f"/inscriptions/{registration.token}/"
