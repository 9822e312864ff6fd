"""The door for production servers (`make serve`)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pos_project.settings")
application = get_wsgi_application()

# With the apps loaded. What the first requests would load is there before the server is ready.
from pos_project.core.checks import refuse_unsafe_start  # noqa: E402  (needs the loaded apps)
from pos_project.core.db.connections import serve_with_timeouts  # noqa: E402  (needs the loaded apps)
from pos_project.core.db.migrated import of_this_code  # noqa: E402  (needs the loaded apps)
from pos_project.core.http.routes import remember_routes  # noqa: E402  (needs the loaded apps)

refuse_unsafe_start()
serve_with_timeouts()
remember_routes()
of_this_code()
