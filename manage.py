#!/usr/bin/env python
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cycle_lcd.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # Whoever deploys reads one line that names the setting, not a traceback.
        sys.exit(f"Configuration\u00a0: {error}")


if __name__ == "__main__":
    main()
