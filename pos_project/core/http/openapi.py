"""How drf-spectacular reads our views: every operation also names its error bodies."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from pos_project.core.http.formats import CSV, JSON, PARAMETER, TABLE
from pos_project.core.http.permissions import Public


class ErrorBody(serializers.Serializer):
    """The envelope of every error (docs/api.md §8)."""

    success = serializers.BooleanField(default=False)
    message = serializers.CharField()
    error = serializers.CharField()
    code = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # (clients know it by this name)
        child=serializers.ListField(child=serializers.CharField()), required=False
    )
    details = serializers.DictField(required=False)


class Done(serializers.Serializer):
    """An answer that has nothing to say but that it was done."""

    success = serializers.BooleanField(default=True)
    message = serializers.CharField()


def answered(
    name: str, data: type[serializers.Serializer], *, many: bool = False
) -> serializers.Serializer:
    """The usual answer to a write, described under `name`: success, message and `data`."""
    return inline_serializer(
        name,
        {
            "success": serializers.BooleanField(),
            "message": serializers.CharField(),
            "data": data(many=many),
        },
    )


KEYED = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "A retry with the same key gets the first answer again, with one effect.",
}


FORMAT = {
    "name": PARAMETER,
    "in": "query",
    "schema": {"type": "string", "enum": [JSON, CSV], "default": JSON},
    "description": "`csv`: a spreadsheet of all rows that the filters leave; errors stay JSON.",
}
CHOSEN_TABLE = {
    "name": TABLE,
    "in": "query",
    "schema": {"type": "string"},
    "description": "With `format=csv`: which of several lists; a wrong name is told the choices.",
}


class ContractSchema(AutoSchema):
    """Adds the error bodies of docs/api.md §8, on keyed writes the Idempotency-Key header, and on
    lists and tables the other format."""

    several_tables = False  # an answer with lists in it, one of which CSV is asked for

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        answers = operation["responses"]
        if self.has_table():
            answers["200"]["content"]["text/csv"] = {"schema": {"type": "string"}}
        if "204" in answers:  # every deletion answers with a message (docs/api.md §8)
            answers["200"] = answers.pop("204")
        error = {"application/json": {"schema": self._error_schema()}}
        for status in self._error_statuses():
            answers.setdefault(status, {"content": error, "description": ""})
        if self._is_keyed():
            operation.setdefault("parameters", []).append(KEYED)
        return operation

    def has_table(self) -> bool:
        """Whether the answer can be had as CSV."""
        return self.method == "GET" and (self.several_tables or self._is_list_view())

    def map_renderers(self, attribute: str) -> list[Any]:
        # CSV is described beside the JSON, where there is a table.
        return [name for name in super().map_renderers(attribute) if "csv" not in name]

    def _get_format_parameters(self) -> list[Any]:
        if not self.has_table():
            return []
        return [FORMAT, CHOSEN_TABLE] if self.several_tables else [FORMAT]

    def _error_schema(self) -> Any:
        component = self.resolve_serializer(ErrorBody, "response")
        assert component is not None
        return component.ref

    def _error_statuses(self) -> list[str]:
        if not self.path.startswith("/api/"):
            return []
        public = Public in getattr(self.view, "permission_classes", ())
        statuses = ["400", "429"] if public else ["400", "401", "403", "429"]
        if "{" in self.path:
            statuses.append("404")
        if self.method in ("POST", "PUT", "DELETE"):
            statuses.append("409")
        if self.method in ("POST", "PUT"):
            statuses += ["413", "415"]
        if self._is_keyed():
            statuses += ["422", "503"]
        return statuses

    def _is_keyed(self) -> bool:
        return self.method != "GET" and getattr(self.view, "is_keyed", lambda: False)()
