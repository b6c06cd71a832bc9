"""What accounts open: the lists of coordinators, the admin, their own pages."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.utils import timezone

from registrations.links import password_page
from registrations.states import Status
from registrations.views.second_factor import CodeForm
from sessions.models import Cycle
from sessions.states import Publication
from tests.access import TABLE, make_addresses
from tests.browser.stops import Stop
from tests.factories import make_account, make_programme, make_registration


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
        Stop("coordination, mes connexions", "/coordination/mes-connexions/"),
    ]


def account_stops() -> list[Stop]:
    """What an account is asked besides its password. The telephone is tied by the first stops."""
    codes = {"codes": [f"abcdefgh{number:04}" for number in range(10)], "next": "/coordination/"}
    code_form = {"form": CodeForm({"code": ""}), "next": "/coordination/"}
    password = urlsplit(password_page(make_account("", "nouvelle"))).path
    return [
        Stop("choisir son mot de passe", password),
        Stop("choisir son mot de passe, en erreur", password, button="Enregistrer"),
        Stop("choisir son mot de passe, lien mort", "/compte/mot-de-passe/MQ/ne-vaut-rien/"),
        Stop("téléphone", "/compte/telephone/"),
        Stop("téléphone, carré à viser", "/compte/telephone/", button="Commencer"),
        Stop("téléphone en erreur", "/compte/telephone/", button="Relier mon téléphone"),
        Stop("codes de secours", "/compte/codes/", html=_page("accounts/recovery_codes", codes)),
        Stop("code", "/compte/code/", html=_page("accounts/code", code_form)),
    ]


# What is no page of ours to be looked at: an answer for a script, a mail that is visited on its
# own.
NOT_PAGES = {"admin:jsi18n", "admin:registrations_message_html"}


def admin_stops() -> list[Stop]:
    """Every page of the admin that the team opens, and the states that a page has besides."""
    stops = _admin_pages(lambda codes: codes["team"] == 200)
    cycle = Cycle.objects.get()
    closed = make_programme("clos")
    closed.registration_closes_at = timezone.now() - timedelta(days=1)
    closed.save()
    archived = make_programme("archive")
    archived.publication = Publication.ARCHIVED
    archived.save()
    pending = make_registration(cycle, "a-valider@nord.example.org", status=Status.PENDING)
    waiting = make_registration(
        cycle, "en-attente@nord.example.org", status=Status.WAITLISTED, queued_at=timezone.now()
    )
    cancelled = make_registration(
        cycle,
        "annulee@nord.example.org",
        status=Status.CANCELLED,
        cancelled_at=timezone.now(),
    )
    of_cycles = "/admin/training/cycle"
    of_people, of_invitations = (
        f"/admin/registrations/{of}" for of in ("registration", "invitation")
    )
    return [
        *stops,
        Stop("admin, rouvrir un cycle clos", f"{of_cycles}/{closed.pk}/rouvrir/"),
        Stop("admin, désarchiver un cycle archivé", f"{of_cycles}/{archived.pk}/desarchiver/"),
        Stop("admin, cycle en erreur", f"{of_cycles}/add/", button="Enregistrer"),
        Stop(
            "admin, inscription en erreur",
            f"{of_people}/cycles/{cycle.pk}/inscrire/",
            button="Inscrire cette personne",
        ),
        Stop("admin, inscription à valider", f"{of_people}/{pending.pk}/change/"),
        Stop("admin, accepter", f"{of_people}/{pending.pk}/accepter/"),
        Stop("admin, refuser", f"{of_people}/{pending.pk}/refuser/"),
        Stop("admin, inscription en attente", f"{of_people}/{waiting.pk}/change/"),
        Stop("admin, attribuer une place", f"{of_people}/{waiting.pk}/attribuer-une-place/"),
        Stop("admin, inscription annulée", f"{of_people}/{cancelled.pk}/change/"),
        Stop("admin, rétablir", f"{of_people}/{cancelled.pk}/retablir/"),
        Stop("admin, invitation à un cycle", f"{of_invitations}/add/?cycle={cycle.pk}"),
    ]


def superuser_stops() -> list[Stop]:
    """Accounts and their roles."""
    return _admin_pages(lambda codes: codes["team"] != 200 == codes["superuser"])


def _admin_pages(opened: Callable[[dict[str, int]], bool]) -> list[Stop]:
    return [
        Stop(f"admin {name.removeprefix('admin:')}", address)
        for name, address in make_addresses().items()
        if name.startswith("admin:") and name not in NOT_PAGES and opened(TABLE[name].codes)
    ]


def _page(template: str, context: dict[str, object]) -> str:
    return render_to_string(f"{template}.html", context)
