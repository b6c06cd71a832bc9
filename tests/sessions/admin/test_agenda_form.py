import pytest

from sessions.admin.agenda_form import AgendaForm
from sessions.agenda_changes import Change
from sessions.models import Cycle, Slot
from sessions.states import Mode, Publication
from sessions.typography import in_paris
from tests.factories import (
    in_days,
    make_cycle,
    make_group,
    make_programme,
    make_registration,
    make_session,
    make_slot,
)

pytestmark = pytest.mark.django_db

NBSP = "\N{NO-BREAK SPACE}"
NOW = in_days(0)


def posted(cycle: Cycle, **changed) -> dict:
    """What a browser posts for the agenda as it is shown, but for what is ``changed``.

    A change is named ``slot_<pk>__<field>`` or ``new_<session>_<group>__<field>``; None takes the
    field away.
    """
    form = AgendaForm(cycle, now=NOW)
    data = {"version": form.version}
    for slot_form in form.forms:
        for field in slot_form:
            value = field.value()
            if field.name in ("on", "starts", "ends") and value:
                value = value.isoformat()
            if value not in (None, "", False):
                data[field.html_name] = value
    for name, value in changed.items():
        prefix, _, field = name.partition("__")
        data[f"{prefix.replace('_', '-')}-{field}" if field else prefix] = value
    return {name: value for name, value in data.items() if value is not None}


def errors_of(cycle: Cycle, **changed) -> dict[str, list[str]]:
    """The errors of each field, by the name of its input, and those of the whole under ""."""
    form = agenda_form(cycle, **changed)
    assert not form.is_valid()
    found = {
        slot_form.add_prefix(name): list(messages)
        for slot_form in form.forms
        for name, messages in slot_form.errors.items()
    }
    return found | ({"": form.errors} if form.errors else {})


def agenda_form(cycle: Cycle, **changed) -> AgendaForm:
    return AgendaForm(cycle, QueryDictLike(posted(cycle, **changed)), now=NOW)


class QueryDictLike(dict):
    """A dict whose lists are read as a form with checkboxes reads them."""

    def getlist(self, name: str) -> list:
        value = self.get(name, [])
        return value if isinstance(value, list) else [value]


@pytest.fixture
def cycle():
    """A draft of one session, with a slot for the first of its two groups."""
    cycle = make_cycle(publication=Publication.DRAFT)
    first = make_group(cycle)
    make_group(cycle, "Élus", "elus")
    make_slot(make_session(cycle), first)
    return cycle


@pytest.fixture
def slot(cycle):
    return Slot.objects.get()


def test_agenda_form_shows_slots_and_what_is_missing(cycle, slot):
    (section,) = AgendaForm(cycle, now=NOW).sections

    elus = cycle.groups.get(slug="elus")
    assert [form.instance for form in section.slots] == [slot]
    assert [form["groups"].value() for form in section.new] == [[elus.pk]]
    assert section.spare["groups"].value() == []


def test_agenda_form_left_as_shown_changes_nothing(cycle):
    form = agenda_form(cycle)

    assert form.is_valid()
    assert bool(form.changes) is False
    assert bool(form.save()) is False
    assert Slot.objects.count() == 1


def test_agenda_form_moves_a_slot_on_the_clock_of_paris(cycle, slot):
    form = agenda_form(
        cycle, **{f"slot_{slot.pk}__on": "2027-01-12", f"slot_{slot.pk}__ends": "12:30"}
    )

    assert form.is_valid()
    assert [change.kinds for change in form.changes.changes] == [{Change.MOVED}]
    form.save()
    slot.refresh_from_db()
    assert in_paris(slot.starts_at).isoformat() == "2027-01-12T09:00:00+01:00"
    assert in_paris(slot.ends_at).isoformat() == "2027-01-12T12:30:00+01:00"


def test_agenda_form_adds_the_slot_that_a_group_lacks(cycle, slot):
    elus = cycle.groups.get(slug="elus")
    new = f"new_{slot.session_id}_{elus.pk}"

    form = agenda_form(
        cycle,
        **{
            f"{new}__on": "2027-01-12",
            f"{new}__starts": "13:30",
            f"{new}__ends": "16:30",
            f"{new}__mode": Mode.IN_PERSON,
            f"{new}__place": "Lille",
            f"{new}__capacity": "20",
        },
    )

    assert form.is_valid()
    (added,) = form.save().slots(Change.CREATED)
    assert (added.session, list(added.groups.all())) == (slot.session, [elus])
    assert (added.mode, added.place, added.capacity) == (Mode.IN_PERSON, "Lille", 20)


