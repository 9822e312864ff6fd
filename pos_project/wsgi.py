"""The door for production servers (`make serve`)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pos_project.settings")
application = get_wsgi_application()

from pos_project.core.checks import refuse_unsafe_start  # noqa: E402  (needs the loaded apps)
from pos_project.core.http.routes import remember_routes  # noqa: E402

refuse_unsafe_start()
remember_routes()
