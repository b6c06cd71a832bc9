from django.http import HttpResponseRedirect


class SeeOther(HttpResponseRedirect):
    """Where to go after a form was accepted: the browser asks for it with GET."""

    status_code = 303
