"""Django behind the front process; served by Granian's WSGI workers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lachan.web.settings")
application = get_wsgi_application()
