import pytest
from django.urls import reverse

from sessions.admin.panel import cycle_url
from sessions.models import AudienceGroup, Profile
from sessions.states import Publication
from tests.factories import make_cycle, make_group, make_registration

pytestmark = pytest.mark.django_db

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def group():
    return make_group(make_cycle(publication=Publication.DRAFT))


def group_url(group: AudienceGroup) -> str:
    return reverse("admin:training_audiencegroup_change", args=[group.pk])


def group_data(group: AudienceGroup, **changed) -> dict:
    """What a browser posts for a group with its one profile."""
    profile = group.profiles.get()
    return {
        "name": group.name,
        "slug": group.slug,
        "profiles-TOTAL_FORMS": "1",
        "profiles-INITIAL_FORMS": "1",
        "profiles-0-id": str(profile.pk),
        "profiles-0-group": str(group.pk),
        "profiles-0-position": "1",
        "profiles-0-label": profile.label,
        **changed,
    }


def test_group_page_adds_a_profile_and_comes_back_to_the_cycle(staff, group):
    response = staff.post(
        group_url(group),
        group_data(
            group,
            **{
                "profiles-TOTAL_FORMS": "2",
                "profiles-1-group": str(group.pk),
                "profiles-1-position": "2",
                "profiles-1-label": "Sous-préfet à la ville",
            },
        ),
    )

    assert response.status_code == 302
    assert response.url == f"{cycle_url('change', group.cycle)}#groups-heading"
    assert list(group.profiles.values_list("label", flat=True)) == [
        "Profil Délégués du préfet",
        "Sous-préfet à la ville",
    ]


def test_group_page_leads_back_to_its_cycle(staff, group):
    html = staff.get(group_url(group)).content.decode()

    assert html.count(f'href="{cycle_url("change", group.cycle)}"') == 1


def test_group_page_says_why_a_profile_with_people_stays(staff, group):
    registration = make_registration(group.cycle)

    response = staff.post(group_url(group), group_data(group, **{"profiles-0-DELETE": "on"}))

    (formset,) = response.context["inline_admin_formsets"]
    assert list(formset.formset.non_form_errors()) == [
        f"Le profil «{NBSP}Profil Délégués du préfet{NBSP}» ne peut pas être supprimé{NBSP}: "
        "des personnes l’ont choisi en s’inscrivant."
    ]
    assert registration.last_name not in response.content.decode()
    assert Profile.objects.count() == 1


def test_group_page_deletes_a_profile_that_nobody_chose(staff, group):
    staff.post(group_url(group), group_data(group, **{"profiles-0-DELETE": "on"}))

    assert not Profile.objects.exists()


def test_group_page_refuses_the_name_of_another_group(staff, group):
    make_group(group.cycle, "Élus", "elus")

    response = staff.post(group_url(group), group_data(group, name="Élus"))

    assert response.context["adminform"].form.non_field_errors() == [
        "Un autre groupe de ce cycle a déjà ce nom."
    ]


@pytest.mark.parametrize(
    ("publication", "slug"),
    [(Publication.DRAFT, "nouvelle-adresse"), (Publication.PUBLISHED, "delegues")],
)
def test_group_page_keeps_an_address_that_was_public(staff, group, publication, slug):
    group.cycle.publication = publication
    group.cycle.save()

    staff.post(group_url(group), group_data(group, slug="nouvelle-adresse"))

    group.refresh_from_db()
    assert group.slug == slug


def test_groups_have_no_list_of_their_own(staff, group):
    index = staff.get(reverse("admin:index")).content.decode()
    response = staff.get(reverse("admin:training_audiencegroup_changelist"))

    assert index.count("audiencegroup") == 0
    assert response.url == reverse("admin:training_cycle_changelist")


def test_group_page_costs_the_same_whatever_its_profiles(staff, group, django_assert_num_queries):
    with django_assert_num_queries(6):
        staff.get(group_url(group))

    for number in range(2):
        group.profiles.create(label=f"Profil {number}")
    with django_assert_num_queries(6):
        staff.get(group_url(group))


@pytest.mark.parametrize("n_rows", ["101", "2001", "9" * 18])
def test_group_page_reads_and_shows_a_hundred_profiles_at_most(staff, group, n_rows):
    data = group_data(group, **{"profiles-TOTAL_FORMS": n_rows})

    page = staff.post(group_url(group), data)

    (profiles,) = page.context["inline_admin_formsets"]
    assert len(profiles.formset.forms) == 100
    assert profiles.formset.non_form_errors() == ["Veuillez soumettre au plus 100 formulaires."]
