"""The product without the lock under which places are counted: the witness of what it is for."""

import time
from functools import wraps

from django.db.models import QuerySet

from cycle_lcd.wsgi import application
from registrations import places

__all__ = ["application"]

QuerySet.select_for_update = lambda self, *args, **options: self

_plan = places.plan


@wraps(_plan)
def _plan_and_wait(*args, **options):
    rooms = _plan(*args, **options)
    # As a busy machine would by itself: others count too meanwhile.
    time.sleep(0.2)
    return rooms


places.plan = _plan_and_wait
