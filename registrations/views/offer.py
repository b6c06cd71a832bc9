from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from registrations.models import Invitation
from registrations.openings import (
    Code,
    Opening,
    counted_agenda,
    opening_of,
    published_cycles,
)
from registrations.places import counted
from sessions.models import AudienceGroup, Cycle, Slot
from sessions.pages import choice_of, programme_context
from sessions.structured_data import structured_data


@dataclass(frozen=True)
class Card:
    """A cycle as the list shows it."""

    cycle: Cycle
    registration: Opening
    groups: list[AudienceGroup]
    # Starts of its slots, in Europe/Paris or not: the filters convert.
    starts: list[datetime]


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Cycles that one may register for, those to come or under way, those that are over."""
    cards = _cards(timezone.now())
    over = [card for card in cards if card.registration.code == Code.PAST]
    return render(
        request,
        "sessions/home.html",
        {
            "open_cycles": [card for card in cards if card.registration.can_register],
            "coming_cycles": [
                card for card in cards if card not in over and not card.registration.can_register
            ],
            # The latest first: what one looks for is what one has just followed.
            "past_cycles": over[::-1],
        },
    )


@login_not_required
@require_safe
def cycle(request: HttpRequest, slug: str) -> HttpResponse:
    """The programme of a published cycle, all its sections."""
    cycle = get_object_or_404(published_cycles().public(), slug=slug)
    return cycle_page(request, cycle, reverse("register", args=[slug]))


def cycle_page(
    request: HttpRequest, cycle: Cycle, register_url: str, invitation: Invitation | None = None
) -> HttpResponse:
    """The programme of one of ``published_cycles()``, and where one registers for it."""
    agenda = counted_agenda(cycle)
    opening = opening_of(cycle, agenda.slots_by_group, timezone.now(), invitation)
    context = programme_context(cycle, agenda)
    if opening.code != Code.PAST:
        context["choice"] = choice_of(agenda, request.GET.get("profil", ""))
    if context["choice"] and context["choice"].chosen:
        # The form opens on what was chosen here.
        register_url += f"?profil={context['choice'].chosen.pk}"
    if cycle.is_public:
        context["structured_data"] = structured_data(cycle, agenda, context["summary"])
    context |= {"registration": opening, "register_url": register_url}
    return render(request, "sessions/cycle.html", context)


def _cards(now: datetime) -> list[Card]:
    """All published cycles in the order of their first slot, those without one last."""
    in_order = counted(Slot.objects.kept()).order_by("starts_at", "pk")
    slots = Prefetch("slots", in_order.prefetch_related("groups"))
    groups = Prefetch("groups", AudienceGroup.objects.prefetch_related(slots))
    cards = []
    for cycle in published_cycles().public().prefetch_related(groups):
        slots_by_group = {group.pk: list(group.slots.all()) for group in cycle.groups.all()}
        starts = sorted({slot.starts_at for slots in slots_by_group.values() for slot in slots})
        opening = opening_of(cycle, slots_by_group, now)
        cards.append(Card(cycle, opening, list(cycle.groups.all()), starts))
    return sorted(
        cards, key=lambda card: (card.cycle.starts_at is None, card.cycle.starts_at or now)
    )
