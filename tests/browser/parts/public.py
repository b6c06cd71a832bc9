"""What anybody may open."""

from datetime import timedelta

from django.template.loader import render_to_string
from django.utils import timezone

from sessions.models import SitePage
from sessions.programme import load_programme
from sessions.states import Publication
from tests.browser.stops import Stop
from tests.factories import (
    in_days,
    make_invitation,
    make_programme,
    make_registration,
    make_territory,
)

ERRORS = ["400", "403", "403_csrf", "404", "410", "429", "500", "503", "maintenance"]


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
        Stop("merci sur invitation", f"/invitations/{invitation.token}/inscription/merci/"),
        Stop("retrouver", "/mes-inscriptions/"),
        Stop("retrouver en erreur", "/mes-inscriptions/", button="Recevoir mon lien"),
        Stop("retrouver envoyé", "/mes-inscriptions/envoye/"),
        Stop("données effacées", "/donnees-effacees/"),
        *(Stop(page.label, f"/{page.value}/") for page in SitePage),
        Stop("connexion", "/coordination/connexion/"),
        Stop("connexion en erreur", "/coordination/connexion/", button="Se connecter"),
        Stop("connexion à l’administration", "/admin/login/"),
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
