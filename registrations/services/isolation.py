import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, transaction

log = logging.getLogger(__name__)


@contextmanager
def apart(what: str, pk: int) -> Iterator[None]:
    """Takes back all that is done within when it fails, says so in the log, and goes on.

    For one of many that a worker comes back to at its next round. ``what`` names it in the log,
    with its ``pk``. A database that is away is not its affair: that error is raised.
    """
    try:
        with transaction.atomic():
            yield
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.error("%s %s left for later: %s", what, pk, type(error).__name__, exc_info=True)
