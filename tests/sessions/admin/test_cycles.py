import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from sessions.admin.panel import cycle_url
from sessions.models import AudienceGroup, Cycle, Phase, Resource, Session, Speaker
from sessions.states import Publication
from tests.factories import (
    make_account,
    make_cycle,
    make_group,
    make_programme,
    make_registration,
    make_session,
    make_slot,
    paris,
)

pytestmark = pytest.mark.django_db

NBSP = "\N{NO-BREAK SPACE}"
LIST = reverse("admin:training_cycle_changelist")
ADD = reverse("admin:training_cycle_add")
INLINES = ("groups", "phases", "training_sessions", "speakers", "reminders", "resources")


def cycle_data(cycle: Cycle, **changed) -> dict:
    """What a browser posts for the page of a cycle without rows, but for what is ``changed``."""
    data = {"title": cycle.title, "slug": cycle.slug, "offer_hours": "48"}
    for prefix in INLINES:
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    return data | changed


def inline(response, prefix: str):
    """The formset of an inline of the page."""
    formsets = [each.formset for each in response.context["inline_admin_formsets"]]
    return next(formset for formset in formsets if formset.prefix == prefix)


def row_errors(response, prefix: str) -> list[dict[str, list[str]]]:
    """The errors of each row of an inline."""
    return [
        {name: list(messages) for name, messages in each.items()}
        for each in inline(response, prefix).errors
    ]


def test_cycle_list_says_where_each_stands(staff):
    make_programme()
    make_cycle("brouillon", title="Un brouillon", publication=Publication.DRAFT)

    html = staff.get(LIST).content.decode()

    assert html.count(f"Brouillon{NBSP}: seule l’équipe le voit.") == 1
    assert html.count("Publié. Inscriptions ouvertes jusqu’au") == 1
    assert html.count("à fixer") == 1


def test_cycle_list_costs_the_same_whatever_its_length(staff, django_assert_num_queries):
    make_programme("premier")
    with django_assert_num_queries(7):
        staff.get(LIST)

    for slug in ("deuxieme", "troisieme"):
        make_programme(slug)
    with django_assert_num_queries(7):
        staff.get(LIST)


def test_cycle_page_costs_the_same_whatever_its_size(staff, django_assert_num_queries):
    small, large = make_programme("petit"), make_programme("grand")
    for number in range(3):
        Speaker.objects.create(cycle=large, name=f"Intervenant {number}")
        Resource.objects.create(cycle=large, title=f"Ressource {number}")
        phase = Phase.objects.create(cycle=large, label=f"Phase {number}", position=number)
        group = make_group(large, f"Groupe {number}", f"groupe-{number}")
        make_slot(make_session(large, phase=phase), group)

    ContentType.objects.get_for_model(Cycle)  # kept by the process once asked
    for cycle in (small, large):
        with django_assert_num_queries(20):
            staff.get(cycle_url("change", cycle))


def test_add_asks_the_essential_then_goes_on_to_the_programme(staff):
    page = staff.get(ADD)
    assert list(page.context["adminform"].form.fields) == ["title", "subtitle", "slug"]
    assert page.context["inline_admin_formsets"] == []

    response = staff.post(ADD, {"title": "L’égalité au travail", "subtitle": "", "slug": ""})

    cycle = Cycle.objects.get()
    assert (cycle.slug, cycle.publication) == ("legalite-au-travail", Publication.DRAFT)
    assert response.status_code == 302
    assert response.url == cycle_url("change", cycle)


def test_add_with_an_address_that_is_taken_numbers_it_or_says_it(staff):
    make_cycle("egalite")

    staff.post(ADD, {"title": "Égalité", "subtitle": "", "slug": ""})
    refused = staff.post(ADD, {"title": "Égalité", "subtitle": "", "slug": "egalite"})

    assert sorted(Cycle.objects.values_list("slug", flat=True)) == ["egalite", "egalite-2"]
    assert list(refused.context["errors"]) == [
        ["Un objet Cycle avec ce champ Adresse de la page existe déjà."]
    ]


def test_cycle_page_shows_the_agenda_and_what_is_missing(staff):
    cycle = make_programme()
    first = cycle.training_sessions.get(number=1).slots.earliest("starts_at")
    first.video_url = ""
    first.save()

    panel = staff.get(cycle_url("change", cycle)).context["panel"]

    assert panel["state"].startswith("Publié. Inscriptions ouvertes jusqu’au ")
    assert [(str(problem.where), address) for problem, address in panel["problems"]] == [
        ("Part.AGENDA", cycle_url("agenda", cycle))
    ]
    html = staff.get(cycle_url("change", cycle)).content.decode()
    assert (html.count("Lien à venir"), html.count("Lien donné")) == (1, 4)
    assert html.count('<td rowspan="2">') == 1


