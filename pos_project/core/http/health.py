"""`/health`: whether this server and its database answer."""

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pos_project.core.days import local_iso
from pos_project.core.http.permissions import Public

_ANSWER = inline_serializer(
    "Health",
    {"status": serializers.CharField(), "time": serializers.DateTimeField()},
)


class HealthView(APIView):
    """200 while the database answers, 503 when it does not. Public, never limited."""

    authentication_classes = ()
    permission_classes = (Public,)
    throttle_classes = ()

    @extend_schema(responses={200: _ANSWER, 503: _ANSWER}, tags=["health"])
    def get(self, request: Request) -> Response:
        now = local_iso(timezone.now())
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except (DatabaseError, InterfaceError):
            return Response({"status": "ERROR", "time": now}, status=503)
        return Response({"status": "OK", "time": now})
