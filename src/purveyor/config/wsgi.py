"""The WSGI application served by gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "purveyor.config.settings")
application = get_wsgi_application()


def _refuse_excess_rights() -> None:
    """Whichever way the server was started: not as a role that row-level security does not hold."""
    from django.db import connection  # noqa: PLC0415  (settings are ready only now)

    from purveyor.infra.roles import refuse_excess_rights  # noqa: PLC0415  (as above)

    refuse_excess_rights(connection)
    # A forked worker must not share its parent's connection.
    connection.close()


_refuse_excess_rights()