@pytest.mark.parametrize(
    ("publication", "labels"),
    [
        (
            Publication.DRAFT,
            ["Agenda et liens", "Aperçu sur le site", "Publier", "Dupliquer ce cycle"],
        ),
        (
            Publication.PUBLISHED,
            [
                "Agenda et liens",
                "Aperçu sur le site",
                "Clore les inscriptions",
                "Dupliquer ce cycle",
                "Archiver",
                # Of registrations, which adds what concerns people.
                "Annuler le cycle",
            ],
        ),
        (
            Publication.ARCHIVED,
            ["Agenda et liens", "Aperçu sur le site", "Dupliquer ce cycle", "Désarchiver"],
        ),
    ],
)
def test_cycle_page_offers_what_makes_sense(staff, publication, labels):
    cycle = make_programme()
    Cycle.objects.update(publication=publication)

    offered = staff.get(cycle_url("change", cycle)).context["actions"]

    of_the_offer = [each for each in offered if each.url.startswith("/admin/training/")]
    assert [each.label for each in of_the_offer] == labels


def test_cycle_page_opens_for_those_who_may_only_look(client):
    cycle = make_programme()
    account = make_account("", is_staff=True)
    account.user_permissions.set(Permission.objects.filter(codename="view_cycle"))
    client.force_login(account)

    response = client.get(cycle_url("change", cycle))

    assert response.context["inline_admin_formsets"] == []
    assert [action.label for action in response.context["actions"]] == ["Aperçu sur le site"]


def test_cycle_page_keeps_an_address_that_was_public(staff):
    cycle = make_programme()

    staff.post(cycle_url("change", cycle), cycle_data(cycle, slug="autre", title="Autre titre"))

    cycle.refresh_from_db()
    assert (cycle.title, cycle.slug) == ("Autre titre", "cycle-lcd")


def test_cycle_page_sanitises_rich_text(staff):
    cycle = make_cycle()

    staff.post(
        cycle_url("change", cycle),
        cycle_data(cycle, context="<p onclick=x>Bonjour<script>alert(1)</script></p>"),
    )

    cycle.refresh_from_db()
    assert cycle.context == "<p>Bonjour</p>"


def test_cycle_page_refuses_a_window_that_closes_before_it_opens(staff):
    cycle = make_cycle()

    response = staff.post(
        cycle_url("change", cycle),
        cycle_data(
            cycle,
            registration_opens_at_0="2027-02-02",
            registration_opens_at_1="09:00",
            registration_closes_at_0="2027-02-01",
            registration_closes_at_1="09:00",
        ),
    )

    assert response.context["adminform"].form.errors == {
        "registration_closes_at": ["Les inscriptions doivent se clore après leur ouverture."]
    }


def test_cycle_page_reads_the_window_on_the_clock_of_paris(staff):
    cycle = make_cycle()

    staff.post(
        cycle_url("change", cycle),
        cycle_data(cycle, registration_opens_at_0="2027-07-02", registration_opens_at_1="09:00"),
    )

    cycle.refresh_from_db()
    assert cycle.registration_opens_at == paris(2027, 7, 2, 9)


def test_cycle_page_fills_in_the_address_of_a_group(staff):
    cycle = make_cycle(publication=Publication.DRAFT)

    staff.post(
        cycle_url("change", cycle),
        cycle_data(
            cycle,
            **{
                "groups-TOTAL_FORMS": "1",
                "groups-0-position": "1",
                "groups-0-name": "Élus des Hauts-de-France",
                "groups-0-slug": "",
            },
        ),
    )

    assert AudienceGroup.objects.get().slug == "elus-des-hauts-de-france"


def test_cycle_page_adds_a_group_to_a_public_cycle(staff):
    """The address of a public group cannot be typed, but a new one has its own all the same."""
    cycle = make_cycle()

    staff.post(
        cycle_url("change", cycle),
        cycle_data(
            cycle,
            **{
                "groups-TOTAL_FORMS": "1",
                "groups-0-position": "1",
                "groups-0-name": "Élus",
            },
        ),
    )

    assert list(AudienceGroup.objects.values_list("name", "slug")) == [("Élus", "elus")]


def test_cycle_page_refuses_the_phase_of_another_cycle(staff):
    cycle = make_cycle()
    stranger = Phase.objects.create(cycle=make_cycle("autre"), label="Phase")

    response = staff.post(
        cycle_url("change", cycle),
        cycle_data(
            cycle,
            **{
                "training_sessions-TOTAL_FORMS": "1",
                "training_sessions-0-number": "1",
                "training_sessions-0-title": "Concepts",
                "training_sessions-0-phase": str(stranger.pk),
            },
        ),
    )

    assert row_errors(response, "training_sessions") == [
        {"phase": ["Cette phase appartient à un autre cycle."]}
    ]
    assert not Session.objects.exists()


