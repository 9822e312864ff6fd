"""The first admin of a fresh install, from the environment or the command line."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from accounts import people
from accounts.api.serializers import UserIn
from pos_project.core.commands import ShopCommand

DEMO_PASSWORD = "admin123"  # noqa: S105  (published, therefore refused in production)
DEMO = {
    "name": "superAdmin",
    "username": "superadmin",
    "email": "admin@gmail.com",
    "password": DEMO_PASSWORD,
}
ON = {"1", "true", "yes", "on"}


class Command(ShopCommand):
    help = (
        "Adds the first admin when there is no active one; with an admin it changes nothing, so "
        "run it as often as you like, for example at every start. Values come from the options, "
        "else from BOOTSTRAP_ADMIN_NAME, _USERNAME, _EMAIL and _PASSWORD, else (not in "
        "production) from the demo: admin@gmail.com with the password admin123. Without any "
        "option it acts only if BOOTSTRAP_ADMIN_ENABLE is true."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", help="2 to 100 characters")
        parser.add_argument("--username", help="optional, unique")
        parser.add_argument("--email", help="signs in with it; unique")
        parser.add_argument(
            "--password",
            help="at least 8 characters; others on this machine may see an option, so prefer "
            "BOOTSTRAP_ADMIN_PASSWORD",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        given = {name: options[name] for name in DEMO if options[name] is not None}
        enabled = os.environ.get("BOOTSTRAP_ADMIN_ENABLE", "").strip().lower() in ON
        if not given and not enabled:
            self.stdout.write("BOOTSTRAP_ADMIN_ENABLE is not true, no option given: nothing done.")
            return
        fields = _from_environment() | given
        if people.has_active_admin():
            self.stdout.write("There is an active admin already: nothing done.")
            return
        if settings.PRODUCTION and fields["password"] == DEMO_PASSWORD:
            raise CommandError(
                f"In production the password cannot be {DEMO_PASSWORD}: everybody knows it. Set "
                "BOOTSTRAP_ADMIN_PASSWORD to one of your own, with at least 8 characters."
            )
        body = UserIn(data=fields)
        if not body.is_valid():
            wrong = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in body.errors.items())
            raise CommandError(f"The admin cannot be added. {wrong}")
        columns = {name: body.validated_data.get(name) for name in DEMO}
        try:
            admin = people.add_first_admin(columns)
        except people.Taken as error:
            raise CommandError(f"{error.message}: {', '.join(error.fields)}.") from error
        if admin is None:
            self.stdout.write("There is an active admin already: nothing done.")
            return
        for warning in people.password_warnings(fields["password"]):
            self.stderr.write(self.style.WARNING(f"Warning: {warning}"))
        self.stdout.write(self.style.SUCCESS(f"Admin added: sign in as {admin.email}."))


def _from_environment() -> dict[str, str]:
    """The environment's values; outside of production the demo's where there are none."""
    values = dict(DEMO)
    if settings.PRODUCTION:
        values |= {"username": "", "email": "", "password": ""}
    for name in DEMO:
        value = os.environ.get(f"BOOTSTRAP_ADMIN_{name.upper()}", "")
        if value.strip():
            values[name] = value if name == "password" else value.strip()
    return values
