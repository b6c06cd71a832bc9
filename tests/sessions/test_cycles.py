"""When a cycle takes place, and where it stands in its own time."""

from datetime import timedelta

import pytest

from sessions.models import Cycle, Slot
from sessions.states import Publication, Window
from tests.factories import in_days, make_cycle, make_programme, make_session, make_slot, paris

pytestmark = pytest.mark.django_db

OPENS, CLOSES = paris(2026, 3, 2, 8), paris(2026, 3, 30, 18)
STARTS, ENDS = paris(2026, 4, 7, 9), paris(2026, 4, 7, 12)
INSTANT = timedelta(microseconds=1)


def test_cycle_dates_are_those_of_its_kept_slots():
    programme = make_programme()
    make_slot(programme.training_sessions.first(), starts_at=in_days(1), cancelled_at=in_days(0))
    make_slot(make_session(make_cycle("autre")), starts_at=in_days(2))

    dated = Cycle.objects.with_dates().get(pk=programme.pk)

    assert (dated.starts_at, dated.ends_at) == (in_days(30, 9), in_days(44, 12))


def test_cycle_without_slots_has_no_dates():
    dated = Cycle.objects.with_dates().get(pk=make_cycle().pk)

    assert (dated.starts_at, dated.ends_at) == (None, None)
    assert dated.window(paris(2026, 1, 1)) == Window.NOT_OPEN


@pytest.mark.parametrize(
    ("bounds", "now", "window"),
    [
        ((None, None), paris(2020, 1, 1), Window.OPEN),
        ((None, None), STARTS - INSTANT, Window.OPEN),
        ((None, None), STARTS, Window.CLOSED),
        ((None, None), ENDS - INSTANT, Window.CLOSED),
        ((None, None), ENDS, Window.PAST),
        ((OPENS, CLOSES), OPENS - INSTANT, Window.NOT_OPEN),
        ((OPENS, CLOSES), OPENS, Window.OPEN),
        ((OPENS, CLOSES), CLOSES - INSTANT, Window.OPEN),
        ((OPENS, CLOSES), CLOSES, Window.CLOSED),
        ((OPENS, CLOSES), ENDS, Window.PAST),
        ((None, ENDS + INSTANT), ENDS - INSTANT, Window.OPEN),
        ((None, ENDS + INSTANT), ENDS, Window.PAST),
    ],
)
def test_cycle_window_turns_on_the_instant(bounds, now, window):
    opens_at, closes_at = bounds
    dated = make_cycle(registration_opens_at=opens_at, registration_closes_at=closes_at)
    make_slot(make_session(dated), starts_at=STARTS, ends_at=ENDS)

    assert Cycle.objects.with_dates().get().window(now) == window


def test_cycles_published_are_what_the_site_shows():
    for publication in Publication:
        make_cycle(publication.value, publication=publication)

    assert list(Cycle.objects.published().values_list("slug", flat=True)) == ["published"]


def test_cycle_full_title_has_its_subtitle():
    assert Cycle(title="Un cycle").full_title == "Un cycle"
    assert Cycle(title="Un cycle", subtitle="Pour agir").full_title == "Un cycle – Pour agir"


def test_cycle_whose_slots_are_all_cancelled_is_cancelled():
    programme = make_programme()
    Slot.objects.filter(session__number__lt=3).update(cancelled_at=in_days(0))

    before = Cycle.objects.with_dates().get(pk=programme.pk).window(in_days(0))
    Slot.objects.update(cancelled_at=in_days(0))
    after = Cycle.objects.with_dates().get(pk=programme.pk).window(in_days(0))

    assert (before, after) == (Window.OPEN, Window.CANCELLED)


def test_public_cycles_take_no_invitation():
    make_cycle("ouvert")
    make_cycle("prive", is_private=True)
    make_cycle("brouillon", publication=Publication.DRAFT)

    assert [cycle.slug for cycle in Cycle.objects.public()] == ["ouvert"]
