"""« Changer de séance »: one person, one session; says what it will do, then does it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from registrations import places, services
from registrations.accounts import account_of
from registrations.exceptions import Refusal
from registrations.models import Registration, Seat
from registrations.places import Room
from sessions.models import Cycle, Slot
from sessions.typography import count, day, hours

if TYPE_CHECKING:
    from registrations.admin.registrations import RegistrationAdmin


class MoveForm(forms.Form):
    """Which of ``rooms`` to go to."""

    slot = forms.ChoiceField(
        label="Nouvelle séance",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez une séance.",
            "invalid_choice": "Choisissez une séance dans la liste.",
        },
    )
    over_capacity = forms.BooleanField(
        label="Dépasser la capacité",
        required=False,
        help_text="La séance aura alors une place de plus que prévu\u00a0; "
        "le journal le retiendra.",
    )

    def __init__(self, data: Any, *, rooms: Sequence[Room]) -> None:
        super().__init__(data)
        self._rooms = {str(room.slot.pk): room for room in rooms}
        slot: Any = self.fields["slot"]
        slot.choices = [(pk, in_words(room)) for pk, room in self._rooms.items()]

    @property
    def room(self) -> Room:
        """The one chosen, once the form is valid."""
        return self._rooms[self.cleaned_data["slot"]]


def move_view(
    model_admin: "RegistrationAdmin", request: HttpRequest, pk: int, session_pk: int
) -> HttpResponse:
    """Asks which slot, then, on GET still, says what moving there does; POST does it."""
    registration = model_admin.get_registration(request, pk)
    seats = registration.seats.select_related("session", "slot")
    seat = get_object_or_404(seats, session=session_pk)
    given = request.POST if request.method == "POST" else request.GET
    rooms = _rooms_elsewhere(registration, seat, timezone.now())
    form = MoveForm(given if "slot" in given else None, rooms=rooms)
    room = form.room if form.is_valid() else None
    if room and request.method == "POST":
        if _move(request, registration, room.slot, form.cleaned_data["over_capacity"]):
            return redirect("admin:registrations_registration_change", registration.pk)
        return redirect(f"{request.path}?slot={room.slot.pk}")
    context = {"seat": seat, "rooms": rooms, "form": form, "room": room}
    context["exceeds"] = room is not None and registration.holds_places and room.is_full
    return TemplateResponse(
        request,
        "admin/registrations/registration/move.html",
        model_admin.page_context(
            request, "Changer de séance", registration=registration, **context
        ),
    )


def in_words(room: Room) -> str:
    """« mardi 6 avril 2021, 9h00 à 12h00, Chefs de projet : 3 places libres »"""
    slot = room.slot
    groups = ", ".join(group.name for group in slot.groups.all()) or "aucun groupe"
    return (
        f"{day(slot.starts_at)}, {hours(slot.starts_at, slot.ends_at)}, {groups}\u00a0: "
        f"{places_in_words(room)}"
    )


def places_in_words(room: Room) -> str:
    n_left = room.n_left_for(room.invitation_pk)
    if n_left is None:
        return "sans limite de places"
    return count(n_left, "place libre", "places libres") if n_left else "complète"


def _rooms_elsewhere(registration: Registration, seat: Seat, now: datetime) -> list[Room]:
    """The other slots of the seat's session that are to come."""
    slots = Slot.objects.kept().filter(session=seat.session, ends_at__gt=now)
    cycle = places.with_reservations(Cycle.objects.all()).get(pk=registration.cycle_id)
    rooms = places.rooms(
        slots.prefetch_related("groups"),
        places.reservations(cycle, now),
        registration.invitation_id,
    )
    return [room for room in rooms if room.slot.pk != seat.slot_id]


def _move(
    request: HttpRequest, registration: Registration, slot: Slot, over_capacity: bool
) -> bool:
    try:
        services.move_seat(
            registration,
            slot,
            now=timezone.now(),
            by=account_of(request),
            over_capacity=over_capacity,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, "La personne a changé de séance.")
    return True
