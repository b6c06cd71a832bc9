"""The real programme: nothing of the document is lost, and what staff wrote since is kept."""

import re
from collections.abc import Iterator
from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import models
from django.utils import timezone
from django.utils.html import strip_tags

from sessions.agenda import agenda_of
from sessions.models import Cycle, Session
from sessions.programme import load_programme
from sessions.states import Mode, Publication, Window
from sessions.typography import dates, french, hours
from tests.factories import make_cycle, paris

DOCUMENT = Path(__file__).parents[1] / "data" / "cycle-lcd-2021.txt"

# What was mended in the document; its words are otherwise those of the database.
MENDS = {
    "1 <sup>ère</sup> phase": "Première phase",
    "2 <sup>nd</sup> e phase": "Seconde phase",
    "1 <sup>ère</sup> demi-journée": "1re demi-journée",
    "2 <sup>ème</sup> demi-journée": "2e demi-journée",
    "3 <sup>ème</sup> demi-journée": "3e demi-journée",
    "PREMIERE PHASE": "Première phase",
    "✓ Etablir": "Établir",
    "- Elaboration": "Élaboration",
    "visio-conférence": "visioconférence",
}

pytestmark = pytest.mark.django_db


def words(text: str) -> list[str]:
    return re.findall(r"\w+", unescape(strip_tags(text)).casefold())


def document() -> str:
    text = DOCUMENT.read_text(encoding="utf-8")
    for old, new in MENDS.items():
        assert old in text
        text = text.replace(old, new)
    return text


def as_document(cycle: Cycle) -> Iterator[str]:
    """The cycle in the order of the document; what is written here are the document's headings."""
    agenda = agenda_of(cycle)
    yield "Cycle de qualification"
    yield from (cycle.title, cycle.subtitle, dates(slot.starts_at for slot in agenda.slots))
    yield "Par visioconférence" if all(slot.is_video for slot in agenda.slots) else ""
    yield from ("I Contexte", cycle.context)
    yield from ("II Public(s) visé(s)", cycle.audiences_text)
    yield "III Agenda Calendrier"
    yield from (phase.label for phase, _ in agenda.phases)
    for column in agenda.columns:
        yield f"{column.ordinal}{'re' if column.ordinal == 1 else 'e'} demi-journée"
    for row in agenda.rows:
        yield row.group.name
        for cell in row.cells:
            if not cell.is_covered:
                yield dates([cell.slot.starts_at])
                yield hours(cell.slot.starts_at, cell.slot.ends_at)
    yield from ("IV Objectifs Finalité", cycle.aim, "Objectifs spécifiques", cycle.objectives)
    yield "V Intervenants"
    for speaker in cycle.speakers.all():
        yield from (speaker.name, speaker.role)
    yield cycle.speakers_note
    yield from ("VI Programme du cycle", cycle.programme_intro)
    for phase in cycle.phases.all():
        yield from (phase.label, phase.title)
        for session in phase.training_sessions.all():
            yield from (f"Session {session.number}", session.title, "Contenu", session.content)
    yield "VII Inscriptions et lien de la visioconférence"
    yield from ("S’inscrire au cycle", cycle.registration_note)
    yield from ("VIII Nos ressources", cycle.resources_note)
    yield "Renseignements et contact"
    yield from (cycle.contact_name, cycle.contact_role, cycle.contact_phone, cycle.contact_mobile)


def rows(cycle: Cycle) -> list[models.Model]:
    """Everything that a cycle is made of."""
    sessions = list(cycle.training_sessions.all())
    slots = [slot for session in sessions for slot in session.slots.all()]
    return [
        cycle,
        *cycle.groups.all(),
        *(profile for group in cycle.groups.all() for profile in group.profiles.all()),
        *cycle.phases.all(),
        *sessions,
        *slots,
        *cycle.speakers.all(),
        *cycle.resources.all(),
    ]


