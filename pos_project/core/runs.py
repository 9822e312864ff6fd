"""What commands last did for the shop's health, for whoever watches: `/metrics` tells it."""

import logging

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from pos_project.core.models import MaintenanceRun

log = logging.getLogger(__name__)
MOST_LETTERS = 500


def record_run(name: str, *, ok: bool, detail: str = "") -> None:
    """Note that the command `name` (`reconcile`, `nightly`, `backup`) has just ended, and how.

    Never fails: where the database is read only, or this user may not write, a warning says so.
    """
    now = timezone.now()
    ended = {"ok": ok, "detail": detail[:MOST_LETTERS], "finished_at": now}
    if ok:
        ended["succeeded_at"] = now
    try:
        MaintenanceRun.objects.update_or_create(name=name, defaults=ended)
    except (DatabaseError, InterfaceError) as error:
        log.warning("that %s has ended could not be noted: %s", name, error)
