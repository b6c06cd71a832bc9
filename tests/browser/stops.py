"""Every page of the site in each of its states, every mail: where to go, and how to get there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, Response

from registrations.models import Message, Registration
from registrations.roles import COORDINATION, STAFF
from registrations.states import Status
from sessions.models import SitePage
from sessions.programme import load_programme
from sessions.states import Publication
from tests.factories import (
    in_days,
    make_cycle,
    make_destruction,
    make_group,
    make_invitation,
    make_page_version,
    make_programme,
    make_registration,
    make_replacement,
    make_session,
    make_slot,
    make_territory,
)
from tests.mails import all_mails, html_of

ERRORS = ["400", "403", "403_csrf", "404", "410", "429", "500", "503", "maintenance"]


@dataclass(frozen=True)
class Stop:
    name: str
    address: str
    # Shown there in the place of what the site answers.
    html: str = ""
    # Pressed once there, for what only an answer to a form shows.
    button: str = ""


def go(page: Page, stop: Stop) -> Response:
    """Returns what the site answered at last, as it was sent."""
    if stop.html:
        page.route(
            f"**{stop.address}",
            lambda route: route.fulfill(body=stop.html, content_type="text/html; charset=utf-8"),
        )
    answer = page.goto(stop.address)
    if stop.button:
        with page.expect_navigation() as navigation:
            page.get_by_role("button", name=stop.button).first.click()
        answer = navigation.value
    return answer


def log_in_as(page: Page, account: User, site: str, cookie: str) -> None:
    """Without the form: a session of its own. ``cookie`` is the name that the settings give it."""
    client = Client()
    client.force_login(account)
    page.context.add_cookies([{"name": cookie, "value": client.cookies[cookie].value, "url": site}])


def public_stops() -> list[Stop]:
    make_territory()
    programme, _ = load_programme()
    programme.publication = Publication.PUBLISHED
    programme.save()
    make_programme("ouvert")
    full = make_programme("complet", capacity=1)
    for profile_of in full.groups.all():
        make_registration(
            full, f"{profile_of.slug}@nord.example.org", profile=profile_of.profiles.get()
        )
    not_open = make_programme("a-venir")
    not_open.registration_opens_at = in_days(10)
    not_open.save()
    closed = make_programme("clos")
    closed.registration_closes_at = timezone.now() - timedelta(days=1)
    closed.save()
    titled = make_programme("titre")
    titled.title = "Accompagner les intercommunalités dans la territorialisation " * 3
    titled.save()
    invitation = make_invitation(full)
    slugs = {
        programme.slug: "terminé",
        "ouvert": "ouvert",
        "complet": "complet",
        "a-venir": "à venir",
        "clos": "clos",
        "titre": "au long titre",
    }
    return [
        Stop("accueil", "/"),
        *(Stop(f"cycle {state}", f"/cycles/{slug}/") for slug, state in slugs.items()),
        *(
            Stop(f"inscription {state}", f"/cycles/{slug}/inscription/")
            for slug, state in slugs.items()
        ),
        Stop(
            "inscription en erreur",
            "/cycles/ouvert/inscription/",
            button="Valider mon inscription",
        ),
        Stop("merci", "/cycles/ouvert/inscription/merci/"),
        Stop("invitation", f"/invitations/{invitation.token}/"),
        Stop("inscription sur invitation", f"/invitations/{invitation.token}/inscription/"),
        Stop("retrouver", "/mes-inscriptions/"),
        Stop("retrouver en erreur", "/mes-inscriptions/", button="Recevoir mon lien"),
        Stop("retrouver envoyé", "/mes-inscriptions/envoye/"),
        Stop("données effacées", "/donnees-effacees/"),
        *(Stop(page.label, f"/{page.value}/") for page in SitePage),
        Stop("connexion", "/coordination/connexion/"),
        Stop("connexion en erreur", "/coordination/connexion/", button="Se connecter"),
        Stop("introuvable", "/nulle-part/"),
    ]


def bare_stops() -> list[Stop]:
    """The site without any cycle, and the pages of errors."""
    return [
        Stop("accueil vide", "/"),
        *(
            Stop(f"erreur {name}", f"/erreurs/{name}/", html=render_to_string(f"{name}.html"))
            for name in ERRORS
        ),
    ]


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
    today = make_cycle("aujourd-hui")
    make_slot(make_session(today), make_group(today), starts_at=now + timedelta(minutes=10))
    stops.append(Stop("espace, le jour même", _space(make_registration(today))))
    past = make_programme("passe", first_day=-60)
    stops.append(Stop("espace, cycle terminé", _space(make_registration(past))))
    replacement = make_replacement(confirmed, now=now)
    address = f"/remplacements/{replacement.token}/"
    stops.append(Stop("remplacement", address))
    return stops


def coordination_stops() -> list[Stop]:
    cycle = make_programme()
    make_programme("passe", first_day=-60)
    make_registration(cycle, phone="+33612345678")
    unreachable = make_registration(cycle, "parti@nord.example.org", last_name="Dûchêne")
    unreachable.address_failed_at, unreachable.address_failure = timezone.now(), "550 5.1.1"
    unreachable.save()
    group = cycle.groups.get(slug="delegues")
    page = f"/coordination/cycles/{cycle.slug}"
    return [
        Stop("coordination", "/coordination/"),
        Stop("coordination, cycle", f"{page}/"),
        Stop("coordination, pas joignables", f"{page}/pas-joignables/"),
        Stop("coordination, inscrits", f"{page}/inscrits/"),
        Stop("coordination, groupe", f"{page}/groupes/{group.pk}/"),
        Stop("coordination, séance", f"{page}/seances/{group.slots.first().pk}/"),
    ]


def admin_stops() -> list[Stop]:
    cycle = make_programme()
    registration = make_registration(cycle)
    make_replacement(registration)
    message = Message.objects.get()
    version = make_page_version()
    invitation = make_invitation(cycle)
    make_destruction()
    make_territory()
    of_cycle, of_person = (
        f"training/cycle/{cycle.pk}",
        f"registrations/registration/{registration.pk}",
    )
    pages = [
        "",
        "training/",
        "training/cycle/",
        "training/cycle/add/",
        *(
            f"{of_cycle}/{end}/"
            for end in (
                *("change", "agenda", "apercu", "publier", "clore", "dupliquer"),
                *("annuler", "history"),
            )
        ),
        f"training/audiencegroup/{cycle.groups.first().pk}/change/",
        "training/territory/",
        "training/territory/add/",
        "training/pageversion/",
        f"training/pageversion/{version.pk}/apercu/",
        "registrations/registration/",
        "registrations/registration/add/",
        *(
            f"{of_person}/{end}/"
            for end in (
                *("change", "profil", "donnees", "effacer", "corriger-l-adresse", "annuler"),
            )
        ),
        *(
            f"registrations/registration/cycles/{cycle.pk}/{end}/"
            for end in ("inscrire", "attente", "exporter")
        ),
        "registrations/invitation/",
        f"registrations/invitation/add/?cycle={cycle.pk}",
        f"registrations/invitation/{invitation.pk}/change/",
        "registrations/message/",
        f"registrations/message/{message.pk}/change/",
        "registrations/destruction/",
    ]
    return [Stop(f"admin {page}", f"/admin/{page}") for page in pages]


def mail_stops() -> list[Stop]:
    registration = make_registration(make_programme())
    return [
        Stop(f"courriel {mail['Subject'].strip()}", f"/courriels/{number}/", html=html_of(mail))
        for number, mail in enumerate(all_mails(registration), start=1)
    ]


# Who makes the stops of a part of the site, and the role of the account that sees them.
PARTS: dict[str, tuple[Callable[[], list[Stop]], str | None]] = {
    "public": (public_stops, None),
    "bare": (bare_stops, None),
    "space": (space_stops, None),
    "coordination": (coordination_stops, COORDINATION),
    "admin": (admin_stops, STAFF),
    "mails": (mail_stops, None),
}


def _space(registration: Registration) -> str:
    return f"/inscriptions/{registration.token}/"
