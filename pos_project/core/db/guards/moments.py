"""When `migrate` put the triggers up, so that one which was made since is noticed.

It is kept in Django's own record of what `migrate` did, under an app of that name: the newest
trigger's moment, by the server's clock. SQLite does not say when a trigger was made.
"""

from datetime import UTC, datetime
from decimal import Decimal

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from pos_project.core.db.guards.trigger import PREFIX

APP = "guards"


def remember() -> None:
    """Note that the triggers of now are those of `migrate`."""
    recorder = MigrationRecorder(connection)
    made = _moments()
    if made and recorder.has_table() and _kept(recorder) != max(made.values()):
        recorder.record_applied(APP, str(max(made.values())))


def made_since() -> dict[str, datetime]:
    """Name → moment of each trigger of ours that was made after `migrate` put them up."""
    kept = _kept(MigrationRecorder(connection))
    return {
        name: datetime.fromtimestamp(float(moment), UTC)
        for name, moment in sorted(_moments().items())
        if kept is not None and moment > kept
    }


def _kept(recorder: MigrationRecorder) -> Decimal | None:
    moments = (Decimal(name) for app, name in recorder.applied_migrations() if app == APP)
    return max(moments, default=None)


def _moments() -> dict[str, Decimal]:
    """Name → seconds since 1970, of each trigger of ours."""
    if connection.vendor != "mysql":
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT TRIGGER_NAME, UNIX_TIMESTAMP(CREATED) FROM information_schema.TRIGGERS"
            " WHERE TRIGGER_SCHEMA = DATABASE() AND CREATED IS NOT NULL"
        )
        return {name: made for name, made in cursor.fetchall() if name.startswith(PREFIX)}
