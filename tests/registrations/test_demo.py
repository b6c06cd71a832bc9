"""`manage.py demo`: what a newcomer finds, and that running it again loses and adds nothing."""

import re
from collections import Counter
from datetime import date, datetime
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from registrations.demo import create_account, open_cycle, register_people
from registrations.forms.person import PersonForm
from registrations.forms.registering import RegistrationForm
from registrations.models import Message, Registration, RegistrationEvent, Seat
from registrations.roles import COORDINATION
from registrations.services import EDITABLE, purge
from registrations.states import Status
from sessions.agenda import agenda_of
from sessions.models import Cycle, Profile, Slot, Territory
from sessions.programme import load_programme
from sessions.states import Publication, Window
from sessions.territories import load_territories
from sessions.typography import PARIS, dates, in_paris
from sessions.videoconference import check_join_url
from tests.factories import make_cycle, make_programme, paris

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme() -> Cycle:
    load_territories()
    return load_programme()[0]


def demo() -> str:
    output = StringIO()
    call_command("demo", stdout=output)
    return output.getvalue()


def everything() -> list[list[dict]]:
    models = (Cycle, Slot, Profile, Territory, Registration, Seat, RegistrationEvent, Message, User)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_people_are_as_many_in_each_group_as_really_came(programme):
    register_people(programme)

    assert [
        Registration.objects.confirmed().filter(profile__group=group).count()
        for group in programme.groups.all()
    ] == [10, 11]
    assert Registration.objects.count() == 21


def test_people_have_a_seat_in_each_session_of_their_group(programme):
    register_people(programme)

    assert {
        registration.pk: [seat.slot for seat in registration.seats.in_order()]
        for registration in Registration.objects.all()
    } == {
        registration.pk: agenda_of(programme).slots_by_group[registration.profile.group_id]
        for registration in Registration.objects.select_related("profile")
    }


def test_people_registered_in_march_without_a_mail_left(programme):
    people = register_people(programme)

    assert all(
        paris(2021, 3, 1) < person.created_at == person.confirmed_at < paris(2021, 4, 1)
        for person in people
    )
    assert Counter(RegistrationEvent.objects.values_list("verb", flat=True)) == {"registered": 21}
    assert not Message.objects.exists()


def test_people_are_fictional(programme):
    people = register_people(programme)

    # Domains and telephones that belong to nobody, kept for fiction.
    assert [p.email for p in people if not p.email.endswith(".example")] == []
    assert [p.phone for p in people if not re.fullmatch(r"(\+33353010\d{3})?", p.phone)] == []


def test_people_could_have_filled_in_the_form(programme):
    people = register_people(programme)

    for person in people:
        form = RegistrationForm(
            {
                **{name: getattr(person, name) for name in PersonForm.base_fields},
                "profile": person.profile_id,
                # The form refuses domains that can receive nothing.
                "email": person.email.replace(".example", ".fr"),
                "territories": [territory.pk for territory in person.territories.all()],
                "submission_key": "",
            },
            cycle=programme,
        )
        assert form.errors == {}
        assert form.person == {name: getattr(person, name) for name in EDITABLE}


def test_people_are_registered_once(programme):
    register_people(programme)
    before = everything()

    assert register_people(programme) == []
    assert everything() == before


def test_people_do_not_come_back_after_a_purge(programme):
    register_people(programme)
    purge(now=timezone.now())

    assert register_people(programme) == []
    assert programme.registrations.count() == 0


def test_people_leave_alone_a_programme_off_the_site(programme):
    programme.publication = Publication.ARCHIVED
    programme.save()

    assert register_people(programme) == []


def test_people_do_without_what_staff_renamed_or_deleted(programme):
    Profile.objects.filter(label="Déléguée ou délégué du préfet").update(label="Autre")
    Territory.objects.filter(code="245900428").delete()

    people = register_people(programme)

    assert len(people) == 21 - 9
    assert [p.full_name for p in people if not p.territories.exists()] == ["Sabrina Hamidi"]


def test_open_cycle_can_be_registered_for_at_once(programme):
    now = timezone.now()

    cycle = open_cycle(programme, now)

    assert cycle.publication == Publication.PUBLISHED
    assert cycle.window(now) == Window.OPEN
    assert cycle.slug == "lutte-contre-les-discriminations"
    assert cycle.title == programme.title
    assert cycle.contact_email == "contact@irev.example"


def test_open_cycle_has_the_hours_of_the_programme(programme):
    cycle = open_cycle(programme, paris(2026, 3, 11))

    assert [in_paris(slot.starts_at) for slot in agenda_of(cycle).slots] == [
        # The clocks change on 29 March 2026.
        paris(2026, 3, 31, 9),
        paris(2026, 3, 31, 13, 30),
        paris(2026, 4, 7, 9),
        paris(2026, 4, 7, 13, 30),
        paris(2026, 4, 14, 9),
    ]
    assert {slot.duration.total_seconds() for slot in agenda_of(cycle).slots} == {3 * 3600}


