"""How drf-spectacular reads our views: every operation also names its error bodies."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from pos_project.core.http.formats import CSV, JSON, PARAMETER, TABLE
from pos_project.core.http.permissions import Public
from pos_project.core.money import MAX_AMOUNT

JSON_TYPE = "application/json"
EXAMPLES = Path(__file__).with_name("examples.json")


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


class Pagination(serializers.Serializer):
    """The counts of a list (docs/api.md §5)."""

    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()
    pages = serializers.IntegerField()
    totalPage = serializers.IntegerField()
    currentPage = serializers.IntegerField()
    pageSize = serializers.IntegerField()
    hasNextPage = serializers.BooleanField()
    hasPrevPage = serializers.BooleanField()


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


TEXTS = {
    "400": "What was sent cannot be taken, or the shop says no.",
    "401": "No access token, or one that is not good any more.",
    "403": "Not with this role.",
    "404": "There is no such thing.",
    "409": "A clash with what is there.",
    "413": "The body is too large.",
    "415": "Another content type than those described.",
    "422": "This key was used for another request.",
    "429": "Too many requests: again after Retry-After.",
    "503": "Busy, or nothing can be saved: again after Retry-After, with the same key.",
}
RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
REPLAYED = {
    "Idempotent-Replayed": {
        "schema": {"type": "string", "enum": ["true"]},
        "description": "This is the first answer to that key, given again.",
    }
}
COUNTED = {
    f"X-RateLimit-{name}": {"schema": {"type": "integer"}, "description": description}
    for name, description in (
        ("Limit", "Requests in a window."),
        ("Remaining", "Of these, still free."),
        ("Reset", "When the window ends, in seconds since 1970."),
    )
}
CHALLENGE = {"WWW-Authenticate": {"schema": {"type": "string"}}}
# Who share views, and so descriptions.
PARTIES = ("customers", "suppliers")
# Found by a word in the path; every other parameter of a path is an id.
BY_CODE = {"code", "account"}


class ContractSchema(AutoSchema):
    """Adds the error bodies and headers of docs/api.md §8, on keyed writes the Idempotency-Key
    header, on lists and tables a word on the other format, and to all a summary, which is how the
    description begins, and the recorded example.

    What `format=csv` answers is not described as an answer: a generated client would take it for
    one that it may get to any call.
    """

    several_tables = False  # an answer with lists in it, one of which CSV is asked for

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        operation.setdefault("security", [])  # (public; left out, it would mean: as above)
        answers = operation["responses"]
        for answer in answers.values():
            content = answer.get("content", {})
            if JSON_TYPE in content:
                answer["content"] = {JSON_TYPE: content[JSON_TYPE]}
        operation["summary"] = self._first_words(operation["description"])
        self._describe_other_formats(operation)
        error = {JSON_TYPE: {"schema": self._error_schema()}}
        for status in self._error_statuses():
            answers.setdefault(status, {"content": error, "description": TEXTS[status]})
        if self._is_keyed():
            operation.setdefault("parameters", []).append(KEYED)
        for status, answer in answers.items():
            answer["description"] = answer.get("description") or TEXTS.get(status, "Done.")
            headers = {**answer.get("headers", {}), **self._headers(status)}
            if headers:
                answer["headers"] = headers
        for parameter in operation.get("parameters", ()):
            _correct(parameter)
        _show_example(operation)
        return operation

    def _map_basic_serializer(self, serializer: Any, direction: str) -> dict[str, Any]:
        """An answer always has what has a default. A request's defaults are only told in words:
        generated clients would demand them, or send them, and so undo what a change leaves out."""
        made: dict[str, Any] = super()._map_basic_serializer(serializer, direction)
        properties = made.get("properties", {})
        defaults = {
            name: each.pop("default") for name, each in properties.items() if "default" in each
        }
        if direction == "response" and defaults:
            made["required"] = sorted({*made.get("required", ()), *defaults})
        elif made.get("required"):  # (else what is absent may be what stays as it is)
            for name, default in defaults.items():
                properties[name]["description"] = (
                    f"If left out: {json.dumps(default, default=float)}."
                )
        return made

    def _get_paginator(self) -> Any:
        self.resolve_serializer(Pagination, "response")  # to which its pages refer
        return super()._get_paginator()

    def get_operation_id(self) -> str:
        tokens = [token.replace("-", "_") for token in self._tokenize_path()]
        named = getattr(self.view, "action", None)
        if self.method == "GET" and self._is_list_view():
            verb = "list"
        elif self.method == "GET":
            verb = "get" if self.path.endswith("}") or len(tokens) == 1 else ""
        elif self.method == "POST":
            takes_get = hasattr(self.view, "get") or "get" in (
                getattr(self.view, "action_map", None) or {}
            )
            verb = "create" if named == "create" or takes_get else ""
        else:
            verb = {"PUT": "update", "DELETE": "delete"}[str(self.method)]
        return "_".join([*tokens, *([verb] if verb else [])])

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        described = self.get_response_serializers()
        if self.method == "DELETE" and not isinstance(described, dict):
            # Every deletion answers with a message (docs/api.md §8).
            return {"200": self._get_response_for_code(described, "200", direction=direction)}
        return super()._get_response_bodies(direction)

    def has_table(self) -> bool:
        """Whether the answer can be had as CSV."""
        is_list = getattr(self.view, "action", None) == "list" or self._is_list_view()
        return self.method == "GET" and (self.several_tables or is_list)

    def map_renderers(self, attribute: str) -> list[Any]:
        return [name for name in super().map_renderers(attribute) if "csv" not in name]

    def _get_format_parameters(self) -> list[Any]:
        return []

    def _describe_other_formats(self, operation: dict[str, Any]) -> None:
        parameters = operation.get("parameters", [])
        asked = {each["name"]: each for each in parameters if each["in"] == "query"}
        formats = asked.get(PARAMETER, {}).get("schema", {}).get("enum", [])
        if self.has_table():
            formats = [*formats, CSV]
        formats = sorted(set(formats) - {JSON})
        if not formats:
            return
        operation["parameters"] = [
            each for each in parameters if each["name"] not in (PARAMETER, TABLE)
        ]
        told = " or ".join(f"`?{PARAMETER}={each}`" for each in formats)
        which = f" and `&{TABLE}=` (which of its lists)" if self.several_tables else ""
        text = f"As a file: {told}{which}; errors stay JSON."
        operation["description"] = "\n\n".join(filter(None, [operation.get("description"), text]))

    def _first_words(self, description: str) -> str:
        """What the operation does, in the few words of a list of operations."""
        words = re.split(r"[.;:](?:\s|$)", " ".join(description.split()), maxsplit=1)[0]
        party = self._tokenize_path()[0]
        is_said = party not in PARTIES or party.removesuffix("s") in words.lower()
        return words if is_said else f"{words} ({party})"

    def _headers(self, status: str) -> dict[str, Any]:
        """The headers that an answer of this status may have."""
        is_counted = self.path.startswith("/api/") and not self._is_public()
        return {
            **(RETRY_AFTER if status in ("429", "503") else {}),
            **(CHALLENGE if status == "401" and is_counted else {}),
            **(REPLAYED if status.startswith("2") and self._is_keyed() else {}),
            **(COUNTED if is_counted and (status == "429" or status < "300") else {}),
        }

    def _is_public(self) -> bool:
        return Public in getattr(self.view, "permission_classes", ())

    def _error_schema(self) -> Any:
        component = self.resolve_serializer(ErrorBody, "response")
        assert component is not None
        return component.ref

    def _error_statuses(self) -> list[str]:
        if not self.path.startswith("/api/"):
            return []
        statuses = ["400", "429", "503"]
        if not self._is_public():
            statuses += ["401", "403"]
        if "{" in self.path:
            statuses.append("404")
        if self.method in ("POST", "PUT", "DELETE"):
            statuses.append("409")
        if self.method in ("POST", "PUT"):
            statuses += ["413", "415"]
        if self._is_keyed():
            statuses.append("422")
        return statuses

    def _is_keyed(self) -> bool:
        return self.method != "GET" and getattr(self.view, "is_keyed", lambda: False)()


@cache
def _examples() -> dict[str, dict[str, Any]]:
    """What a shop was asked and answered, by the name of the operation (`make examples`)."""
    found: dict[str, dict[str, Any]] = json.loads(EXAMPLES.read_text())
    return found


def _show_example(operation: dict[str, Any]) -> None:
    example = _examples().get(operation["operationId"], {})
    done = next(each for each in operation["responses"] if each.startswith("2"))
    for part, said in (
        (operation.get("requestBody"), "request"),
        (operation["responses"][done], "answer"),
    ):
        if part and said in example:
            part["content"][JSON_TYPE]["example"] = example[said]


def _correct(parameter: dict[str, Any]) -> None:
    """What drf-spectacular cannot know of a parameter: that ids are numbers, and that a word which
    is taken in two spellings is one word."""
    schema = parameter["schema"]
    if parameter["in"] == "path" and parameter["name"] not in BY_CODE:
        parameter["schema"] = {"type": "integer", "format": "int64", "minimum": 1}
    elif "enum" in schema:
        words = {word.lower(): word for word in sorted(schema["enum"])}
        parameter["schema"] = {
            **schema,
            "type": "string",
            "enum": [word for word in schema["enum"] if words[word.lower()] == word],
        }
        parameter.pop("description", None)  # (the same words once more)
    elif schema.get("type") == "number" and parameter["name"].endswith("_id"):
        parameter["schema"] = {"type": "integer", "format": "int64", "minimum": 1}
    parameter["schema"].pop("nullable", None)
    parameter["schema"].pop("title", None)
    if parameter.get("description") == parameter["name"]:
        del parameter["description"]


class _MoneyExtension(OpenApiSerializerFieldExtension):
    target_class = "pos_project.core.http.fields.MoneyField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        bounds = {"minimum": float(self.target.least), "maximum": float(MAX_AMOUNT)}
        return {
            **{"type": "number", "format": "double"},
            **(bounds if direction == "request" else {}),
        }


class _WholeNumberExtension(OpenApiSerializerFieldExtension):
    target_class = "pos_project.core.http.fields.WholeNumberField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        bounds = {"minimum": self.target.least, "maximum": self.target.most}
        return {"type": "integer", **(bounds if direction == "request" else {})}


class _DayExtension(OpenApiSerializerFieldExtension):
    target_class = "pos_project.core.http.fields.DayField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        if self.target.blank_out:
            return {"type": "string", "pattern": r"^(\d{4}-\d{2}-\d{2})?$"}
        return {"type": "string", "format": "date"}
