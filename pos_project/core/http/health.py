"""`/health`: whether this server and its database answer. Never waits for a database long."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pos_project.core.days import local_iso
from pos_project.core.db.connections import with_timeouts
from pos_project.core.db.migrated import missing_migrations
from pos_project.core.http.permissions import Public

PATIENCE_SECONDS = 1  # to connect, and for each answer
_ANSWER = inline_serializer(
    "Health",
    {"status": serializers.CharField(), "time": serializers.DateTimeField()},
)


class LiveView(APIView):
    """200 while this process answers, whatever the database does. Public, never limited."""

    authentication_classes = ()
    permission_classes = (Public,)
    throttle_classes = ()

    @extend_schema(responses={200: _ANSWER, 503: _ANSWER}, tags=["health"])
    def get(self, request: Request) -> Response:
        is_well = self.is_well()
        body = {"status": "OK" if is_well else "ERROR", "time": local_iso(timezone.now())}
        return Response(body, status=200 if is_well else 503)

    def is_well(self) -> bool:
        return True


class HealthView(LiveView):
    """200 while the database answers, 503 when it does not."""

    def is_well(self) -> bool:
        return database_answers()


class ReadyView(LiveView):
    """200 while requests can be served: the database answers and is the one of this code."""

    def is_well(self) -> bool:
        return _of_the_database(lambda over: not missing_migrations(over))


def database_answers() -> bool:
    """Asked with the patience of a second or two."""
    return _of_the_database(lambda over: over.is_usable())


def _of_the_database(holds: Callable[[BaseDatabaseWrapper], bool]) -> bool:
    try:
        with _probe() as over:
            over.ensure_connection()
            return holds(over)
    except (DatabaseError, InterfaceError):
        return False


@contextmanager
def _probe() -> Iterator[BaseDatabaseWrapper]:
    """A connection that a frozen server holds for a second or two. SQLite's readers never wait."""
    if connection.vendor == "sqlite":
        yield connection
        return
    probe = connection.copy()
    with_timeouts(probe.settings_dict, connect=PATIENCE_SECONDS, read=PATIENCE_SECONDS)
    try:
        yield probe
    finally:
        probe.close()
