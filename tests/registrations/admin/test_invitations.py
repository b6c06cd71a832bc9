"""Invitations, as the team makes them, reads them and closes them."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from registrations.models import Invitation
from registrations.states import Status
from sessions.models import Cycle, Profile
from tests.factories import (
    in_days,
    make_account,
    make_invitation,
    make_programme,
    make_registration,
    make_territory,
)
from tests.pages import said, text

pytestmark = pytest.mark.django_db

LIST = "/admin/registrations/invitation/"


@pytest.fixture
def staff(staff):
    # Read once by a process, and kept.
    ContentType.objects.get_for_model(Invitation)
    return staff


def add_url(cycle):
    return f"{LIST}add/?cycle={cycle.pk}"


def page_of(invitation):
    return f"{LIST}{invitation.pk}/change/"


def posted(**changed):
    return {
        "label": "Préfecture du Nord",
        "profile": "",
        "territory": "",
        "n_places": "0",
        "expires_at_0": "",
        "expires_at_1": "",
        "is_active": "on",
        **changed,
    }


def errors(response):
    return response.context["adminform"].form.errors


@pytest.mark.parametrize("n", [1, 3])
def test_list_asks_the_same_whatever_it_shows(staff, django_assert_num_queries, n):
    cycle = make_programme()
    for number in range(n):
        invitation = make_invitation(
            cycle,
            profile=Profile.objects.order_by("pk").first(),
            territory=make_territory(f"Territoire {number}"),
        )
        make_registration(cycle, f"{number}@x.example", invitation=invitation)

    # The session, the account, its rights twice; the count, the invitations, their cycles; the
    # cycles of the filter.
    with django_assert_num_queries(8):
        response = staff.get(LIST)

    assert len(response.context["cl"].result_list) == n


def test_list_is_of_one_cycle_and_leads_to_a_new_one_of_it(staff):
    cycle = make_programme()
    make_invitation(cycle)
    make_invitation(make_programme("autre"), label="Autre")

    response = staff.get(LIST, {"cycle__id__exact": cycle.pk})

    assert [each.label for each in response.context["cl"].result_list] == ["Préfecture"]
    assert f'href="{add_url(cycle)}"' in text(response)


def test_list_says_how_each_stands_but_not_its_link(staff):
    cycle = make_programme()
    invitation = make_invitation(cycle, n_places=3)
    make_registration(cycle, "a@x.example", invitation=invitation)
    make_registration(cycle, "b@x.example", invitation=invitation, status=Status.CANCELLED)
    make_invitation(cycle, label="Fermée hier", is_active=False, n_places=3)
    make_invitation(cycle, label="Passée", expires_at=in_days(-1), n_places=3)

    response = staff.get(LIST)

    admin = response.context["cl"].model_admin
    assert [
        (each.label, admin.registered(each), admin.left(each), admin.state(each).split(" ")[0])
        for each in response.context["cl"].result_list
    ] == [
        ("Fermée hier", 0, "aucune", "Fermée"),
        ("Passée", 0, "aucune", "Expirée"),
        ("Préfecture", 1, "2 sur 3", "Ouverte"),
    ]
    assert "/invitations/" not in text(response)
    assert invitation.token not in text(response)


def test_new_invitation_asks_for_which_cycle(staff):
    cycle = make_programme()

    page = text(staff.get(f"{LIST}add/"))

    assert f'href="?cycle={cycle.pk}"' in page
    assert 'name="label"' not in page


@pytest.mark.parametrize("pk", ["", "0", "x", "999999"])
def test_new_invitation_of_an_unknown_cycle_is_not_found(staff, pk):
    assert staff.get(f"{LIST}add/?cycle={pk}").status_code == 404


def test_new_invitation_offers_what_the_cycle_has(staff):
    cycle = make_programme()
    make_programme("autre")
    lille = make_territory("Lille")
    make_territory("Arras", is_active=False)

    form = staff.get(add_url(cycle)).context["adminform"].form

    assert list(form.fields["profile"].queryset) == list(Profile.objects.filter(group__cycle=cycle))
    assert list(form.fields["territory"].queryset) == [lille]


def test_new_invitation_is_shown_with_its_link(staff, settings):
    cycle = make_programme()
    profile = Profile.objects.filter(group__cycle=cycle).first()
    lille = make_territory("Lille")

    response = staff.post(
        add_url(cycle),
        posted(
            profile=profile.pk,
            territory=lille.pk,
            n_places="3",
            expires_at_0="2090-05-02",
            expires_at_1="18:00",
        ),
        follow=True,
    )

    invitation = Invitation.objects.get()
    assert response.redirect_chain == [(page_of(invitation), 302)]
    assert said(response) == ["L’invitation est prête\u00a0: copiez son lien, ci-dessous."]
    assert (invitation.cycle, invitation.profile, invitation.territory) == (cycle, profile, lille)
    assert invitation.n_places == 3
    assert f'value="http://testserver/invitations/{invitation.token}/"' in text(response)
    assert '<label for="invitation-link">' in text(response)


def test_link_is_in_no_log(staff):
    cycle = make_programme()
    staff.post(add_url(cycle), posted())

    invitation = Invitation.objects.get()
    assert [
        invitation.token in f"{entry.object_repr} {entry.change_message}"
        for entry in LogEntry.objects.all()
    ] == [False]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"label": ""}, {"label": ["Donnez un nom à l’invitation."]}),
        ({"profile": "999999"}, {"profile": ["Choisissez un profil de ce cycle."]}),
        ({"territory": "999999"}, {"territory": ["Choisissez un territoire de la liste."]}),
        (
            {"n_places": ""},
            {"n_places": ["Indiquez un nombre de places, 0 pour n’en garder aucune."]},
        ),
        (
            {"n_places": "-1"},
            {"n_places": ["Assurez-vous que cette valeur est supérieure ou égale à 0."]},
        ),
        (
            {"expires_at_0": "2001-01-01", "expires_at_1": "09:00"},
            {
                "expires_at": [
                    "Choisissez une date à venir. "
                    "Pour fermer l’invitation, décochez «\u00a0Ouverte\u00a0»."
                ]
            },
        ),
        (
            {"expires_at_0": "2090-13-01", "expires_at_1": "09:00"},
            {"expires_at": ["Indiquez une date valide, par exemple 06/04/2027."]},
        ),
    ],
)
def test_what_is_wrong_is_said_by_its_field(staff, changed, expected):
    cycle = make_programme()

    response = staff.post(add_url(cycle), posted(**changed))

    assert errors(response) == expected
    assert not Invitation.objects.exists()


def test_profile_of_another_cycle_is_refused(staff):
    cycle, other = make_programme(), make_programme("autre")
    foreign = Profile.objects.filter(group__cycle=other).first()

    response = staff.post(add_url(cycle), posted(profile=foreign.pk))

    assert list(errors(response)) == ["profile"]


def test_change_keeps_the_cycle_and_the_link(staff):
    cycle, other = make_programme(), make_programme("autre")
    invitation = make_invitation(cycle)

    response = staff.post(
        f"{page_of(invitation)}?cycle={other.pk}", posted(label="Autre nom", cycle=other.pk)
    )

    changed = Invitation.objects.get()
    assert response["Location"] == f"{LIST}?cycle__id__exact={cycle.pk}"
    assert (changed.label, changed.cycle, changed.token) == ("Autre nom", cycle, invitation.token)


def test_territory_that_is_not_offered_any_more_stays(staff):
    arras = make_territory("Arras", is_active=False)
    invitation = make_invitation(make_programme(), territory=arras)

    staff.post(page_of(invitation), posted(territory=arras.pk, label="Autre nom"))

    invitation.refresh_from_db()
    assert (invitation.label, invitation.territory) == ("Autre nom", arras)


def test_page_says_who_came_and_what_is_left(staff):
    cycle = make_programme()
    invitation = make_invitation(cycle, n_places=3)
    make_registration(cycle, "a@x.example", invitation=invitation, last_name="Arnaud")
    make_registration(cycle, "b@x.example", last_name="Bernard")

    page = staff.get(page_of(invitation))
    people = staff.get(page.context["people_url"])

    assert "1\u00a0personne inscrite par ce lien" in text(page)
    assert "2\u00a0places gardées restent sur 3." in text(page)
    assert [each.last_name for each in people.context["cl"].result_list] == ["Arnaud"]


def test_closed_invitation_gives_its_places_to_those_who_wait(staff):
    cycle = make_programme(capacity=1)
    invitation = make_invitation(cycle, n_places=1)
    waiting = make_registration(cycle, status=Status.WAITLISTED, queued_at=in_days(0))

    response = staff.post(page_of(invitation), posted(n_places="1", is_active=""), follow=True)

    waiting.refresh_from_db()
    assert waiting.status == Status.CONFIRMED
    assert said(response)[0] == (
        "1\u00a0personne de la liste d’attente a reçu une place ou une proposition de place."
    )
    page = text(staff.get(page_of(invitation)))
    assert "Ce lien n’ouvre plus rien." in page
    assert "Aucune place n’est plus gardée." in page


def test_looking_at_an_invitation_changes_nothing(staff):
    invitation = make_invitation(make_programme())
    before = list(Invitation.objects.values())

    for address in (LIST, f"{LIST}add/", add_url(invitation.cycle), page_of(invitation)):
        assert staff.get(address).status_code == 200

    assert list(Invitation.objects.values()) == before


def test_invitation_of_a_public_cycle_is_closed_not_deleted(staff):
    invitation = make_invitation(make_programme())

    assert "delete_selected" not in text(staff.get(LIST))
    assert "deletelink" not in text(staff.get(page_of(invitation)))
    assert staff.post(f"{LIST}{invitation.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Invitation.objects.exists()


def test_draft_goes_with_its_invitations(staff):
    cycle = make_programme()
    Cycle.objects.update(publication="draft")
    make_invitation(cycle)

    staff.post(reverse("admin:training_cycle_delete", args=[cycle.pk]), {"post": "yes"})

    assert not Cycle.objects.exists()
    assert not Invitation.objects.exists()


def test_account_that_may_only_look_is_not_given_the_link(client):
    invitation = make_invitation(make_programme())
    account = make_account("", "stand-in", is_staff=True)
    account.user_permissions.set(Permission.objects.filter(codename="view_invitation"))
    client.force_login(account)

    page = client.get(page_of(invitation))

    assert page.status_code == 200
    assert invitation.token not in text(page)
    assert client.post(page_of(invitation), posted()).status_code == 403
    assert client.get(add_url(invitation.cycle)).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
