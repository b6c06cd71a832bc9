"""Plain functions that make valid rows; a test names only what it is about."""

import uuid
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group, User
from django.utils import timezone

from registrations import tokens
from registrations.cleaning import email_key
from registrations.models import Destruction, Invitation, PurgeRun, Registration, Replacement, Seat
from registrations.roles import STAFF, sync_roles
from registrations.services import Application, ask_replacement
from registrations.states import Status
from sessions.models import (
    AudienceGroup,
    Cycle,
    PageVersion,
    Profile,
    Session,
    SitePage,
    Slot,
    Territory,
)
from sessions.states import Publication

PARIS = ZoneInfo("Europe/Paris")


def paris(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=PARIS)


def in_days(days: int, hour: int = 9, minute: int = 0) -> datetime:
    """At that hour of Paris, so many days from today."""
    day = timezone.now().astimezone(PARIS).date() + timedelta(days=days)
    return datetime.combine(day, time(hour, minute), tzinfo=PARIS)


def make_cycle(slug: str = "cycle-lcd", **fields) -> Cycle:
    """A published cycle without sessions: see ``make_programme`` for a whole one."""
    return Cycle.objects.create(
        **{
            "slug": slug,
            "title": "Initier un plan de lutte contre les discriminations",
            "publication": Publication.PUBLISHED,
            "contact_name": "Camille Durand",
            "contact_role": "Chargée de mission",
            "contact_email": "contact@irev.example",
            "contact_phone": "03 20 00 00 00",
            **fields,
        }
    )


def make_group(
    cycle: Cycle, name: str = "Délégués du préfet", slug: str = "delegues"
) -> AudienceGroup:
    """A group with one profile."""
    group = AudienceGroup.objects.create(
        cycle=cycle, name=name, slug=slug, position=cycle.groups.count() + 1
    )
    Profile.objects.create(group=group, label=f"Profil {name}")
    return group


def make_session(cycle: Cycle, number: int | None = None, **fields) -> Session:
    number = number or cycle.training_sessions.count() + 1
    return Session.objects.create(
        **{"cycle": cycle, "number": number, "title": f"Contenu {number}", **fields}
    )


def make_slot(
    session: Session, *groups: AudienceGroup, starts_at: datetime | None = None, **fields
) -> Slot:
    """A videoconference of three hours, by default in thirty days."""
    starts_at = starts_at or in_days(30)
    slot = Slot.objects.create(
        **{
            "session": session,
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=3),
            "video_url": "https://visio.numerique.gouv.fr/abc-defg-hij",
            **fields,
        }
    )
    slot.assign_groups(groups)
    return slot


def make_programme(
    slug: str = "cycle-lcd", *, first_day: int = 30, capacity: int | None = None
) -> Cycle:
    """The shape of the real programme: two groups, three sessions, five slots, the third common.

    Sessions are a week apart, the first in ``first_day`` days; 9h00 for the first group, 13h30 for
    the second, 9h00 for both the third time.
    """
    cycle = make_cycle(slug)
    morning = make_group(cycle, "Délégués du préfet et professionnels de la DDCS", "delegues")
    afternoon = make_group(cycle, "Chefs de projet politique de la ville", "chefs-de-projet")
    for index in range(3):
        session = make_session(cycle)
        day = first_day + 7 * index
        if index < 2:
            make_slot(session, morning, starts_at=in_days(day), capacity=capacity)
            make_slot(session, afternoon, starts_at=in_days(day, 13, 30), capacity=capacity)
        else:
            make_slot(session, morning, afternoon, starts_at=in_days(day), capacity=capacity)
    return cycle


def make_page_version(
    page: SitePage = SitePage.LEGAL_NOTICE, body: str = "<p>Un texte.</p>", **fields
) -> PageVersion:
    """A draft of a page of the site."""
    return PageVersion.objects.create(
        **{"page": page, "body": body, "written_at": timezone.now(), **fields}
    )


def make_territory(name: str = "Métropole européenne de Lille", **fields) -> Territory:
    return Territory.objects.create(
        **{"name": name, "kind": Territory.Kind.METROPOLIS, "has_city_contract": True, **fields}
    )


