from django.urls import path, register_converter

from registrations import converters, probes
from registrations.views import find, offer, register, space

register_converter(converters.TokenConverter, "token")
register_converter(converters.IdConverter, "id")

urlpatterns = [
    path("", offer.home, name="home"),
    path("cycles/<slug:slug>/", offer.cycle, name="cycle"),
    path("cycles/<slug:slug>/inscription/", register.register, name="register"),
    path("cycles/<slug:slug>/inscription/merci/", register.thanks, name="thanks"),
    path("inscriptions/<token:token>/", space.space, name="space"),
    path("inscriptions/<token:token>/calendrier.ics", space.calendar, name="space_calendar"),
    path("inscriptions/<token:token>/modifier/", space.edit, name="space_edit"),
    path("inscriptions/<token:token>/annuler/", space.cancel, name="space_cancel"),
    path("inscriptions/<token:token>/retablir/", space.restore, name="space_restore"),
    path("mes-inscriptions/", find.find, name="find_registration"),
    path("mes-inscriptions/envoye/", find.find_sent, name="find_sent"),
    path("healthz", probes.alive, name="alive"),
    path("readyz", probes.ready, name="ready"),
]