@pytest.mark.parametrize(
    ("now", "first_day"),
    [
        (paris(2026, 11, 23), date(2026, 12, 8)),
        (paris(2026, 11, 24, 0), date(2026, 12, 15)),
        (paris(2026, 11, 24, 23, 59), date(2026, 12, 15)),
        (paris(2026, 11, 25), date(2026, 12, 15)),
        (paris(2026, 11, 30), date(2026, 12, 15)),
        (paris(2026, 10, 20, 8), date(2026, 11, 10)),
        (paris(2027, 3, 16, 8), date(2027, 4, 6)),
    ],
)
def test_open_cycle_starts_on_the_third_tuesday_ahead(programme, now, first_day):
    cycle = open_cycle(programme, now)

    assert in_paris(cycle.starts_at) == datetime(
        first_day.year, first_day.month, first_day.day, 9, tzinfo=PARIS
    )


def test_open_cycle_has_a_link_of_its_own_for_each_slot(programme):
    cycle = open_cycle(programme, timezone.now())

    links = [slot.video_url for slot in agenda_of(cycle).slots]
    assert len(set(links)) == 5
    assert {check_join_url(link).provider for link in links} == {"Visio (La Suite numérique)"}


def test_open_cycle_leaves_the_programme_as_it_was(programme):
    before = everything()

    open_cycle(programme, timezone.now())

    assert Cycle.objects.filter(pk=programme.pk).values().get() == before[0][0]
    assert list(Slot.objects.of_cycle(programme).order_by("pk").values()) == before[1]


@pytest.mark.parametrize("slug", ["lutte-contre-les-discriminations", "un-autre-cycle"])
def test_open_cycle_is_not_made_beside_another(programme, slug):
    make_programme(slug)

    assert open_cycle(programme, timezone.now()) is None
    assert Cycle.objects.count() == 2


def test_open_cycle_is_made_anew_once_the_last_has_started(programme):
    now = paris(2026, 11, 24)
    first = open_cycle(programme, now)

    second = open_cycle(programme, first.starts_at)

    assert second.slug == "lutte-contre-les-discriminations-2"
    assert second.starts_at > first.ends_at


def test_open_cycle_is_made_beside_a_draft(programme):
    make_cycle("brouillon", publication=Publication.DRAFT)

    assert open_cycle(programme, timezone.now()) is not None


def test_open_cycle_of_a_programme_without_slots_is_none(programme):
    Slot.objects.all().delete()

    assert open_cycle(programme, timezone.now()) is None


def test_account_without_role_may_do_everything():
    password = create_account("admin", role=None)

    user = authenticate(username="admin", password=password)
    assert (user.is_staff, user.is_superuser, user.groups.count()) == (True, True, 0)
    assert re.fullmatch(r"([a-z2-9]{5}-){3}[a-z2-9]{5}", password)


def test_account_with_a_role_has_it_alone():
    password = create_account("coordination", role=COORDINATION)

    user = authenticate(username="coordination", password=password)
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert [group.name for group in user.groups.all()] == [COORDINATION]


def test_account_that_exists_keeps_its_password():
    password = create_account("admin", role=None)

    assert create_account("admin", role=COORDINATION) is None
    assert authenticate(username="admin", password=password).is_superuser


def test_accounts_have_passwords_of_their_own():
    assert create_account("admin", role=None) != create_account("equipe", role=None)


def test_demo_says_what_it_made_and_each_password_once():
    output = demo()

    passwords = re.findall(r"mot de passe (\S+), montré cette seule fois\.", output)
    cycle = Cycle.objects.get(slug="lutte-contre-les-discriminations")
    assert [
        authenticate(username=u, password=p)
        for u, p in zip(("admin", "coordination"), passwords, strict=True)
    ] == list(User.objects.order_by("pk"))
    assert re.sub(r"passe \S+, montré", "passe …, montré", output) == (
        "98\u00a0territoires ajoutés.\n"
        "Programme de 2021 ajouté.\n"
        "21\u00a0inscriptions fictives.\n"
        f"Cycle ouvert à l’inscription, les {dates(agenda_of(cycle).starts)}.\n"
        "Compte admin\u00a0: mot de passe …, montré cette seule fois.\n"
        "Compte coordination\u00a0: mot de passe …, montré cette seule fois.\n"
    )


def test_demo_run_again_changes_nothing(django_assert_num_queries):
    demo()
    before = everything()

    with django_assert_num_queries(20):
        output = demo()

    assert everything() == before
    assert output == (
        "Compte admin\u00a0: mot de passe déjà donné\u202f; "
        "`manage.py changepassword admin` pour en changer.\n"
        "Compte coordination\u00a0: mot de passe déjà donné\u202f; "
        "`manage.py changepassword coordination` pour en changer.\n"
    )


def test_demo_keeps_what_people_did():
    demo()
    Registration.objects.filter(last_name="Belkacem").update(status=Status.CANCELLED)
    User.objects.filter(username="admin").update(is_active=False)
    Cycle.objects.update(title="Un autre titre")
    Slot.objects.update(video_url="https://visio.numerique.gouv.fr/abc-defg-hij")
    before = everything()

    demo()

    assert everything() == before


def test_demo_refuses_a_site_in_service(settings):
    settings.IS_HTTPS = True

    with pytest.raises(CommandError):
        demo()

    assert not Cycle.objects.exists()
    assert not User.objects.exists()
