#!/usr/bin/env python
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from cycle_lcd.logs import crash_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cycle_lcd.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # Whoever deploys reads one line that names the setting, not a traceback.
        sys.exit(f"Configuration\u00a0: {error}")
    except Exception as error:
        if settings.configured and settings.DEBUG:
            raise
        sys.exit(crash_line(error))


if __name__ == "__main__":
    main()
