"""The pages of a cycle besides its own: agenda, preview, life, copy."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.utils import timezone

from sessions.admin.panel import cycle_url
from sessions.models import Cycle, Slot
from sessions.states import Publication
from sessions.typography import in_paris
from tests.factories import (
    make_account,
    make_cycle,
    make_programme,
    make_registration,
    make_session,
    make_slot,
    paris,
)
from tests.sessions.admin.test_agenda_form import posted

pytestmark = pytest.mark.django_db

NBSP = "\N{NO-BREAK SPACE}"
PAGES = (
    "agenda",
    "preview",
    "publish",
    "close",
    "reopen",
    "archive",
    "unarchive",
    "duplicate",
)


@pytest.fixture
def reader(client):
    """Someone of the team who may only look."""
    account = make_account("", "lecteur", is_staff=True)
    account.user_permissions.add(
        Permission.objects.get(codename="view_cycle", content_type__app_label="training")
    )
    client.force_login(account)
    return client


def told(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_for_those_who_may_change_cycles(client, reader, name):
    cycle = make_programme()
    expected = 200 if name == "preview" else 403

    assert reader.get(cycle_url(name, cycle)).status_code == expected
    client.logout()
    anonymous = client.get(cycle_url(name, cycle))
    assert anonymous.status_code == 302
    assert anonymous.url.endswith(f"?next={cycle_url(name, cycle)}")


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_an_unknown_cycle_are_not_found(staff, name):
    assert staff.get(cycle_url(name, Cycle(pk=10**20))).status_code == 404


@pytest.mark.parametrize("name", [name for name in PAGES if name != "agenda"])
def test_looking_at_a_page_changes_nothing(staff, name):
    cycle = make_programme()
    before = list(Cycle.objects.values())

    staff.get(cycle_url(name, cycle))

    assert list(Cycle.objects.values()) == before


@pytest.mark.parametrize(
    ("name", "n_queries"),
    [
        ("agenda", 11),
        ("preview", 12),
        ("publish", 11),
        ("close", 5),
        ("reopen", 6),
        ("archive", 5),
        ("unarchive", 5),
        ("duplicate", 8),
    ],
)
def test_pages_cost_the_same_whatever_the_size(staff, django_assert_num_queries, name, n_queries):
    small, large = make_programme("petit"), make_programme("grand")
    for _ in range(3):
        make_slot(make_session(large), *large.groups.all())

    for cycle in (small, large):
        with django_assert_num_queries(n_queries):
            staff.get(cycle_url(name, cycle))


def test_agenda_page_saves_and_comes_back_to_the_cycle(staff):
    cycle = make_programme()
    slot = Slot.objects.of_cycle(cycle).in_order().first()

    response = staff.post(
        cycle_url("agenda", cycle), posted(cycle, **{f"slot_{slot.pk}__capacity": "12"})
    )

    assert response.status_code == 302
    assert response.url == cycle_url("change", cycle)
    assert told(response) == [f"L’agenda est enregistré{NBSP}: 1{NBSP}séance modifiée."]
    assert LogEntry.objects.get().get_change_message() == told(response)[0]
    slot.refresh_from_db()
    assert slot.capacity == 12


def test_agenda_page_left_as_shown_says_so(staff):
    cycle = make_programme()

    response = staff.post(cycle_url("agenda", cycle), posted(cycle) | {"_continue": "1"})

    assert response.url == cycle_url("agenda", cycle)
    assert told(response) == ["L’agenda n’a pas changé."]
    assert not LogEntry.objects.exists()


def test_agenda_page_with_errors_saves_nothing_and_keeps_what_was_typed(staff):
    cycle = make_programme()
    first, second, *_ = Slot.objects.of_cycle(cycle).in_order()

    response = staff.post(
        cycle_url("agenda", cycle),
        posted(
            cycle,
            **{f"slot_{first.pk}__capacity": "12", f"slot_{second.pk}__video_url": "http://a.fr/x"},
        ),
    )

    html = response.content.decode()
    assert response.status_code == 200
    assert html.count("<title>Erreur") == 1
    assert f'href="#id_slot-{second.pk}-video_url"' in html
    assert 'value="http://a.fr/x"' in html
    assert 'value="12"' in html
    assert not Slot.objects.filter(capacity=12).exists()


def test_agenda_page_of_a_cycle_without_groups_leads_to_them(staff):
    cycle = make_cycle()
    make_session(cycle)

    html = staff.get(cycle_url("agenda", cycle)).content.decode()

    assert html.count("donnez d’abord au cycle ses groupes et ses sessions") == 1
    assert html.count("<fieldset") == 0


def test_preview_shows_a_draft_as_the_public_page(staff):
    cycle = make_programme()
    Cycle.objects.update(publication=Publication.DRAFT, context="<p>Le contexte du cycle</p>")

    html = staff.get(cycle_url("preview", cycle)).content.decode()

    assert html.count("<p>Le contexte du cycle</p>") == 1
    assert html.count("Ce cycle n’est pas public.") == 1
    assert html.count("S’inscrire au cycle") == 0
    assert staff.get(cycle.get_absolute_url()).status_code == 404


def test_publish_page_publishes(staff):
    cycle = make_programme()
    Cycle.objects.update(publication=Publication.DRAFT)

    response = staff.post(cycle_url("publish", cycle))

    assert response.url == cycle_url("change", cycle)
    assert told(response) == ["Le cycle est publié."]
    assert Cycle.objects.get().is_published


def test_publish_page_lists_what_is_missing_with_where_to_add_it(staff):
    cycle = make_cycle(publication=Publication.DRAFT)

    page = staff.get(cycle_url("publish", cycle))
    posted_anyway = staff.post(cycle_url("publish", cycle))

    assert [address for _, address in page.context["problems"]] == [
        f"{cycle_url('change', cycle)}#groups-heading",
        f"{cycle_url('change', cycle)}#training_sessions-heading",
    ]
    assert page.content.decode().count('value="Publier"') == 0
    assert told(posted_anyway) == ["Le cycle n’est pas prêt à être publié."]
    assert Cycle.objects.get().is_draft


@pytest.mark.parametrize(
    ("name", "before", "after", "words"),
    [
        ("archive", Publication.PUBLISHED, Publication.ARCHIVED, "Le cycle est archivé."),
        (
            "archive",
            Publication.DRAFT,
            Publication.DRAFT,
            "Seul un cycle publié peut être archivé.",
        ),
        (
            "unarchive",
            Publication.ARCHIVED,
            Publication.PUBLISHED,
            "Le cycle est de nouveau sur le site.",
        ),
    ],
)
def test_archive_pages_change_the_publication(staff, name, before, after, words):
    cycle = make_programme()
    Cycle.objects.update(publication=before)

    response = staff.post(cycle_url(name, cycle))

    assert Cycle.objects.get().publication == after
    assert told(response) == [words]


def test_close_page_ends_registration(staff):
    cycle = make_programme()

    staff.post(cycle_url("close", cycle))

    assert Cycle.objects.get().registration_closes_at <= timezone.now()


def test_reopen_page_proposes_the_next_slot_and_opens_until_then(staff):
    cycle = make_programme()
    Cycle.objects.update(registration_closes_at=timezone.now() - timedelta(hours=1))
    starts_at = Slot.objects.earliest("starts_at").starts_at

    page = staff.get(cycle_url("reopen", cycle))
    assert page.context["form"]["until"].value() == starts_at
    local = in_paris(starts_at)
    staff.post(
        cycle_url("reopen", cycle),
        {"until_0": local.date().isoformat(), "until_1": f"{local:%H:%M}"},
    )

    assert Cycle.objects.get().registration_closes_at == starts_at


def test_reopen_page_says_that_a_past_date_opens_nothing(staff):
    cycle = make_programme()
    Cycle.objects.update(registration_closes_at=timezone.now() - timedelta(hours=1))

    response = staff.post(cycle_url("reopen", cycle), {"until_0": "2021-04-06", "until_1": "09:00"})

    assert response.context["form"].errors == {"until": ["Donnez une date de clôture à venir."]}


@pytest.fixture
def past_cycle():
    """Two slots on Tuesdays of 2021, each side of a change of clock."""
    cycle = make_cycle("cycle-2021", title="Le cycle")
    group = cycle.groups.create(name="Tous", slug="tous")
    group.profiles.create(label="Toute personne")
    make_slot(make_session(cycle), group, starts_at=paris(2021, 3, 23, 9))
    make_slot(make_session(cycle), group, starts_at=paris(2021, 4, 6, 13, 30))
    return cycle


def proposed(response) -> list:
    return [in_paris(field.value()) for field in response.context["form"].slot_fields()]


@pytest.mark.parametrize(
    ("today", "first"),
    [
        # Three weeks ahead at least, on the same weekday.
        (paris(2026, 9, 1, 12), paris(2026, 9, 22)),
        (paris(2026, 9, 2, 12), paris(2026, 9, 29)),
        # Never on the dates of before, even to come.
        (paris(2021, 1, 5, 12), paris(2021, 3, 30)),
    ],
)
def test_duplicate_page_proposes_the_same_weekdays_and_hours(
    staff, past_cycle, time_machine, today, first
):
    time_machine.move_to(today, tick=False)
    staff.force_login(make_account(username="aujourdhui"))

    response = staff.get(cycle_url("duplicate", past_cycle))

    assert proposed(response) == [
        first,
        (first.replace(tzinfo=None) + timedelta(days=14, hours=4, minutes=30)).replace(
            tzinfo=first.tzinfo
        ),
    ]


def test_duplicate_page_shifts_the_others_from_the_first_date_typed(staff, past_cycle):
    response = staff.get(cycle_url("duplicate", past_cycle), {"first": "2027-10-21"})

    assert proposed(response) == [paris(2027, 10, 21, 9), paris(2027, 11, 4, 13, 30)]
    assert response.context["form"]["slug"].value() == "cycle-2027"


@pytest.mark.parametrize("typed", ["", "demain", "9999-12-31", "0001-01-01"])
def test_duplicate_page_says_that_the_first_date_is_not_one(staff, past_cycle, typed):
    response = staff.get(cycle_url("duplicate", past_cycle), {"first": typed})

    assert response.status_code == 200
    assert list(response.context["first_form"].errors) == ["first"]
    assert len(proposed(response)) == 2


def test_duplicate_page_makes_a_draft_on_the_dates_given(staff, past_cycle):
    make_registration(past_cycle)
    first, second = Slot.objects.of_cycle(past_cycle).in_order()

    response = staff.post(
        cycle_url("duplicate", past_cycle),
        {
            "title": "Le cycle, de nouveau",
            "slug": "cycle-2027",
            f"slot-{first.pk}_0": "2027-10-19",
            f"slot-{first.pk}_1": "09:30",
            f"slot-{second.pk}_0": "2027-11-09",
            f"slot-{second.pk}_1": "14:00",
        },
    )

    copy = Cycle.objects.get(slug="cycle-2027")
    assert response.url == cycle_url("change", copy)
    assert (copy.title, copy.is_draft) == ("Le cycle, de nouveau", True)
    assert [
        (slot.starts_at, slot.ends_at, slot.video_url)
        for slot in Slot.objects.of_cycle(copy).in_order()
    ] == [
        (paris(2027, 10, 19, 9, 30), paris(2027, 10, 19, 12, 30), ""),
        (paris(2027, 11, 9, 14), paris(2027, 11, 9, 17), ""),
    ]
    assert copy.registrations.count() == 0


def test_duplicate_page_points_at_what_is_wrong(staff, past_cycle):
    first, second = Slot.objects.of_cycle(past_cycle).in_order()

    response = staff.post(
        cycle_url("duplicate", past_cycle),
        {
            "title": "Le cycle",
            "slug": "cycle-2021",
            f"slot-{first.pk}_0": "2027-03-28",
            f"slot-{first.pk}_1": "02:30",
            f"slot-{second.pk}_0": "",
            f"slot-{second.pk}_1": "",
        },
    )

    assert {name: list(messages) for name, messages in response.context["form"].errors.items()} == {
        "slug": ["Un autre cycle a déjà cette adresse."],
        f"slot-{first.pk}": [
            f"2h30 n’existe pas le dimanche 28{NBSP}mars 2027{NBSP}: cette nuit-là, l’heure d’été "
            "fait passer les horloges de 2h00 à 3h00. Choisissez une autre heure."
        ],
        f"slot-{second.pk}": ["Indiquez la date et l’heure."],
    }
    assert Cycle.objects.count() == 1
