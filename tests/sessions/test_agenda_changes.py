import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from sessions.agenda_changes import (
    Change,
    PlannedSlot,
    SlotState,
    agenda_states,
    cancelled,
    compare,
    save_agenda,
)
from sessions.models import Slot
from sessions.states import Mode
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

OTHER_LINK = "https://visio.numerique.gouv.fr/zzz-zzzz-zzz"


def planned(slot: Slot, **fields) -> PlannedSlot:
    """``slot`` as it is, but for these fields."""
    groups = fields.pop("groups", slot.groups.all())
    for name, value in fields.items():
        setattr(slot, name, value)
    return PlannedSlot(slot, frozenset(group.pk for group in groups))


@pytest.fixture
def slot():
    cycle = make_cycle()
    return make_slot(make_session(cycle), make_group(cycle))


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ({}, {}, set()),
        ({}, {"starts_at": in_days(30, 8)}, {Change.MOVED}),
        ({}, {"ends_at": in_days(30, 17)}, {Change.MOVED}),
        ({}, {"video_url": OTHER_LINK}, {Change.LINK_CHANGED}),
        ({}, {"video_url": ""}, {Change.LINK_REMOVED}),
        ({"video_url": ""}, {"video_url": OTHER_LINK}, {Change.LINK_ADDED}),
        (
            {},
            {"mode": Mode.IN_PERSON, "place": "Lille"},
            {Change.MODE_CHANGED, Change.PLACE_CHANGED},
        ),
        ({}, {"capacity": 12}, {Change.CAPACITY_CHANGED}),
        ({}, {"groups": []}, {Change.GROUPS_CHANGED}),
    ],
)
def test_save_agenda_tells_what_changed(slot, before, after, kinds):
    Slot.objects.filter(pk=slot.pk).update(**before)
    slot.refresh_from_db()
    wanted = planned(slot, **after)

    changes = save_agenda(slot.session.cycle, [wanted])

    assert [change.kinds for change in changes.changes] == ([kinds] if kinds else [])
    assert agenda_states(slot.session.cycle) == {slot.pk: wanted.state}


def test_save_agenda_creates_slots_that_its_changes_hold(slot):
    cycle = slot.session.cycle
    other = make_session(cycle)
    new = Slot(session=other, starts_at=in_days(40), ends_at=in_days(40, 12))
    group = cycle.groups.get()

    changes = save_agenda(cycle, [planned(slot), PlannedSlot(new, frozenset({group.pk}))])

    assert changes.slots(Change.CREATED) == [Slot.objects.get(session=other)]
    assert list(new.groups.all()) == [group]


def test_save_agenda_removes_slots(slot):
    cycle = slot.session.cycle

    changes = save_agenda(cycle, [], [slot])

    assert changes.slots(Change.REMOVED) == [slot]
    assert not Slot.objects.exists()


def test_save_agenda_cancels_a_slot_that_leaves_its_groups_free(slot):
    cycle = slot.session.cycle
    group = cycle.groups.get()
    instead = Slot(session=slot.session, starts_at=in_days(40), ends_at=in_days(40, 12))
    now = in_days(0)

    changes = save_agenda(
        cycle, [cancelled(slot, now), PlannedSlot(instead, frozenset({group.pk}))]
    )

    assert [change.kinds for change in changes.changes] == [{Change.CANCELLED}, {Change.CREATED}]
    assert Slot.objects.get(pk=slot.pk).cancelled_at == now
    assert list(group.slots.all()) == [instead]


def test_save_agenda_leaves_a_slot_with_people_and_all_the_rest(slot):
    cycle = slot.session.cycle
    kept = make_slot(make_session(cycle), cycle.groups.get(), capacity=10)
    make_registration(cycle)

    with pytest.raises(ProtectedError), transaction.atomic():
        save_agenda(cycle, [planned(kept, capacity=20)], [slot])

    assert sorted(Slot.objects.values_list("pk", "capacity")) == [(slot.pk, None), (kept.pk, 10)]


def test_save_agenda_lets_two_slots_exchange_their_groups():
    cycle = make_programme()
    morning, afternoon = cycle.groups.all()
    first, second = cycle.training_sessions.get(number=1).slots.order_by("starts_at")

    changes = save_agenda(
        cycle, [planned(first, groups=[afternoon]), planned(second, groups=[morning])]
    )

    assert changes.slots(Change.GROUPS_CHANGED) == [first, second]
    assert (list(first.groups.all()), list(second.groups.all())) == ([afternoon], [morning])


def test_save_agenda_with_a_group_twice_in_a_session_changes_nothing():
    cycle = make_programme()
    morning, afternoon = cycle.groups.all()
    first = cycle.training_sessions.get(number=1).slots.earliest("starts_at")
    before = agenda_states(cycle)

    with pytest.raises(IntegrityError, match="slot_group_once_per_session|session_id"):
        save_agenda(cycle, [planned(first, groups=[morning, afternoon])])

    assert agenda_states(cycle) == before


def test_save_agenda_does_not_touch_what_it_was_not_given(slot):
    cycle = slot.session.cycle
    other = make_slot(make_session(cycle), cycle.groups.get())
    before = agenda_states(cycle)[other.pk]

    save_agenda(cycle, [planned(slot, capacity=3)])

    assert agenda_states(cycle)[other.pk] == before


def test_save_agenda_keeps_a_cancellation_that_came_meanwhile(slot):
    stale = Slot.objects.get(pk=slot.pk)
    Slot.objects.filter(pk=slot.pk).update(cancelled_at=in_days(0))

    save_agenda(slot.session.cycle, [planned(stale, capacity=3)])

    assert Slot.objects.get(pk=slot.pk).cancelled_at == in_days(0)


def test_compare_says_what_saving_would_change_without_a_query(slot, django_assert_num_queries):
    states = agenda_states(slot.session.cycle)
    wanted = planned(slot, capacity=5)

    with django_assert_num_queries(0):
        changes = compare(states, [wanted], [])

    assert bool(changes) is True
    assert changes.slots(Change.CAPACITY_CHANGED) == [slot]
    assert Slot.objects.get(pk=slot.pk).capacity is None


def test_changes_without_any_are_falsy(slot):
    assert bool(compare(agenda_states(slot.session.cycle), [planned(slot)], [])) is False


def test_slot_state_holds_every_field_that_staff_change(slot):
    assert SlotState.of(slot, [7]) == SlotState(
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        groups=frozenset({7}),
        capacity=None,
        mode=Mode.VIDEO,
        video_url="https://visio.numerique.gouv.fr/abc-defg-hij",
        place="",
    )
