"""`manage.py database_users`: the database's users, each with the rights of its task."""

import re
import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from pos_project.tools import database_users

NAME, HOST = re.compile(r"[a-z][a-z0-9_]{0,23}"), re.compile(r"[A-Za-z0-9.%:_/-]{1,60}")


class Command(BaseCommand):
    help = (
        "Make the users of a MySQL or MariaDB database, or print the SQL that does: one for the"
        " servers, which cannot change tables nor, on append-only tables, anything but derived"
        " columns; one for `migrate`; one who only reads; one for `backup`. Passwords are new and"
        " printed once. Run it as an administrator of the database, after `migrate`; after an"
        " upgrade again with --keep-passwords, for the tables that are new. Rights are added,"
        " none is taken away."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--print", action="store_true", help="only print the SQL")
        parser.add_argument("--prefix", default="pos", help="of their names (pos)")
        parser.add_argument("--host", default="%", help="from where they connect (%%: anywhere)")
        parser.add_argument(
            "--keep-passwords", action="store_true", help="they exist: only their rights"
        )

    def handle(self, *, prefix: str, host: str, keep_passwords: bool, **options: Any) -> None:
        if connection.vendor != "mysql":
            raise CommandError("SQLite has no users: whoever may write the file may do anything.")
        if not NAME.fullmatch(prefix) or not HOST.fullmatch(host):
            raise CommandError("--prefix and --host: letters, digits and _; a host also . % : / -")
        chosen = {user.name: secrets.token_urlsafe(24) for user in database_users.users(prefix)}
        statements = [
            *([] if keep_passwords else database_users.passwords(prefix, host, chosen)),
            *database_users.grants(prefix, host),
        ]
        if options["print"]:
            for statement in statements:
                self.stdout.write(f"{statement};")
            return
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
        except DatabaseError as error:
            raise CommandError(
                f"The database refused: {error}. Run it as its administrator, or give the SQL of"
                " --print to one."
            ) from error
        for user in database_users.users(prefix):
            secret = "as before" if keep_passwords else chosen[user.name]
            self.stdout.write(f"{user.name:<14} {secret:<34} {user.purpose}")
