"""What rich text keeps, loses and says; how it reads in a mail."""

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.template import Context, Template
from django_prose_editor.config import allowlist_from_extensions
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.rich_text import EXTENSIONS, RichTextField, plain_text, sanitise

PROGRAMME = (
    "<h3>Objectifs</h3><p>Un <strong>cycle</strong> et <em>trois</em> sessions<br>à distance</p>"
    "<ul><li><p>Maîtriser le cadre</p></li><li><p>Identifier les leviers</p></li></ul>"
    "<ol><li><p>Lire</p></li></ol><h4>Appui</h4><blockquote><p>Citation</p></blockquote>"
    '<p><a href="https://www.irev.fr/">le site</a> <a href="mailto:contact@irev.fr">écrire</a> '
    '<a href="tel:+33320000000">03 20 00 00 00</a></p>'
)

# Payload -> what is left of it. An empty result means that nothing was readable.
PAYLOADS = {
    "<script>alert(1)</script>": "",
    "<p>a<script>alert(1)</script>b</p>": "<p>ab</p>",
    "<scr<script>ipt>alert(1)</script>": "ipt&gt;alert(1)",
    "<img src=x onerror=alert(1)>": "",
    "<svg><script>alert(1)</script></svg>": "",
    "<svg onload=alert(1)><p>a</p></svg>": "<p>a</p>",
    "<math><mi><style><img src=x onerror=alert(1)></style></mi></math>": "",
    "<iframe src=https://evil.example></iframe>": "",
    "<p onclick=alert(1)>a</p>": "<p>a</p>",
    '<p style="background:url(https://evil.example)">a</p>': "<p>a</p>",
    '<p class="x" id="y">a</p>': "<p>a</p>",
    "<style>body{display:none}</style><p>a</p>": "<p>a</p>",
    '<a href="javascript:alert(1)">a</a>': "<a>a</a>",
    '<a href="JaVaScRiPt:alert(1)">a</a>': "<a>a</a>",
    '<a href="java\tscript:alert(1)">a</a>': "<a>a</a>",
    '<a href="&#106;avascript:alert(1)">a</a>': "<a>a</a>",
    '<a href=" javascript:alert(1)">a</a>': "<a>a</a>",
    '<a href="data:text/html,<script>alert(1)</script>">a</a>': "<a>a</a>",
    '<a href="vbscript:msgbox(1)">a</a>': "<a>a</a>",
    '<a href="http://evil.example">a</a>': "<a>a</a>",
    '<a href="//evil.example">a</a>': "<a>a</a>",
    '<a href="/admin/logout/">a</a>': "<a>a</a>",
    '<a href="https://irev.fr" target=_blank onmouseover=alert(1)>a</a>': (
        '<a href="https://irev.fr">a</a>'
    ),
    '<form action="https://evil.example"><input name=password></form>': "",
    '<base href="https://evil.example/"><p>a</p>': "<p>a</p>",
    '<meta http-equiv=refresh content="0;url=https://evil.example"><p>a</p>': "<p>a</p>",
    "<!--[if IE]><script>alert(1)</script><![endif]--><p>a</p>": "<p>a</p>",
    "<p>a\x00b</p>": "<p>ab</p>",
    "<h1>Titre</h1><p>a</p>": "Titre<p>a</p>",
    "<p>1 < 2 & 3</p>": "<p>1 &lt; 2 &amp; 3</p>",
}


class Note(models.Model):
    """A model that exists only here, to try the field as a model uses it."""

    text = RichTextField("texte", blank=True)
    aims = RichTextField("finalité")

    class Meta:
        # Not an installed app, so that the migrations of the project do not see this model.
        app_label = "tests"

    def __str__(self):
        return self.text


def test_sanitise_keeps_all_that_the_editor_offers():
    assert sanitise(PROGRAMME) == PROGRAMME


def test_sanitise_keeps_exactly_the_tags_of_the_editor():
    assert allowlist_from_extensions(EXTENSIONS)["tags"] == {
        *("p", "br", "strong", "em", "ul", "ol", "li", "a", "h3", "h4", "blockquote"),
    }


@pytest.mark.parametrize(("payload", "clean"), PAYLOADS.items())
def test_sanitise_removes_what_could_run_or_mislead(payload, clean):
    assert sanitise(payload) == clean


