"""What every reversal asks for."""

from rest_framework import serializers

from pos_project.core.http.fields import ReasonField


class ReasonIn(serializers.Serializer):
    reason = ReasonField()
