"""The web server, the same for `make run`, the container and systemd."""

import os

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
graceful_timeout = 20
# Its own lines too may quote the address of a page.
logconfig_dict = {
    "formatters": {"generic": {"()": "cycle_lcd.logs.SafeFormatter"}},
    "loggers": {
        "gunicorn.error": {"level": "WARNING", "handlers": ["error_console"], "propagate": False},
    },
}
# No access log: the addresses of the personal spaces are secrets.
accesslog = None
# Nobody steers it from outside; its socket would be one per account, whatever the installation.
control_socket_disable = True
