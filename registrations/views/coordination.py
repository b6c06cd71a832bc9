"""What coordinators see: cycles, figures, lists of people and their files, and nothing else.

They read neither what people expect nor the access they need: those are for the team.
"""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from registrations.accounts import account_of
from registrations.exports.attendees import export_roster
from registrations.exports.responses import FileFormat
from registrations.figures import figures_of, slots_with_figures
from registrations.reachability import unreachable, why
from registrations.rosters import Roster
from sessions.models import Cycle, Slot
from sessions.models.cycles import CycleQuerySet
from sessions.states import ENDED

PEOPLE_ON_A_PAGE = 100

# Who is logged in without this right gets a 403; who is not logged in is sent to do so.
coordination_required = permission_required("registrations.coordinate", raise_exception=True)


@coordination_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Cycles to come or under way, then those that are over, with their figures."""
    now = timezone.now()
    dated = _cycles().with_dates().prefetch_related("groups")
    cycles = list(dated.order_by(F("starts_at").asc(nulls_last=True), "pk"))
    figures = figures_of(cycles)
    cards = [{"cycle": cycle, "figures": figures[cycle.pk]} for cycle in cycles]
    over = [card for card in cards if card["cycle"].window(now) in ENDED]
    context = {
        "coming": [card for card in cards if card not in over],
        # The latest first, as on the public page.
        "over": over[::-1],
    }
    return render(request, "coordination/home.html", context)


@coordination_required
@require_safe
def cycle(request: HttpRequest, slug: str) -> HttpResponse:
    """The figures of a cycle, by group and by slot; the way to its lists."""
    cycle = get_object_or_404(_cycles().prefetch_related("groups"), slug=slug)
    context = {
        "cycle": cycle,
        "n_unreachable": unreachable(cycle.registrations.all(), timezone.now()).count(),
        "figures": figures_of([cycle])[cycle.pk],
        "whole": Roster(cycle),
        "groups": [Roster(cycle, group=group) for group in cycle.groups.all()],
        "slots": [Roster(cycle, slot=slot) for slot in slots_with_figures(cycle)],
        "formats": list(FileFormat),
    }
    return render(request, "coordination/cycle.html", context)


@coordination_required
@require_safe
def unreachable_people(request: HttpRequest, slug: str) -> HttpResponse:
    """« Pas joignables »: who does not get our mails, with their telephones."""
    cycle = get_object_or_404(_cycles(), slug=slug)
    people = unreachable(cycle.registrations.all(), timezone.now())
    context = {
        "cycle": cycle,
        "people": [
            {"registration": registration, "why": why(registration)}
            for registration in people.select_related("profile__group").by_name()
        ],
    }
    return render(request, "coordination/unreachable.html", context)


@coordination_required
@require_safe
def roster(request: HttpRequest, slug: str, **part: int) -> HttpResponse:
    """Who is registered for a cycle, one of its groups or one of its slots."""
    roster = _roster(slug, **part)
    people = Paginator(
        roster.registrations.prefetch_related("territories"), PEOPLE_ON_A_PAGE
    ).get_page(request.GET.get("page"))
    context = {
        "roster": roster,
        "cycle": roster.cycle,
        "people": people,
        "formats": list(FileFormat),
    }
    return render(request, "coordination/roster.html", context)


@coordination_required
@require_POST
def roster_export(request: HttpRequest, slug: str, **part: int) -> HttpResponseBase:
    """The same list as a file."""
    try:
        file_format = FileFormat(request.POST.get("format"))
    except ValueError:
        raise BadRequest("unknown format") from None
    roster = _roster(slug, **part)
    return export_roster(roster, file_format, by=account_of(request), now=timezone.now())


def _cycles() -> CycleQuerySet:
    """A draft is nobody's but the team's."""
    return Cycle.objects.ever_published()


def _roster(slug: str, group: int | None = None, slot: int | None = None) -> Roster:
    cycle = get_object_or_404(_cycles(), slug=slug)
    if group is not None:
        return Roster(cycle, group=get_object_or_404(cycle.groups, pk=group))
    if slot is not None:
        slots = Slot.objects.of_cycle(cycle).kept().select_related("session")
        return Roster(cycle, slot=get_object_or_404(slots, pk=slot))
    return Roster(cycle)
