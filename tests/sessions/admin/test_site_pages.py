import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from sessions.models import PageVersion, SitePage
from sessions.site_pages import current_body, default_body
from tests.factories import make_account, make_page_version, paris
from tests.pages import text

pytestmark = pytest.mark.django_db

TEXTS = "/admin/training/pageversion/"
ADD = f"{TEXTS}add/"
MAP = {"page": "plan-du-site"}
BODY = "<p>Le plan.</p><p>{liste des pages}</p>"


@pytest.fixture
def account():
    return make_account()


@pytest.fixture
def staff(client, account):
    client.force_login(account)
    return client


@pytest.fixture
def reader(client):
    """Someone of the team who may only look."""
    account = make_account("", "lecteur", is_staff=True)
    account.user_permissions.add(Permission.objects.get(codename="view_pageversion"))
    client.force_login(account)
    return client


@pytest.mark.parametrize("n_versions", [0, 1, 3])
def test_list_asks_the_same_whatever_was_written(staff, django_assert_num_queries, n_versions):
    for _ in range(n_versions):
        make_page_version()

    # Session, account, two of rights, versions.
    with django_assert_num_queries(5):
        page = text(staff.get(TEXTS))

    assert page.count("?page=") == 4 + (n_versions > 0)
    assert page.count("Brouillon") == n_versions


def test_list_says_what_is_on_the_site(staff, account):
    make_page_version(published_at=paris(2027, 1, 1), published_by=account)
    make_page_version(published_at=paris(2027, 1, 2), published_by=account)
    make_page_version()

    page = text(staff.get(TEXTS))

    assert page.count("Sur le site</strong>") == 1
    assert "publié par camille le samedi 2\xa0janvier 2027 à 9h00" in page
    assert page.count("remplacé depuis") == 1
    assert page.count("Brouillon") == 1


def test_text_starts_from_the_one_of_the_site(staff):
    assert staff.get(ADD, MAP).context["adminform"].form.initial == {
        "page": SitePage.SITE_MAP,
        "body": default_body(SitePage.SITE_MAP),
    }


def test_text_starts_from_the_version_that_is_asked_for(staff):
    first = make_page_version(SitePage.SITE_MAP, "<p>Un.</p>")
    make_page_version(SitePage.SITE_MAP, "<p>Deux.</p>")
    other = make_page_version(SitePage.LEGAL_NOTICE, "<p>Ailleurs.</p>")

    bodies = {
        asked: staff.get(ADD, MAP | {"version": asked}).context["adminform"].form.initial["body"]
        for asked in ("", str(first.pk), "origine", str(other.pk), "9" * 15, "é", "²")
    }

    default = default_body(SitePage.SITE_MAP)
    assert bodies == {
        "": "<p>Deux.</p>",
        str(first.pk): "<p>Un.</p>",
        "origine": default,
        str(other.pk): default,
        "9" * 15: default,
        "é": "<p>Deux.</p>",
        "²": "<p>Deux.</p>",
    }


def test_text_shows_what_the_site_fills_in(staff, settings):
    settings.ORGANISATION_ADDRESS = "1 rue Neuve"
    settings.ORGANISATION_SIRET = ""

    page = text(staff.get(ADD, {"page": "mentions-legales"}))

    assert "1 rue Neuve" in page
    assert "À compléter dans les réglages du serveur&nbsp;: ORGANISATION_SIRET" in page


def test_text_is_seen_then_published(staff, account):
    saved = staff.post(ADD, MAP | {"body": BODY})

    version = PageVersion.objects.get()
    preview = f"{TEXTS}{version.pk}/apercu/"
    assert (saved.status_code, saved["Location"]) == (302, preview)
    assert (version.body, version.written_by, version.is_draft) == (BODY, account, True)
    assert current_body(SitePage.SITE_MAP) == default_body(SitePage.SITE_MAP)
    page = text(staff.get(preview))
    assert "<p>Le plan.</p>" in page
    assert "n’est pas publié" in page
    assert "Publier ce texte" in page

    staff.post(f"{TEXTS}{version.pk}/publier/")

    assert current_body(SitePage.SITE_MAP) == BODY
    assert "<p>Le plan.</p>" in text(staff.get("/plan-du-site/"))
    assert "est sur le site depuis" in text(staff.get(preview))
    assert "Publier ce texte" not in text(staff.get(preview))
    assert [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")] == [
        "Ajout.",
        "Texte publié.",
    ]


def test_text_that_was_replaced_can_be_taken_up_again(staff):
    old = make_page_version(SitePage.SITE_MAP, BODY, published_at=paris(2027, 1, 1))
    make_page_version(SitePage.SITE_MAP, published_at=paris(2027, 1, 2))

    page = text(staff.get(f"{TEXTS}{old.pk}/apercu/"))

    assert "a été remplacé depuis" in page
    assert f"{ADD}?page=plan-du-site&amp;version={old.pk}" in page
    assert "Publier ce texte" not in page


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("<p>{liste des page}</p>", "Le site ne connaît pas {liste des page}"),
        ("<p>Rien.</p>", "Cette page doit contenir {liste des pages}"),
        ("<p></p>", "Ce champ ne peut pas être vide."),
        ('<p><a href="http://irev.fr">x</a></p>', "Un lien de ce texte commence par http://"),
    ],
)
def test_text_that_the_site_cannot_show_is_refused(staff, body, error):
    response = staff.post(ADD, MAP | {"body": body})

    assert error in " ".join(response.context["adminform"].form.errors["body"])
    assert not PageVersion.objects.exists()


def test_text_is_sanitised(staff):
    staff.post(ADD, MAP | {"body": f"{BODY}<script>alert(1)</script><p onclick='x'>a</p>"})

    assert PageVersion.objects.get().body == f"{BODY}<p>a</p>"


@pytest.mark.parametrize("page", ["", "ailleurs", "\0"])
def test_text_of_no_page_leads_back_to_the_list(staff, page):
    response = staff.get(ADD, {"page": page} if page != "\0" else {})

    assert (response.status_code, response["Location"]) == (302, TEXTS)


def test_looking_publishes_nothing(staff):
    version = make_page_version()

    for address in ("apercu/", "publier/", "change/", "history/"):
        staff.get(f"{TEXTS}{version.pk}/{address}")

    version.refresh_from_db()
    assert version.is_draft


def test_reader_looks_and_changes_nothing(reader):
    version = make_page_version()

    assert "Modifier" not in text(reader.get(TEXTS))
    preview = text(reader.get(f"{TEXTS}{version.pk}/apercu/"))
    assert "Publier" not in preview
    assert "Corriger" not in preview
    assert reader.get(ADD, MAP).status_code == 403
    assert reader.post(f"{TEXTS}{version.pk}/publier/").status_code == 403
    version.refresh_from_db()
    assert version.is_draft
