"""The texts of the pages that the law asks for: what they may hold, how they are shown, published.

Between braces they hold words that the site fills in: « {adresse} » is a setting (``facts``),
« {mentions légales} » a link to that page, « {liste des pages} », alone in its paragraph, a part
that the site writes itself.
"""

import html
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from sessions.facts import FACTS, TO_COMPLETE, Fact
from sessions.models import Cycle, PageVersion, SitePage
from sessions.rich_text import sanitise

DEFAULTS = Path(__file__).parent / "data" / "pages"

FACT_OF = {fact.word.lower(): fact for fact in FACTS}
LINKS = {page.label.lower(): page for page in SitePage}
FIND = "retrouver mon inscription"
RETENTION, SITE_MAP = "durées de conservation", "liste des pages"
BLOCKS = (RETENTION, SITE_MAP)
# What a text may not leave out: the law asks the page to say it.
REQUIRED = {
    SitePage.LEGAL_NOTICE: (
        *("adresse", "siret", "téléphone", "courriel"),
        *("direction de la publication", "hébergeur"),
    ),
    SitePage.PERSONAL_DATA: (
        *("adresse", "courriel", "prestataires", "transferts", "protection des données"),
        RETENTION,
    ),
    SitePage.ACCESSIBILITY: (
        *("état de conformité", "date de la déclaration"),
        *("courriel", "téléphone"),
    ),
    SitePage.SITE_MAP: (SITE_MAP,),
}

_WORD = re.compile(r"\{([^{}<>]{1,60})\}")
_BLOCK = re.compile(r"<p>\s*\{([^{}<>]{1,60})\}\s*</p>")
# An attribute may hold a > of its own.
_TAG = re.compile(r'(<(?:[^<>"]|"[^"]*")*>)')
_HEADING = re.compile(r"(</?h)([34])>")


def current_body(page: SitePage) -> str:
    """The text that is on the site; one query."""
    version = PageVersion.objects.filter(page=page).published().first()
    return version.body if version else default_body(page)


def default_body(page: SitePage) -> str:
    """What the page says as long as nobody published a text for it."""
    return (DEFAULTS / f"{page.value}.html").read_text(encoding="utf-8")


def page_html(body: str) -> SafeString:
    """The text as the page prints it, below its title: sanitised, its words filled in.

    Its titles, which the editor offers from the third level down, go up by one. One query more
    where the list of pages is asked for.
    """
    clean = _HEADING.sub(lambda tag: f"{tag[1]}{int(tag[2]) - 1}>", sanitise(body))
    clean = _BLOCK.sub(_block, clean)
    parts = _TAG.split(clean)
    # Every other part is a tag, left alone.
    parts[::2] = [_WORD.sub(_inline, text) for text in parts[::2]]
    return mark_safe("".join(parts))  # noqa: S308


def unknown_words(body: str) -> list[str]:
    """The words between braces that the site does not know, as they were typed."""
    known = {*FACT_OF, *LINKS, FIND, *BLOCKS}
    return [word for word in _words(body) if _key(word) not in known]


def missing_words(page: SitePage, body: str) -> list[str]:
    """The words that the page may not leave out and that its text does not hold."""
    found = {_key(word) for word in _words(body)}
    return [word for word in REQUIRED[page] if word not in found]


def fact_html(fact: Fact) -> str:
    """What the settings say, as pages print it; marked when it is to be completed."""
    if not fact.text:
        return format_html("<mark>{}\u00a0: {}</mark>", TO_COMPLETE, fact.word)
    if fact.word == "courriel":
        return format_html('<a href="mailto:{0}">{0}</a>', fact.text)
    return html.escape(fact.text)


def publish(version: PageVersion, *, by: User, now: datetime) -> None:
    """Puts a draft on the site in place of what is there; nothing for what was published before."""
    PageVersion.objects.filter(pk=version.pk, published_at=None).update(
        published_at=now, published_by=by
    )


def _words(body: str) -> Iterator[str]:
    for match in _WORD.finditer(body):
        yield html.unescape(match[1])


def _key(word: str) -> str:
    return " ".join(html.unescape(word).split()).lower()


def _block(match: re.Match[str]) -> str:
    word = _key(match[1])
    if word == SITE_MAP:
        cycles = Cycle.objects.public()
        return render_to_string("pages/_site_map.html", {"cycles": cycles})
    if word == RETENTION:
        return render_to_string("pages/_durations.html")
    return match[0]


def _inline(match: re.Match[str]) -> str:
    word = _key(match[1])
    if word in FACT_OF:
        return fact_html(FACT_OF[word])
    if word in LINKS:
        page = LINKS[word]
        return format_html('<a href="{}">{}</a>', page.get_absolute_url(), page.label)
    if word == FIND:
        return format_html(
            '<a href="{}">Retrouver mon inscription</a>', reverse("find_registration")
        )
    return match[0]
