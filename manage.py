#!/usr/bin/env python
"""The shop's operating commands: `python manage.py help` lists them."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pos_project.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, connection

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as refused:
        if connection.connection is not None or "--traceback" in sys.argv:
            raise
        sys.exit(
            f"The database cannot be opened: {refused}\n"
            "Is the server running, and do DB_HOST, DB_NAME, DB_USER and DB_PASSWORD (or"
            " SQLITE_PATH) name a database that exists?"
        )


if __name__ == "__main__":
    main()
