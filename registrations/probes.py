"""What a supervisor asks: is the process alive, can it serve, do mails leave."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registrations.models import Message

# A mail that could have left for so long means that no worker runs.
LONGEST_WAIT = timedelta(minutes=15)


@login_not_required
@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"alive": True})


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, is migrated, and mails leave; 503 with what fails."""
    try:
        checks = {"database": True, "migrations": _migrated(), "outbox": _mails_leave()}
    except DatabaseError:
        checks = {"database": False}
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _mails_leave() -> bool:
    return not Message.objects.due().filter(next_attempt_at__lt=Now() - LONGEST_WAIT).exists()
