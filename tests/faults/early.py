"""manage.py on a machine whose clock is an hour ahead.

usage: python -m tests.faults.early run_worker
"""

import sys
from datetime import UTC, datetime, timedelta

import time_machine
from django.core.management import execute_from_command_line

with time_machine.travel(datetime.now(UTC) + timedelta(hours=1), tick=True):
    execute_from_command_line(sys.argv)