@pytest.mark.parametrize(
    "empty", ["", "<p></p>", "<p>&nbsp;</p>", "<p><br></p>", "<ul><li></li></ul>"]
)
def test_sanitise_without_anything_to_read_is_empty(empty):
    assert sanitise(empty) == ""


# Pieces that browsers and sanitisers have read differently when they are badly nested.
PIECES = (
    *("<p>", "</p>", "<ul>", "<li>", "</ul>", "<a\thref='https://a.fr'>", "</a>", "<b>", "<!--"),
    *(
        "<svg>",
        "<math>",
        "<script>",
        "<style>",
        "<title>",
        "&amp;",
        "&lt;",
        "<",
        ">",
        "-->",
        "\xa0",
    ),
)


@settings(deadline=None)  # the first call builds the sanitiser
@given(st.lists(st.sampled_from(PIECES)))
def test_sanitise_twice_changes_nothing_more(parts):
    clean = sanitise("".join(parts))

    assert sanitise(clean) == clean


def test_rich_filter_sanitises_what_went_round_the_field():
    page = Template("{% load rich_text %}{{ text|rich }}")

    assert (
        page.render(Context({"text": "<p onclick=alert(1)>a&nbsp;: b</p>"})) == "<p>a&nbsp;: b</p>"
    )


def test_field_sanitises_when_validated():
    note = Note(text="<p onclick=alert(1)>a</p>", aims="<p>b</p>")

    note.full_clean()

    assert note.text == "<p>a</p>"


def test_field_sanitises_when_saved_without_validation():
    note = Note(text="<p>a</p><script>alert(1)</script>")

    stored = Note._meta.get_field("text").pre_save(note, add=True)

    assert (stored, note.text) == ("<p>a</p>", "<p>a</p>")


def test_field_that_is_required_refuses_an_empty_editor():
    note = Note(text="", aims="<p></p>")

    with pytest.raises(ValidationError) as refusal:
        note.full_clean()

    assert refusal.value.message_dict.keys() == {"aims"}


def test_field_says_that_an_http_link_must_be_https():
    note = Note(text='<p><a href="http://irev.fr">a</a></p>', aims="<p>b</p>")

    with pytest.raises(ValidationError) as refusal:
        note.full_clean()

    assert refusal.value.message_dict == {
        "text": [
            "Un lien de ce texte commence par http:// : remplacez-le par https:// ou retirez-le."
        ]
    }


def test_field_is_plain_text_for_migrations():
    _name, path, _args, kwargs = Note._meta.get_field("text").deconstruct()

    assert (path, kwargs) == (
        "django.db.models.TextField",
        {"verbose_name": "texte", "blank": True},
    )


def test_plain_text_of_a_whole_programme():
    assert plain_text(PROGRAMME) == (
        "Objectifs\n"
        "\n"
        "Un cycle et trois sessions\n"
        "à distance\n"
        "\n"
        "- Maîtriser le cadre\n"
        "- Identifier les leviers\n"
        "\n"
        "1. Lire\n"
        "\n"
        "Appui\n"
        "\n"
        "Citation\n"
        "\n"
        "le site (https://www.irev.fr/) écrire (contact@irev.fr) 03 20 00 00 00"
    )


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>a\n  b</p>", "a b"),
        ("<p>Objectif\xa0: agir</p>", "Objectif\xa0: agir"),
        ("<p>R&amp;D &lt;2</p>", "R&D <2"),
        ("texte nu", "texte nu"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ("<ol><li>a</li><li>b<br>c</li></ol>", "1. a\n2. b\n   c"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "- a\n  b"),
        ('<a href="https://irev.fr">https://irev.fr</a>', "https://irev.fr"),
        ('<a href="https://irev.fr/">irev.fr</a>', "irev.fr"),
        ('<a href="mailto:a@irev.fr">a@irev.fr</a>', "a@irev.fr"),
        ("<a>sans adresse</a>", "sans adresse"),
        ('<p>Voir <a href="https://irev.fr">le site</a>, puis agir.</p>',
         "Voir le site (https://irev.fr), puis agir."),
    ],
)  # fmt: skip
def test_plain_text(html, text):
    assert plain_text(html) == text
