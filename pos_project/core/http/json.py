"""JSON in and out. In: strict, bounded, exact. Out: money as numbers, converted at the very end."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

MAX_DIGITS = 1000  # longer integers cost quadratic time to parse
MAX_DEPTH = 50


class BodyTooLarge(APIException):
    status_code = 413
    default_detail = "The request body is too large."
    default_code = "body_too_large"


class BodyCompressed(APIException):
    status_code = 415
    default_detail = "The request body must not be compressed."
    default_code = "unsupported_media_type"


class JSONParser(BaseParser):
    """A JSON object with exact decimals. Refuses NaN, endless nesting, NUL and lone surrogates."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        request = (parser_context or {}).get("request")
        if request and request.headers.get("Content-Encoding", "identity") != "identity":
            raise BodyCompressed()
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise BodyTooLarge()
        if not raw.strip():
            return {}
        try:
            text = raw.decode("utf-8")
            body = json.loads(
                text,
                parse_float=Decimal,
                parse_int=_bounded_int,
                parse_constant=_refuse_constant,
            )
            # Both faults can only be written as an escape, or by so many brackets.
            if "\\u" in text or text.count("{") + text.count("[") > MAX_DEPTH:
                _refuse_bad_text(body)
        except (ValueError, RecursionError, ArithmeticError) as error:
            raise ParseError("The request body is not valid JSON.") from error
        if not isinstance(body, dict):
            raise ParseError("The request body must be a JSON object.")
        return body


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None  # RFC 8259: JSON is UTF-8

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else dumps(data)


def dumps(data: Any) -> bytes:
    """The one spelling of an answer, stored for replays and sent alike."""
    return orjson.dumps(data, default=_number, option=orjson.OPT_NON_STR_KEYS)


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        # Whole amounts as integers (39, not 39.0); floats hold two decimals exactly below 10^12.
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def _bounded_int(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError("The number has too many digits.")
    return int(text)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number.")


def _refuse_bad_text(value: Any, depth: int = 0) -> None:
    if depth > MAX_DEPTH:
        raise ValueError("The body is nested too deeply.")
    if isinstance(value, str):
        value.encode("utf-8")  # a lone surrogate raises UnicodeEncodeError, a ValueError
        if "\0" in value:
            raise ValueError("NUL in text.")
    elif isinstance(value, dict):
        for name, item in value.items():
            _refuse_bad_text(name)
            _refuse_bad_text(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _refuse_bad_text(item, depth + 1)
