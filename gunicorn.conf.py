"""The web server, the same for `make run`, the container and systemd."""

import os

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
graceful_timeout = 20
loglevel = "warning"
# No access log: the addresses of the personal spaces are secrets.
accesslog = None
# Nobody steers it from outside; its socket would be one per account, whatever the installation.
control_socket_disable = True