def test_agenda_form_makes_a_slot_common(cycle, slot):
    everyone = [group.pk for group in cycle.groups.all()]

    form = agenda_form(cycle, **{f"slot_{slot.pk}__groups": everyone})

    assert form.is_valid()
    assert form.save().slots(Change.GROUPS_CHANGED) == [slot]
    assert slot.groups.count() == 2


def test_agenda_form_removes_a_slot_whatever_its_fields_hold(cycle, slot):
    form = agenda_form(
        cycle, **{f"slot_{slot.pk}__remove": "on", f"slot_{slot.pk}__ends": "n’importe quoi"}
    )

    assert form.is_valid()
    form.save()
    assert not Slot.objects.exists()


def test_agenda_form_cancels_a_slot_with_people(cycle, slot):
    make_registration(cycle)
    group = slot.groups.get()
    (section,) = AgendaForm(cycle, now=NOW).sections
    assert section.slots[0].fields["remove"].label == "Annuler cette séance"

    form = agenda_form(cycle, **{f"slot_{slot.pk}__remove": "on"})

    assert form.is_valid()
    (change,) = form.save().changes
    assert change.kinds == {Change.CANCELLED}
    slot.refresh_from_db()
    assert slot.cancelled_at == NOW
    assert slot.seats.count() == 1
    # Another slot of the session may take its place.
    (section,) = AgendaForm(cycle, now=NOW).sections
    assert group.pk in [form["groups"].value()[0] for form in section.new]


def test_agenda_form_cancels_the_last_slot_of_a_group_of_a_public_cycle():
    cycle = make_cycle()
    slot = make_slot(make_session(cycle), make_group(cycle))
    make_registration(cycle)

    assert agenda_form(cycle, **{f"slot_{slot.pk}__remove": "on"}).is_valid()


@pytest.mark.parametrize(
    ("field", "value", "wrong", "message"),
    [
        ("on", None, "on", "Indiquez la date."),
        ("on", "06/04/2027 ou 7", "on", "Indiquez une date valide, par exemple 06/04/2027."),
        ("on", "0027-04-06", "on", "Vérifiez l’année de cette date."),
        ("starts", None, "starts", "Indiquez l’heure."),
        ("ends", "9h", "ends", "Indiquez une heure valide, par exemple 9:00."),
        ("ends", "08:00", "ends", "La séance doit se terminer après son début."),
        ("ends", "09:00", "ends", "La séance doit se terminer après son début."),
        ("groups", None, "groups", "Choisissez au moins un groupe."),
        (
            "mode",
            Mode.IN_PERSON,
            "place",
            f"Indiquez le lieu, ou «{NBSP}Lieu à préciser{NBSP}» s’il n’est pas encore connu.",
        ),
        (
            "video_url",
            "http://visio.numerique.gouv.fr/abc-defg-hij",
            "video_url",
            f"Ce lien commence par http://{NBSP}: utilisez l’adresse en https://, "
            "qui protège les échanges.",
        ),
        (
            "video_url",
            "https://webinaire.numerique.gouv.fr/meeting/signin/moderateur/1/creator/2/hash/ab",
            "video_url",
            "Ce lien Webinaire donne les droits de modération. "
            "Collez le lien des participants, qui contient /signin/invite/.",
        ),
        (
            "capacity",
            "0",
            "capacity",
            "Assurez-vous que cette valeur est supérieure ou égale à 1.",
        ),
    ],
)
def test_agenda_form_points_at_the_field(cycle, slot, field, value, wrong, message):
    assert errors_of(cycle, **{f"slot_{slot.pk}__{field}": value}) == {
        f"slot-{slot.pk}-{wrong}": [message]
    }