def state(cycle: Cycle) -> list[dict]:
    return [
        {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        for row in rows(cycle)
    ]


def texts(instance: models.Model) -> list[str]:
    return [
        unescape(getattr(instance, field.attname))
        for field in instance._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
    ]


def test_programme_holds_every_word_of_the_document():
    cycle, _ = load_programme()

    assert words("\n".join(as_document(cycle))) == words(document())


def test_programme_has_the_shape_of_the_document():
    cycle, _ = load_programme()

    first, second = cycle.groups.all()
    assert [
        (slot.session.number, slot.starts_at, slot.ends_at, list(slot.groups.all()))
        for slot in agenda_of(cycle).slots
    ] == [
        (1, paris(2021, 4, 6, 9), paris(2021, 4, 6, 12), [first]),
        (1, paris(2021, 4, 6, 13, 30), paris(2021, 4, 6, 16, 30), [second]),
        (2, paris(2021, 4, 13, 9), paris(2021, 4, 13, 12), [first]),
        (2, paris(2021, 4, 13, 13, 30), paris(2021, 4, 13, 16, 30), [second]),
        (3, paris(2021, 4, 20, 9), paris(2021, 4, 20, 12), [first, second]),
    ]
    assert {(slot.mode, slot.video_url, slot.capacity) for slot in agenda_of(cycle).slots} == {
        (Mode.VIDEO, "", None)
    }
    assert [
        (phase.label, [session.number for session in phase.training_sessions.all()])
        for phase in cycle.phases.all()
    ] == [("Première phase", [1, 2]), ("Seconde phase", [3])]


def test_programme_profiles_decide_the_group():
    cycle, _ = load_programme()

    assert [
        [profile.label for profile in group.profiles.all()] for group in cycle.groups.all()
    ] == [
        ["Déléguée ou délégué du préfet", "Professionnelle ou professionnel de la DDCS (DDETS)"],
        [
            "Cheffe ou chef de projet politique de la ville d’une intercommunalité (EPCI)",
            "Cheffe ou chef de projet politique de la ville de la Région",
            "Cheffe ou chef de projet politique de la ville d’un Département",
        ],
    ]


def test_programme_is_published_and_past():
    cycle, _ = load_programme()

    assert cycle.publication == Publication.PUBLISHED
    assert Cycle.objects.with_dates().get(pk=cycle.pk).window(timezone.now()) == Window.PAST


def test_programme_is_valid_for_the_admin():
    cycle, _ = load_programme()

    for row in rows(cycle):
        row.full_clean()


def test_programme_typography_is_french():
    cycle, _ = load_programme()

    written = [text for row in rows(cycle) for text in texts(row)]
    assert [french(text) for text in written] == written


def test_programme_is_loaded_in_few_queries(django_assert_num_queries):
    with django_assert_num_queries(35):
        load_programme()


def test_programme_loaded_twice_is_the_same():
    cycle, created = load_programme()
    before = state(cycle)

    again, created_again = load_programme()

    assert (created, created_again) == (True, False)
    assert again == cycle
    assert state(Cycle.objects.get()) == before


def test_programme_keeps_what_staff_changed():
    cycle, _ = load_programme()
    Cycle.objects.update(title="Un autre titre", publication=Publication.ARCHIVED)
    Session.objects.get(cycle=cycle, number=3).delete()
    before = state(Cycle.objects.get())

    load_programme()

    assert state(Cycle.objects.get()) == before


def test_programme_leaves_other_cycles_alone():
    other = make_cycle("un-autre-cycle")
    before = state(other)

    cycle, created = load_programme()

    assert created
    assert cycle != other
    assert state(Cycle.objects.get(pk=other.pk)) == before


def test_command_says_whether_the_cycle_was_created():
    title = (
        "Initier un plan de lutte contre les discriminations – Des clés pour comprendre et agir."
    )
    outputs = [StringIO(), StringIO()]

    for output in outputs:
        call_command("load_programme", stdout=output)

    assert [output.getvalue() for output in outputs] == [
        f"Cycle créé\u00a0: {title}\n",
        f"Ce cycle existe déjà, il n’a pas été modifié\u00a0: {title}\n",
    ]