def make_registration(
    cycle: Cycle, email: str = "alix.martin@nord.example.org", **fields
) -> Registration:
    """A confirmed registration in the cycle's first profile, with the seats of its group."""
    profile = fields.pop("profile", None) or Profile.objects.filter(group__cycle=cycle).first()
    nonce = tokens.draw_nonce()
    now = timezone.now()
    registration = Registration.objects.create(
        **{
            "cycle": cycle,
            "profile": profile,
            "status": Status.CONFIRMED,
            "first_name": "Alix",
            "last_name": "Martin",
            "email": email,
            "email_key": email_key(email),
            "organisation": "Préfecture du Nord",
            "organisation_kind": "prefecture",
            "job_title": "Déléguée du préfet",
            "link_nonce": nonce,
            "link_hash": tokens.fingerprint(tokens.derive(nonce)),
            "submission_key": uuid.uuid4(),
            "created_at": now,
            "confirmed_at": now,
            **fields,
        }
    )
    for slot in profile.group.slots.all():
        Seat.objects.create(registration=registration, session=slot.session, slot=slot)
    return registration


def make_application(
    profile: Profile,
    email: str = "alix.martin@nord.example.org",
    *,
    key: uuid.UUID | None = None,
    invitation: Invitation | None = None,
    territories: Iterable[Territory] = (),
    **person,
) -> Application:
    """A form that was filled in well; ``person`` gives fields of it."""
    return Application(
        profile=profile,
        person={
            "first_name": "Alix",
            "last_name": "Martin",
            "email": email,
            "phone": "+33612345678",
            "organisation": "Préfecture du Nord",
            "organisation_kind": "prefecture",
            "job_title": "Déléguée du préfet",
            "expectations": "",
            "access_needs": "",
            **person,
        },
        territories=tuple(territories),
        submission_key=key or uuid.uuid4(),
        invitation=invitation,
    )


def make_account(role: str = STAFF, username: str = "camille", **fields) -> User:
    """An account of ``registrations.roles``; "" for one without any role."""
    account = User.objects.create_user(username, **{"is_staff": role == STAFF, **fields})
    if role:
        # Tests that commit for good empty the table that the migration filled.
        if not Group.objects.filter(name=role).exists():
            sync_roles()
        account.groups.add(Group.objects.get(name=role))
    return account


def make_registrations(cycle: Cycle, n: int) -> None:
    """That many confirmed people in the cycle's first profile, written at once."""
    profile = Profile.objects.filter(group__cycle=cycle).first()
    people = Registration.objects.bulk_create(
        Registration(
            cycle=cycle,
            profile=profile,
            status=Status.CONFIRMED,
            email=f"personne{number}@nord.example.org",
            email_key=f"personne{number}@nord.example.org",
            link_hash=f"{number:064}",
            created_at=timezone.now(),
            confirmed_at=timezone.now(),
        )
        for number in range(n)
    )
    slots = list(profile.group.slots.all())
    Seat.objects.bulk_create(
        Seat(registration=person, session_id=slot.session_id, slot=slot)
        for person in people
        for slot in slots
    )


def form_data(cycle: Cycle, territory: Territory, **fields) -> dict:
    """What a browser posts for a valid registration in the cycle's first profile."""
    return {
        "profile": Profile.objects.filter(group__cycle=cycle).first().pk,
        "first_name": "Alix",
        "last_name": "Martin",
        "email": "alix.martin@nord.example.org",
        "phone": "06 12 34 56 78",
        "organisation": "Préfecture du Nord",
        "organisation_kind": "prefecture",
        "job_title": "Déléguée du préfet",
        "territories": [territory.pk],
        "expectations": "",
        "access_needs": "",
        **fields,
    }


def make_invitation(cycle: Cycle, **fields) -> Invitation:
    return Invitation.objects.create(**{"cycle": cycle, "label": "Préfecture", **fields})


def make_replacement(registration: Registration, **fields) -> Replacement:
    """The place offered to a colleague, who is mailed."""
    return ask_replacement(
        registration,
        **{
            "first_name": "Lou",
            "last_name": "Petit",
            "email": "lou@nord.example.org",
            "now": timezone.now(),
            **fields,
        },
    )


def make_purge_run(at: datetime) -> PurgeRun:
    return PurgeRun.objects.create(on=at.astimezone(PARIS).date(), ended_at=at, n_destroyed=0)


def make_destruction(**fields) -> Destruction:
    """A line of the register: one registration that a cycle's end made go."""
    return Destruction.objects.create(
        **{
            "at": timezone.now(),
            "rule": "registrations",
            "data": "Inscription et coordonnées",
            "ground": "12\u00a0mois après la fin du cycle",
            "fate": Destruction.Fate.COUNT,
            "cycle_title": "Initier un plan de lutte contre les discriminations",
            "n": 1,
            **fields,
        }
    )