@pytest.mark.parametrize(
    ("on", "words"),
    [("2027-03-28", "2h30 n’existe pas le "), ("2027-10-31", "2h30 existe deux fois le ")],
)
def test_agenda_form_says_why_an_hour_cannot_be(cycle, slot, on, words):
    prefix = f"slot_{slot.pk}"

    found = errors_of(cycle, **{f"{prefix}__on": on, f"{prefix}__starts": "02:30"})

    ((name, (message,)),) = found.items()
    assert name == f"slot-{slot.pk}-starts"
    assert message.startswith(words)


def test_agenda_form_tells_all_that_is_wrong_at_once(cycle, slot):
    found = errors_of(
        cycle,
        **{
            f"slot_{slot.pk}__ends": "08:00",
            f"slot_{slot.pk}__video_url": "http://visio.numerique.gouv.fr/abc-defg-hij",
            f"slot_{slot.pk}__capacity": "0",
        },
    )

    assert sorted(found) == [
        f"slot-{slot.pk}-capacity",
        f"slot-{slot.pk}-ends",
        f"slot-{slot.pk}-video_url",
    ]


def test_agenda_form_refuses_a_group_twice_in_a_session(cycle, slot):
    new = f"new_{slot.session_id}_spare"

    assert errors_of(
        cycle,
        **{
            f"{new}__on": "2027-01-12",
            f"{new}__starts": "13:30",
            f"{new}__ends": "16:30",
            f"{new}__groups": [slot.groups.get().pk],
        },
    ) == {
        f"new-{slot.session_id}-spare-groups": [
            f"Le groupe «{NBSP}Délégués du préfet{NBSP}» a déjà une séance dans la session 1"
            f"{NBSP}: décochez-le ici ou là."
        ]
    }


def test_agenda_form_refuses_a_group_of_another_cycle(cycle, slot):
    stranger = make_group(make_cycle("autre"))

    found = errors_of(cycle, **{f"slot_{slot.pk}__groups": [stranger.pk]})

    assert list(found) == [f"slot-{slot.pk}-groups"]


def test_agenda_form_ignores_a_slot_of_another_cycle(cycle):
    other = make_slot(make_session(make_cycle("autre")), capacity=5)

    form = agenda_form(
        cycle, **{f"slot_{other.pk}__mode": Mode.VIDEO, f"slot_{other.pk}__remove": "on"}
    )

    assert form.is_valid()
    form.save()
    assert Slot.objects.filter(pk=other.pk).exists()


def test_agenda_form_keeps_a_slot_for_each_group_of_a_public_cycle():
    cycle = make_programme()
    wanted = {
        f"slot_{slot.pk}__remove": "on"
        for slot in Slot.objects.filter(groups__slug="chefs-de-projet")
    }

    assert errors_of(cycle, **wanted) == {
        "": [
            f"Le cycle est publié{NBSP}: le groupe «{NBSP}Chefs de projet politique de la ville"
            f"{NBSP}» doit garder une séance."
        ]
    }


def test_agenda_form_asks_to_look_again_when_someone_saved_meanwhile(cycle, slot):
    data = QueryDictLike(posted(cycle))
    Slot.objects.update(capacity=12)

    form = AgendaForm(cycle, data, now=NOW)

    assert not form.is_valid()
    assert form.errors == [
        "L’agenda a changé pendant que vous l’écriviez. Vérifiez les séances ci-dessous, "
        "puis enregistrez de nouveau."
    ]


def test_agenda_form_leads_each_error_to_its_input(cycle, slot):
    form = agenda_form(cycle, **{f"slot_{slot.pk}__ends": "08:00", f"slot_{slot.pk}__groups": None})
    form.is_valid()

    assert [target for target, _ in form.field_errors()] == [
        f"id_slot-{slot.pk}-groups_0",
        f"id_slot-{slot.pk}-ends",
    ]


def test_agenda_form_leaves_cancelled_slots_out(cycle, slot):
    Slot.objects.update(cancelled_at=in_days(0))

    (section,) = AgendaForm(cycle, now=NOW).sections

    assert section.slots == []
    assert len(section.new) == 2


def test_agenda_form_costs_the_same_whatever_the_size(cycle, django_assert_num_queries):
    large = make_programme("grand")

    for each in (cycle, large):
        data = QueryDictLike(posted(each))
        with django_assert_num_queries(6):
            assert AgendaForm(each, data, now=NOW).is_valid()
