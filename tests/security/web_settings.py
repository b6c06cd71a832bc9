"""Those of a server under faults, with the static files served from the sources."""

from tests.faults.settings import *  # noqa: F403

WHITENOISE_USE_FINDERS = True
