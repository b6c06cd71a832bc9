import re

import pytest
from django.utils import timezone

from sessions.facts import FACTS
from sessions.models import SitePage
from sessions.rich_text import sanitise
from sessions.site_pages import (
    current_body,
    default_body,
    missing_words,
    page_html,
    publish,
    unknown_words,
)
from tests.factories import make_account, make_cycle, make_page_version, make_programme, paris

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(settings):
    for fact in FACTS:
        for name in fact.settings:
            setattr(settings, name, f"<{name}> & co")


@pytest.mark.parametrize("page", SitePage)
def test_default_text_is_one_that_staff_could_have_written(page):
    body = default_body(page)

    assert sanitise(body) == sanitise(sanitise(body))
    assert re.sub(r"<[^>]+>", "", body) == re.sub(
        r"<[^>]+>", "", sanitise(body).replace("&nbsp;", "\u00a0")
    )
    assert unknown_words(body) == []
    assert missing_words(page, body) == []


@pytest.mark.parametrize("page", SitePage)
def test_default_text_keeps_to_french_typography(page):
    text = re.sub(r"<[^>]+>", " ", default_body(page))

    assert re.findall(r"[ \w][:;!?](?=\s)| »|«[^\u00a0]|[^\u00a0]»|'", text) == []


@pytest.mark.parametrize("page", SitePage)
def test_default_page_says_all_that_is_known(known, page):
    text = page_html(default_body(page))

    assert "à compléter" not in text
    assert "{" not in text


def test_default_page_marks_what_is_not_known(settings):
    settings.ORGANISATION_SIRET = ""

    assert "<mark>à compléter\u00a0: SIRET</mark>" in page_html("<p>{SIRET}</p>")


def test_words_are_filled_in_with_what_the_settings_say(settings):
    settings.ORGANISATION_ADDRESS = "1 rue <b>Neuve</b> & Cie"
    settings.ORGANISATION_EMAIL = "contact@irev.example"
    settings.HOSTING_NAME, settings.HOSTING_ADDRESS = "Hôte", "2 rue Haute"
    settings.HOSTING_PHONE = "03 20 00 00 00"

    text = page_html("<p>{adresse}, {Courriel}, {\u00a0hébergeur }</p>")

    assert text == (
        "<p>1 rue &lt;b&gt;Neuve&lt;/b&gt; &amp; Cie, "
        '<a href="mailto:contact@irev.example">contact@irev.example</a>, '
        "Hôte, 2 rue Haute, 03 20 00 00 00</p>"
    )


def test_host_is_whole_or_marked(settings):
    settings.HOSTING_NAME, settings.HOSTING_ADDRESS = "Hôte", "2 rue Haute"
    settings.HOSTING_PHONE = "à compléter"

    assert page_html("{hébergeur}") == "<mark>à compléter\u00a0: hébergeur</mark>"


def test_words_lead_to_pages():
    assert page_html("<p>{données personnelles} {retrouver mon inscription}</p>") == (
        '<p><a href="/donnees-personnelles/">Données personnelles</a> '
        '<a href="/mes-inscriptions/">Retrouver mon inscription</a></p>'
    )


def test_word_in_a_link_is_left_alone():
    body = '<p><a href="https://irev.fr/?q=>{accessibilite}{accessibilité}">ici</a></p>'

    assert "/accessibilite/" not in page_html(body)


def test_titles_go_up_by_one():
    assert page_html("<h3>a</h3><h4>b</h4>") == "<h2>a</h2><h3>b</h3>"


def test_text_is_sanitised_once_more():
    assert page_html("<script>alert(1)</script><p onclick=x>a</p>") == "<p>a</p>"


def test_list_of_pages_holds_what_anybody_may_open(django_assert_num_queries):
    make_programme("ouvert")
    make_cycle("brouillon", publication="draft")
    make_cycle("prive", is_private=True)

    with django_assert_num_queries(1):
        text = page_html("<p>{liste des pages}</p>")

    assert re.findall(r"/cycles/([\w-]+)/", text) == ["ouvert"]
    assert "<p>" not in text.partition("<h2>")[0]


def test_page_on_personal_data_says_how_rights_are_used_and_only_what_is_true(known):
    text = page_html(default_body(SitePage.PERSONAL_DATA))

    for words in (
        "Mes données",
        "Effacer mes données",
        "Modifier mon inscription",
        "Vous y opposer, c’est donc les faire détruire",
        "Transferts hors de l’Union européenne",
        "&lt;ORGANISATION_EMAIL&gt;",
        "&lt;DATA_TRANSFERS&gt;",
    ):
        assert words in text
    # None is drawn up, and nobody’s presence is written down.
    for words in ("attestation", "présence"):
        assert words not in text


def test_durations_are_those_of_the_policy():
    assert "<caption" in page_html("<p>{durées de conservation}</p>")


def test_words_that_the_site_does_not_know_are_told():
    assert unknown_words("<p>{adrese} {SIRET} {nom &amp; prénom} {}</p>") == [
        "adrese",
        "nom & prénom",
    ]


def test_words_that_a_page_lacks_are_told():
    assert missing_words(SitePage.ACCESSIBILITY, "<p>{Courriel}</p>") == [
        "état de conformité",
        "date de la déclaration",
        "téléphone",
    ]


def test_page_shows_what_was_published_last():
    staff = make_account()
    assert current_body(SitePage.LEGAL_NOTICE) == default_body(SitePage.LEGAL_NOTICE)

    first, second = make_page_version(body="<p>Un.</p>"), make_page_version(body="<p>Deux.</p>")
    make_page_version(body="<p>Brouillon.</p>")
    make_page_version(SitePage.SITE_MAP, body="<p>Ailleurs.</p>", published_at=timezone.now())
    publish(second, by=staff, now=paris(2027, 1, 1))
    publish(first, by=staff, now=paris(2027, 1, 2))

    assert current_body(SitePage.LEGAL_NOTICE) == "<p>Un.</p>"
    first.refresh_from_db()
    assert (first.published_at, first.published_by) == (paris(2027, 1, 2), staff)


def test_text_that_was_published_keeps_its_date():
    version = make_page_version(published_at=paris(2027, 1, 1))

    publish(version, by=make_account(), now=paris(2027, 2, 1))

    version.refresh_from_db()
    assert (version.published_at, version.published_by) == (paris(2027, 1, 1), None)