def test_cycle_page_refuses_two_sessions_of_one_number(staff):
    cycle = make_cycle()
    rows = {"training_sessions-TOTAL_FORMS": "2"}
    for index in range(2):
        rows |= {
            f"training_sessions-{index}-number": "1",
            f"training_sessions-{index}-title": f"Contenu {index}",
        }

    response = staff.post(cycle_url("change", cycle), cycle_data(cycle, **rows))

    assert list(inline(response, "training_sessions").non_form_errors()) == [
        f"Deux lignes ont la même valeur pour «{NBSP}Numéro{NBSP}»."
    ]
    assert row_errors(response, "training_sessions") == [
        {},
        {"__all__": ["Cette valeur est déjà celle d’une autre ligne."]},
    ]
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("prefix", "fields", "message"),
    [
        (
            "groups",
            {"position": "1", "name": "Délégués du préfet", "slug": "delegues"},
            f"Le groupe «{NBSP}Délégués du préfet{NBSP}» ne peut pas être supprimé{NBSP}: "
            "des personnes y sont inscrites.",
        ),
        (
            "training_sessions",
            {"number": "1", "title": "Contenu 1"},
            f"«{NBSP}Session 1 : Contenu 1{NBSP}» ne peut pas être supprimée{NBSP}: "
            "des personnes sont inscrites à ses séances.",
        ),
    ],
)
def test_cycle_page_says_why_what_has_people_stays(staff, prefix, fields, message):
    cycle = make_cycle()
    make_slot(make_session(cycle), make_group(cycle))
    registration = make_registration(cycle)
    row = getattr(cycle, prefix).get()
    rows = {
        f"{prefix}-TOTAL_FORMS": "1",
        f"{prefix}-INITIAL_FORMS": "1",
        f"{prefix}-0-id": str(row.pk),
        f"{prefix}-0-cycle": str(cycle.pk),
        f"{prefix}-0-DELETE": "on",
        **{f"{prefix}-0-{name}": value for name, value in fields.items()},
    }

    response = staff.post(cycle_url("change", cycle), cycle_data(cycle, **rows))

    assert list(inline(response, prefix).non_form_errors()) == [message]
    assert registration.full_name not in response.content.decode()
    assert getattr(cycle, prefix).get() == row


@pytest.mark.parametrize(
    ("publication", "status"),
    [(Publication.DRAFT, 200), (Publication.PUBLISHED, 403), (Publication.ARCHIVED, 403)],
)
def test_only_a_draft_can_be_deleted(staff, publication, status):
    cycle = make_cycle(publication=publication)

    response = staff.get(reverse("admin:training_cycle_delete", args=[cycle.pk]))

    assert response.status_code == status


def test_history_tells_who_changed_the_agenda(staff):
    cycle = make_programme()

    staff.post(reverse("admin:training_cycle_archive", args=[cycle.pk]))

    entry = LogEntry.objects.get()
    assert (entry.object_repr, entry.get_change_message()) == (
        cycle.title,
        "Le cycle est archivé.",
    )


CONTROL = (
    "Ce texte contient un retour à la ligne ou un caractère invisible\u00a0: "
    "saisissez-le de nouveau au clavier."
)
LOCAL_PART = (
    "Vérifiez ce qui précède le signe @\u00a0: ni espace, ni accent, ni guillemet, "
    "64 caractères au maximum, par exemple prenom.nom@structure.fr."
)


@pytest.mark.parametrize(
    ("field", "typed", "error"),
    [
        ("title", "Un titre\u2028collé", CONTROL),
        ("contact_name", "Camille\u2028Durand", CONTROL),
        ("contact_name", "Camille\x0bDurand", CONTROL),
        ("contact_role", "Chargée\x07de mission", CONTROL),
        ("contact_email", "İ@irev.fr", LOCAL_PART),
    ],
)
def test_what_a_mail_could_not_hold_is_refused_by_its_field(staff, field, typed, error):
    cycle = make_programme()
    before = getattr(cycle, field)

    response = staff.post(cycle_url("change", cycle), cycle_data(cycle, **{field: typed}))

    cycle.refresh_from_db()
    assert response.context["adminform"].form.errors == {field: [error]}
    assert getattr(cycle, field) == before


def test_contact_is_cleaned_as_what_people_type(staff):
    cycle = make_programme()
    contact = {"contact_name": "Camille\u200b\u00a0 Durand", "contact_email": "c@Exämple.fr"}

    staff.post(cycle_url("change", cycle), cycle_data(cycle, **contact))

    cycle.refresh_from_db()
    assert (cycle.contact_name, cycle.contact_email) == ("Camille Durand", "c@xn--exmple-cua.fr")


def test_contact_of_a_demonstration_can_be_saved(staff):
    cycle = make_programme()
    data = cycle_data(cycle, contact_name="", contact_email=cycle.contact_email)

    response = staff.post(cycle_url("change", cycle), data)

    assert response.status_code == 302
