from django.conf import settings
from django.urls import path, register_converter

from registrations import converters, demonstration, probes
from registrations.views import (
    account_sessions,
    accounts,
    coordination,
    find,
    invitations,
    offer,
    own_data,
    register,
    replacements,
    second_factor,
    space,
)

register_converter(converters.TokenConverter, "token")
register_converter(converters.IdConverter, "id")

urlpatterns = [
    path("", offer.home, name="home"),
    path("cycles/<slug:slug>/", offer.cycle, name="cycle"),
    path("cycles/<slug:slug>/inscription/", register.register, name="register"),
    path("cycles/<slug:slug>/inscription/merci/", register.thanks, name="thanks"),
    path("invitations/<token:token>/", invitations.invited_cycle, name="invitation"),
    path(
        "invitations/<token:token>/inscription/",
        invitations.invited_register,
        name="invited_register",
    ),
    path(
        "invitations/<token:token>/inscription/merci/",
        invitations.invited_thanks,
        name="invited_thanks",
    ),
    path("remplacements/<token:token>/", replacements.answer, name="replacement"),
    path("inscriptions/<token:token>/remplacer/", replacements.ask, name="space_replace"),
    path("inscriptions/<token:token>/confirmer/", space.verify, name="space_verify"),
    path("inscriptions/<token:token>/accepter/", space.accept_offer, name="space_accept"),
    path("inscriptions/<token:token>/", space.space, name="space"),
    path("inscriptions/<token:token>/calendrier.ics", space.calendar, name="space_calendar"),
    path("inscriptions/<token:token>/modifier/", space.edit, name="space_edit"),
    path("inscriptions/<token:token>/annuler/", space.cancel, name="space_cancel"),
    path("inscriptions/<token:token>/retablir/", space.restore, name="space_restore"),
    path("inscriptions/<token:token>/donnees/", own_data.own_data, name="space_data"),
    path("inscriptions/<token:token>/donnees.json", own_data.own_data_file, name="space_data_file"),
    path("inscriptions/<token:token>/effacer/", own_data.erase, name="space_erase"),
    path("donnees-effacees/", own_data.erased, name="erased"),
    path("mes-inscriptions/", find.find, name="find_registration"),
    path("mes-inscriptions/envoye/", find.find_sent, name="find_sent"),
    path("coordination/", coordination.home, name="coordination"),
    path("coordination/connexion/", accounts.login, name="login"),
    path("coordination/deconnexion/", accounts.logout, name="logout"),
    path("coordination/mes-connexions/", account_sessions.own_sessions, name="own_sessions"),
    path(
        "compte/mot-de-passe/<slug:uidb64>/<slug:token>/",
        accounts.set_password,
        name="set_password",
    ),
    path("compte/code/", second_factor.check, name="second_factor"),
    path("compte/telephone/", second_factor.setup, name="second_factor_setup"),
    path("coordination/cycles/<slug:slug>/", coordination.cycle, name="coordination_cycle"),
    path(
        "coordination/cycles/<slug:slug>/pas-joignables/",
        coordination.unreachable_people,
        name="coordination_unreachable",
    ),
    path("coordination/cycles/<slug:slug>/inscrits/", coordination.roster, name="roster"),
    path(
        "coordination/cycles/<slug:slug>/inscrits/exporter/",
        coordination.roster_export,
        name="roster_export",
    ),
    path(
        "coordination/cycles/<slug:slug>/groupes/<id:group>/",
        coordination.roster,
        name="group_roster",
    ),
    path(
        "coordination/cycles/<slug:slug>/groupes/<id:group>/exporter/",
        coordination.roster_export,
        name="group_roster_export",
    ),
    path(
        "coordination/cycles/<slug:slug>/seances/<id:slot>/",
        coordination.roster,
        name="slot_roster",
    ),
    path(
        "coordination/cycles/<slug:slug>/seances/<id:slot>/exporter/",
        coordination.roster_export,
        name="slot_roster_export",
    ),
    path("healthz", probes.alive, name="alive"),
    path("readyz", probes.ready, name="ready"),
]

if settings.DEMONSTRATION:
    urlpatterns += demonstration.urlpatterns
