"""A worker of the server under a clock that is wrong: `python -m … SECONDS LISTENER_FD`."""

import os
import sys
from datetime import UTC, datetime, timedelta

import time_machine
from django.utils import timezone


def token_of(token: str, seconds: int) -> str:
    """A token of the same user, as it would have been issued under that clock some minutes ago.

    (The clock that is put on stands still while Django is loaded.)
    """
    from accounts.models import User
    from accounts.tokens import access_token, read_access_token

    user = User.objects.get(pk=read_access_token(token)["id"])
    return access_token(user, now=timezone.now() + timedelta(seconds=seconds - 600))


def main(seconds: int, listener_fd: int) -> None:
    time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds), tick=True).start()
    from pos_project.tools.server import child

    lifeline, _kept = os.pipe()
    _heard, ready = os.pipe()
    child.main(listener_fd, lifeline, ready, 4)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
