import pikepdf
import pytest

from sessions.models import Phase, Resource, Speaker
from sessions.programme import load_programme
from sessions.programme_pdf import programme_data, programme_pdf
from tests.documents import names_in, opened, tags_of, text_of
from tests.factories import in_days, make_cycle, make_group, make_programme, make_session, make_slot
from tests.shapes import make_in_person, make_one_group, make_three_groups, make_two_apart

pytestmark = pytest.mark.django_db

# What typst would run, what HTML would, and what a reader would follow.
HOSTILE = (
    '#import "/etc/passwd": * #{[*_$" ]} `x` @ref <b>gras</b> \\ // $x^2$ = titre ~ --- '
    "« œ Ł ễ » \u202f! \u202egauche עברית Ελληνικά"
)


def is_pdf_ua(pdf: bytes) -> bool:
    with opened(pdf) as document, document.open_metadata() as metadata:
        return metadata.get("pdfuaid:part") == "1"


@pytest.fixture
def programme():
    cycle, _ = load_programme()
    return cycle


def test_programme_of_2021_is_two_tagged_pages(programme):
    pdf = programme_pdf(programme)

    document = opened(pdf)
    assert len(document.pages) == 2
    assert str(document.Root.Lang) == "fr-FR"
    assert document.Root.MarkInfo.Marked
    assert document.Root.ViewerPreferences.DisplayDocTitle
    assert str(document.docinfo.Title) == "Initier un plan de lutte contre les discriminations"
    assert is_pdf_ua(pdf)


def test_programme_of_2021_is_told_in_its_order(programme):
    tags = [tag for tag in tags_of(programme_pdf(programme)) if tag in {"/Title", "/Table", "/TH"}]
    headings = [tag for tag in tags_of(programme_pdf(programme)) if tag[:2] == "/H"]

    # Two rows of heads: the group, two phases, three half-days.
    assert tags == ["/Title", "/Table", *["/TH"] * 6]
    assert headings == [
        *["/H1"] * 3,
        *("/H1", "/H2", "/H2"),
        "/H1",
        *("/H1", "/H2", "/H3", "/H3", "/H2", "/H3"),
        *["/H1"] * 3,
    ]


def test_programme_of_2021_reads_as_the_document(programme):
    text = text_of(programme_pdf(programme))

    parts = [
        "Initier un plan de lutte contre les discriminations",
        "Des clés pour comprendre et agir",
        "6, 13 et 20 avril 2021",
        "Contexte",
        "de l’« aller vers »",
        "Publics visés",
        "Calendrier",
        "mardi 6 avril 2021 9h00 à 12h00",
        "Finalité",
        "Objectifs spécifiques",
        "Saïd BECHROURI, Consultant au COPAS",
        "Première phase – Lutte contre",
        "Session 1 – Discriminations : concepts clés et notions connexes",
        "Session 3 – Plan de lutte",
        "Inscription et connexion",
        "Renseignements et contact",
        "Karima ELKHADIRI",
        "06 74 53 35 37",
    ]
    places = [text.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


def test_document_holds_its_fonts(programme):
    document = opened(programme_pdf(programme))

    descriptors = [
        thing
        for thing in document.objects
        if isinstance(thing, pikepdf.Dictionary) and "/FontName" in thing
    ]
    names = {str(each.FontName).partition("+")[2] for each in descriptors}
    assert names == {
        "AtkinsonHyperlegibleNext-Regular",
        "AtkinsonHyperlegibleNext-Bold",
        "AtkinsonHyperlegibleNext-Italic",
    }
    assert all("/FontFile2" in each or "/FontFile3" in each for each in descriptors)


def test_what_staff_write_is_printed_as_text():
    cycle = make_cycle(
        title=HOSTILE[:200],
        subtitle=HOSTILE,
        context=f"<p>{HOSTILE.replace('<', '&lt;')}</p><h4>{HOSTILE.replace('<', '&lt;')}</h4>",
        prerequisites=HOSTILE,
        contact_name=HOSTILE[:100],
    )
    group = make_group(cycle, HOSTILE[:150])
    phase = Phase.objects.create(cycle=cycle, label=HOSTILE[:60], title=HOSTILE)
    make_slot(make_session(cycle, title=HOSTILE, phase=phase), group, place=HOSTILE)
    Speaker.objects.create(cycle=cycle, name=HOSTILE[:100], role=HOSTILE)
    Resource.objects.create(cycle=cycle, title=HOSTILE, url="https://irev.fr/#{x}")

    pdf = programme_pdf(cycle)

    text = text_of(pdf)
    assert text.count('#import "/etc/passwd"') >= 8
    assert "<b>gras</b>" in text
    assert "root:" not in text
    active = {"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/OpenAction", "/AA", "/GoToR"}
    assert names_in(pdf) & active == set()


def test_texts_with_control_characters_are_printed():
    cycle = make_programme()
    cycle.title = "Un\x07 titre\x0b\x1f avec\r\ndes signes"
    cycle.context = "<p>a\x08b</p>"

    pdf = programme_pdf(cycle)

    assert "Un titre avec des signes" in text_of(pdf)
    assert is_pdf_ua(pdf)


def test_character_that_no_font_draws_costs_the_mark_not_the_document():
    cycle = make_programme()
    cycle.context = "<p>Rendez-vous 📅 漢字</p>"

    pdf = programme_pdf(cycle)

    assert "Rendez-vous" in text_of(pdf)
    assert "/H1" in tags_of(pdf)
    assert not is_pdf_ua(pdf)


@pytest.mark.parametrize(
    "make",
    [make_one_group, make_three_groups, make_two_apart, make_in_person, make_cycle, make_programme],
)
def test_cycle_of_any_shape_has_its_document(make):
    cycle = make()

    text = text_of(programme_pdf(cycle))

    for row in programme_data(cycle)["agenda"]["rows"]:
        assert row["group"] in text
        for slot in row["slots"]:
            assert slot["day"].replace("\xa0", " ") in text


def test_agenda_of_many_columns_is_lists():
    cycle = make_cycle()
    group = make_group(cycle)
    for number in range(8):
        make_slot(make_session(cycle), group, starts_at=in_days(30 + number))

    tags = tags_of(programme_pdf(cycle))

    assert "/Table" not in tags
    assert tags.count("/LI") == 8


def test_cancelled_cycle_says_so():
    cycle = make_one_group()
    for training_session in cycle.training_sessions.all():
        training_session.slots.update(cancelled_at=in_days(0))

    assert programme_data(cycle)["dates"] == "Cycle annulé"


def test_content_longer_than_a_page_goes_on():
    cycle = make_programme()
    first = cycle.training_sessions.first()
    first.content = "<p>Un paragraphe.</p>" * 200
    first.save()

    assert len(opened(programme_pdf(cycle)).pages) > 2


def test_same_cycle_gives_the_same_bytes(programme):
    assert programme_pdf(programme) == programme_pdf(programme)
