"""The purge: what goes at its term, what stays, and what the register says of it."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from registrations import clock, outbox, pause, services
from registrations.exceptions import Refusal
from registrations.figures import figures_of
from registrations.invariants import problems
from registrations.models import (
    Destruction,
    Message,
    PastFigure,
    PurgeRun,
    Registration,
    Replacement,
)
from registrations.models.messages import MessageKind
from registrations.services import announce, purging
from registrations.states import MessageState, Status
from registrations.worker import look_at_the_clock
from sessions.agenda_changes import cancelled, save_agenda
from sessions.models import Cycle, Slot
from tests.factories import (
    in_days,
    make_account,
    make_application,
    make_cycle,
    make_group,
    make_invitation,
    make_programme,
    make_purge_run,
    make_registration,
    make_replacement,
    make_territory,
)
from tests.registrations.services.asking import profiles_of, register
from tests.threads import at_once

pytestmark = pytest.mark.django_db

NB = "\u00a0"


def ended(days_ago: int, slug: str = "cycle-lcd") -> Cycle:
    """A programme whose last slot, on a morning, was so many days ago."""
    return make_programme(slug, first_day=-days_ago - 14)


def purge(now=None):
    """Whatever the clock: what is looked at is what goes."""
    return services.purge(now=now or timezone.now(), anyway=True)


def age(message: Message, days: int, state: str = MessageState.SENT) -> None:
    then = timezone.now() - timedelta(days=days)
    Message.objects.filter(pk=message.pk).update(
        state=state, created_at=then, sent_at=then if state == MessageState.SENT else None
    )


def register_line() -> list[tuple]:
    return list(
        Destruction.objects.order_by("pk").values_list("rule", "fate", "cycle_title", "n", "cause")
    )


# Needs and expectations


def test_needs_and_expectations_go_before_the_rest():
    cycle = ended(40)
    registration = make_registration(cycle, access_needs="Sous-titrage", expectations="Des outils")

    assert purge() == {"access_needs": 1}

    registration.refresh_from_db()
    assert (registration.access_needs, registration.expectations) == ("", "Des outils")

    assert purge(timezone.now() + timedelta(days=60)) == {"expectations": 1}

    registration.refresh_from_db()
    assert (registration.expectations, registration.first_name) == ("", "Alix")


@pytest.mark.parametrize("days", [-30, 0, 20])
def test_nothing_goes_before_its_term(days):
    make_registration(ended(days), access_needs="Sous-titrage", expectations="Des outils")

    assert purge() == {}
    assert Destruction.objects.count() == 0


def test_cycle_without_a_slot_is_over_when_people_registered():
    cycle = make_cycle()
    make_group(cycle)
    make_registration(cycle, access_needs="Sous-titrage", created_at=in_days(-40))
    make_registration(cycle, "autre@nord.example.org", access_needs="Sous-titrage")

    assert purge() == {"access_needs": 1}


def test_cancelled_cycle_is_over_when_it_would_have_been():
    cycle = ended(40)
    make_registration(cycle, access_needs="Sous-titrage", status=Status.CANCELLED)
    Slot.objects.update(cancelled_at=timezone.now())

    assert purge() == {"access_needs": 1}


# Mails


@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.FAILED])
def test_bodies_of_mails_go_and_their_log_stays(state):
    registration = register(make_programme())
    message = registration.messages.get()
    Message.objects.update(last_answer="550 5.1.1 Alix Martin nous a quittés")
    age(message, 31, state)

    assert purge() == {"mail_bodies": 1}
    assert problems(timezone.now()) == []

    message.refresh_from_db()
    assert (message.text_body, message.html_body, message.calendars) == ("", "", [])
    assert message.last_answer == ""
    assert (message.subject[:12], message.recipient) == ("Confirmation", registration.email)


@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.FAILED])
def test_reason_of_a_refusal_goes_with_the_text_and_is_not_sent_again(state):
    cycle = make_programme()
    Cycle.objects.update(requires_validation=True)
    registration = register(cycle)
    staff = make_account()
    services.refuse(registration, "Ce cycle est réservé.", now=timezone.now(), by=staff)
    message = registration.messages.get(kind=MessageKind.REFUSED)
    age(message, 31, state)

    assert purge() == {"mail_bodies": 1}

    message.refresh_from_db()
    assert (message.context, message.text_body) == ({}, "")
    with pytest.raises(Refusal, match="Ce courriel n’a plus de texte"):
        outbox.resend(message, staff)


def test_what_a_calendar_was_not_told_is_kept_until_it_is_told_or_the_cycle_is_over():
    cycle = make_programme(first_day=60)
    registration = register(cycle)
    third = Slot.objects.get(session__number=3)
    announce(
        cycle, save_agenda(cycle, [cancelled(third, timezone.now())]), now=timezone.now(), by=None
    )
    message = registration.messages.get(kind=MessageKind.AGENDA_CHANGED)
    age(message, 31, MessageState.FAILED)

    assert purge() == {}
    services.cancel(registration, now=timezone.now())
    assert len(registration.messages.get(kind=MessageKind.CANCELLED).calendars) == 3

    assert purge(in_days(120))["mail_bodies"] == 1


def test_request_that_was_deleted_is_not_asked_again():
    registration = register(make_programme())
    make_replacement(registration, now=in_days(-60))
    message = registration.messages.get(kind=MessageKind.REPLACEMENT_ASKED)
    age(message, 50)

    assert purge() == {"mail_bodies": 1, "replacements": 1}
    with pytest.raises(Refusal):
        outbox.resend(message, make_account())


@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.FAILED, MessageState.DROPPED])
def test_log_of_mails_goes_after_twelve_months(state):
    registration = register(make_programme())
    age(registration.messages.get(), 370, state)

    assert purge() == {"mail_bodies": 1, "mails": 1}
    assert Message.objects.count() == 0


def test_mail_on_its_way_stays_however_old():
    registration = register(make_programme())
    age(registration.messages.get(), 370, MessageState.QUEUED)

    assert purge() == {}


def test_asked_links_go_after_thirty_days_sent_or_not():
    services.find_links("inconnue@nord.example.org")
    services.find_links("autre@nord.example.org")
    age(Message.objects.order_by("pk").first(), 31, MessageState.QUEUED)

    assert purge() == {"link_mails": 1}
    assert Message.objects.get().recipient == "autre@nord.example.org"


# The registration itself


def test_registration_goes_with_all_that_hangs_on_it_and_its_link_dies(client):
    cycle = ended(370)
    with time_machine.travel(in_days(-400), tick=False):
        replaced = register(cycle, now=timezone.now())
        replacement = make_replacement(replaced)
        services.replace(
            replacement,
            make_application(profiles_of(cycle)[0], replacement.email),
            now=timezone.now(),
        )
    links = [each.token for each in Registration.objects.all()]

    assert purge()["registrations"] == 2

    assert [
        model.objects.count() for model in (Registration, Message, Replacement, *_dependents())
    ] == [0] * (3 + len(_dependents()))
    assert [client.get(f"/inscriptions/{token}/").status_code for token in links] == [404, 404]
    assert problems(timezone.now()) == []


def _dependents():
    return [
        relation.related_model
        for relation in Registration._meta.related_objects
        if relation.one_to_many
    ]


def test_registrations_stay_in_figures_by_group_territory_and_kind():
    cycle = ended(370)
    one, two = profiles_of(cycle)
    lille, roubaix = make_territory(), make_territory("Roubaix")
    for number in range(7):
        registration = make_registration(cycle, f"a{number}@nord.example.org", profile=one)
        registration.territories.set([lille] if number < 6 else [lille, roubaix])
    for number in range(6):
        make_registration(
            cycle,
            f"b{number}@nord.example.org",
            profile=two,
            status=Status.CANCELLED if number == 5 else Status.CONFIRMED,
            organisation_kind="epci" if number < 5 else "prefecture",
        ).territories.set([roubaix])

    assert purge() == {"registrations": 13}

    # One had no place: « cancelled 1 » would say who, and so would 12 of 13 people.
    assert list(PastFigure.objects.values_list("by", "label", "status", "n")) == [
        ("group", "Chefs de projet politique de la ville", "", 6),
        ("group", "Délégués du préfet et professionnels de la DDCS", "", 7),
        ("kind", "Intercommunalité (EPCI)", "", 5),
        ("kind", "Préfecture ou sous-préfecture", "", 8),
        ("territory", "Métropole européenne de Lille", "", 7),
        ("territory", "Roubaix", "", 7),
    ]
    figures = figures_of([Cycle.objects.prefetch_related("groups").get()])[cycle.pk]
    assert figures.states == ["Confirmée", "Sur liste d’attente", "État non distingué"]
    assert [(row.label, row.counts) for row in (*figures.rows, figures.total)] == [
        ("Délégués du préfet et professionnels de la DDCS", [0, 0, 7]),
        ("Chefs de projet politique de la ville", [0, 0, 6]),
        ("Ensemble", [0, 0, 13]),
    ]


def test_cycle_without_a_slot_is_counted_once_all_its_people_are_due():
    cycle = make_cycle()
    make_group(cycle)
    for number in range(6):
        make_registration(cycle, f"a{number}@nord.example.org", created_at=in_days(number - 400))

    # Each of them would be a line of the register, and a figure that grows by one.
    assert [purge(in_days(day)) for day in (-35, -33, -31)] == [{}, {}, {}]
    assert purge(in_days(-28)) == {"registrations": 6}

    assert Destruction.objects.get().n == 6
    assert PastFigure.objects.get(by=PastFigure.By.GROUP).n == 6


def test_small_figures_are_put_together_so_that_they_name_nobody():
    cycle = ended(370)
    places = [make_territory(f"Territoire {number}") for number in range(4)]
    for number, n in enumerate((8, 5, 2, 1)):
        for person in range(n):
            make_registration(cycle, f"{number}-{person}@nord.example.org").territories.set(
                [places[number]]
            )

    purge()

    # 2 and 1 make 3, still small: the next one, 5, hides among them.
    by_territory = PastFigure.objects.filter(by=PastFigure.By.TERRITORY)
    assert list(by_territory.values_list("label", "n")) == [("Autres", 8), ("Territoire 0", 8)]


def test_no_figure_crosses_what_people_are():
    assert {field.name for field in PastFigure._meta.local_fields} == {
        *("id", "cycle", "by", "label", "status", "n")
    }


# Beside registrations


def test_invitation_goes_with_the_people_whom_it_brought():
    cycle, later = ended(370), ended(40, "autre")
    cancelled_cycle = ended(371, "annule")
    for each in (cycle, later, cancelled_cycle):
        make_invitation(each, label="Pour Camille Durand")
    Slot.objects.filter(session__cycle=cancelled_cycle).update(cancelled_at=timezone.now())
    make_registration(cycle, invitation=cycle.invitations.get())

    assert purge() == {"registrations": 1, "invitations": 2}
    assert later.invitations.get().label == "Pour Camille Durand"


def test_ended_visits_and_old_history_go(client):
    account = make_account()
    cycle = make_programme()
    client.force_login(account)
    Session.objects.create(session_key="old", session_data="", expire_date=in_days(-1))
    LogEntry.objects.log_actions(account.pk, [cycle], CHANGE, "Export", single_object=True)
    LogEntry.objects.log_actions(account.pk, [cycle], CHANGE, "Export", single_object=True)
    oldest = LogEntry.objects.order_by("pk").first()
    LogEntry.objects.filter(pk=oldest.pk).update(action_time=in_days(-370))

    assert purge() == {"visits": 1, "history": 1}
    assert (Session.objects.count(), LogEntry.objects.count()) == (1, 1)


def test_account_that_is_closed_loses_its_name_and_keeps_its_number():
    closed = make_account(
        username="camille.durand",
        first_name="Camille",
        email="camille@irev.example",
        is_active=False,
        last_login=in_days(-370),
    )
    make_account(username="ouvert", last_login=in_days(-370))
    make_account(username="recent", is_active=False, last_login=in_days(-10))

    assert purge() == {"accounts": 1}
    assert purge() == {}

    closed.refresh_from_db()
    assert (closed.username, closed.first_name, closed.email) == (f"compte-{closed.pk}", "", "")
    assert (closed.has_usable_password(), closed.groups.count()) == (False, 0)
    assert set(User.objects.exclude(pk=closed.pk).values_list("username", flat=True)) == {
        *("ouvert", "recent")
    }


# The register


def test_register_says_what_and_how_many_of_which_cycle_and_of_nobody():
    cycle = ended(370)
    make_registration(cycle, access_needs="Sous-titrage")
    make_registration(cycle, "autre@nord.example.org", status=Status.CANCELLED)
    other = ended(40, "autre")
    make_registration(other, access_needs="Boucle magnétique")

    purge()

    assert sorted(register_line()) == [
        ("access_needs", "blank", cycle.title, 1, "term"),
        ("access_needs", "blank", other.title, 1, "term"),
        ("registrations", "count", cycle.title, 2, "term"),
    ]
    line = Destruction.objects.get(rule="registrations")
    assert (line.data, line.ground, line.cycle, line.by) == (
        *("Inscription et coordonnées", f"12{NB}mois après la fin du cycle"),
        *(cycle, None),
    )


def test_purge_repeated_destroys_nothing_more():
    make_registration(ended(370), access_needs="Sous-titrage")

    assert (purge(), purge()) == ({"access_needs": 1, "registrations": 1}, {})

    assert PurgeRun.objects.get().n_destroyed == 2


def test_once_a_day_is_once_until_midnight_in_paris(django_assert_num_queries, monkeypatch):
    # The clock of the database travels too.
    monkeypatch.setattr(clock, "database_time", lambda now: now)
    make_purge_run(in_days(-1))
    with time_machine.travel(in_days(0, 0, 30), tick=False):
        services.purge_once_a_day(now=timezone.now())
    make_registration(ended(40), access_needs="Sous-titrage")
    with time_machine.travel(in_days(0, 23, 30), tick=False), django_assert_num_queries(1):
        services.purge_once_a_day(now=timezone.now())
    assert Destruction.objects.count() == 0

    with time_machine.travel(in_days(1, 0, 10), tick=False):
        services.purge_once_a_day(now=timezone.now())

    assert Destruction.objects.count() == 1
    assert PurgeRun.objects.count() == 3


def test_worker_purges_in_its_round_even_in_a_pause():
    make_registration(ended(40), access_needs="Sous-titrage")
    pause.pause()

    look_at_the_clock(with_purge=False)
    assert Destruction.objects.count() == 0

    look_at_the_clock()
    assert Destruction.objects.count() == 1


def test_what_is_destroyed_by_lots_is_all_destroyed(monkeypatch):
    monkeypatch.setattr(purging, "ROWS_AT_ONCE", 2)
    cycle = ended(40)
    for number in range(5):
        make_registration(cycle, f"a{number}@nord.example.org", access_needs="Sous-titrage")

    assert purge() == {"access_needs": 5}
    assert [n for *_, n, _ in register_line()] == [2, 2, 1]


@pytest.mark.parametrize("n", [5, 7])
def test_purge_asks_as_much_for_five_people_as_for_seven(django_assert_num_queries, n):
    cycle = ended(370)
    for number in range(n):
        registration = make_registration(
            cycle, f"a{number}@nord.example.org", access_needs="Sous-titrage", expectations="Tout"
        )
        age(outbox.queue(MessageKind.CONFIRMATION, registration=registration), 31)

    with django_assert_num_queries(78):
        purge()


def test_command_says_what_goes_and_dry_run_leaves_it(capsys):
    make_registration(ended(40), access_needs="Sous-titrage")

    call_command("purge", "--dry-run")
    call_command("purge")
    call_command("purge")

    said = f"Besoins d’accessibilité, 1{NB}mois après la fin du cycle{NB}: 1"
    assert capsys.readouterr().out.splitlines() == [said, said, "Rien n’est arrivé à son terme."]


@pytest.mark.django_db(transaction=True)
def test_purges_at_once_destroy_and_count_everything_once():
    cycle = ended(370)
    for number in range(20):
        make_registration(cycle, f"a{number}@nord.example.org", access_needs="Sous-titrage")

    done = at_once(purge, purge, purge)

    assert [type(each) for each in done] == [dict] * 3
    assert sum(each.get("access_needs", 0) for each in done) == 20
    assert sum(each.get("registrations", 0) for each in done) == 20
    assert sum(PastFigure.objects.filter(by="group").values_list("n", flat=True)) == 20
    assert sum(n for *_, n, _ in register_line()) == 40
