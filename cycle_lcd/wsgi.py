import os

from django.core.wsgi import get_wsgi_application

from cycle_lcd.encodings import ReadAsUtf8

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cycle_lcd.settings")

application = ReadAsUtf8(get_wsgi_application())
