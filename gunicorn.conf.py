"""The web server, the same for `make run`, the container and systemd."""

import os

from gunicorn.http import wsgi

from cycle_lcd.web_server import Anonymous, UnsignedResponse

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = 2
threads = 4
# Of a process that says nothing; one that is at work for long still does.
timeout = 30
graceful_timeout = 20
# Whatever leaks does not grow for ever; not all processes at once.
max_requests = 2000
max_requests_jitter = 200
# No header says where the site begins: where a proxy is believed, its clients are not.
forwarder_headers = ""
# Gunicorn has no setting for it.
wsgi.Response = UnsignedResponse
# Its own lines too may quote the address of a page, and of people.
logconfig_dict = {
    "formatters": {"generic": {"()": "cycle_lcd.logs.SafeFormatter"}},
    "filters": {"anonymous": {"()": Anonymous}},
    "loggers": {
        "gunicorn.error": {
            "level": "WARNING",
            "handlers": ["error_console"],
            "filters": ["anonymous"],
            "propagate": False,
        },
    },
}
# No access log: the addresses of the personal spaces are secrets.
accesslog = None
# Nobody steers it from outside; its socket would be one per account, whatever the installation.
control_socket_disable = True
