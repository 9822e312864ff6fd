"""Let somebody in by password alone who has lost the app that shows their codes."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts import second_factor
from accounts.sign_in import user_of
from pos_project.core.commands import ShopCommand
from pos_project.core.errors import NotFound


class Command(ShopCommand):
    help = (
        "Turns off two-factor sign-in of one person. For an admin who has lost phone and recovery"
        " codes and whom no other admin can help; run it once. It is in the audit."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="with which they sign in")

    def handle(self, *args: Any, **options: Any) -> None:
        user = user_of(options["email"])
        if user is None:
            raise CommandError(f"Nobody signs in as {options['email']}.")
        try:
            second_factor.take_off(user.pk)
        except NotFound as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{user.email} signs in by password alone.")
