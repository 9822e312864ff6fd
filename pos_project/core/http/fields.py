"""Serializer fields that speak the API's numbers, dates and texts (docs/api.md §2, §3)."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from pos_project.core.days import FIRST_DAY, LAST_DAY, local_iso, local_text
from pos_project.core.db.unique_keys import key_of
from pos_project.core.http.card_numbers import holds_card_number
from pos_project.core.money import CENT, MAX_AMOUNT, money
from pos_project.core.written_text import visible

MAX_ID = 2**63 - 1
MAX_QUANTITY = 10**6
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PHONE = re.compile(r"\+?[0-9][0-9 \-]{4,18}[0-9]")


class BlankIsAbsent(serializers.Field):
    """`""` and null mean "not given", as browsers' forms send them."""

    def get_value(self, dictionary: Mapping[Any, Any]) -> Any:
        # In a form DRF takes "" for a field that was left out; in a change it clears the field.
        return dictionary.get(self.field_name, empty)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        if isinstance(data, str) and not data.strip():
            data = None
        if data is None:
            if self.required and not self.allow_null:
                self.fail("required")
            return True, None if self.default is empty else self.get_default()
        return super().validate_empty_values(data) if data is empty else (False, data)


class MoneyField(BlankIsAbsent):
    """An amount: number or numeric string, 0 … 99 999 999.99, rounded to the cent.

    Browsers compute totals in binary floats, so noise beyond the second decimal is rounded away.
    With `exact=True` (unit prices) more than two significant decimals are refused instead.
    Out: a Decimal, which the renderer writes as a JSON number.
    """

    default_error_messages = {
        "invalid": "A number is required.",
        "range": "Must be between {least} and 99999999.99.",
        "places": "At most two decimals.",
    }

    def __init__(self, *, least: Decimal | int = 0, exact: bool = False, **kwargs: Any) -> None:
        self.least, self.exact = Decimal(least), exact
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        amount = _decimal(data)
        if amount is None:
            self.fail("invalid")
        if not amount.is_finite() or (amount and not -30 <= amount.adjusted() <= 15):
            self.fail("range", least=self.least)
        if self.exact and amount != amount.quantize(CENT):
            self.fail("places")
        amount = money(amount)
        if not self.least <= amount <= MAX_AMOUNT:
            self.fail("range", least=self.least)
        return amount

    def to_representation(self, value: Decimal) -> Decimal:
        return money(value)


class WholeNumberField(BlankIsAbsent):
    """A whole number or its digits as text; `2.5`, `true` and `"abc"` are refused."""

    default_error_messages = {
        "invalid": "A whole number is required.",
        "range": "Must be between {least} and {most}.",
    }

    def __init__(self, *, least: int = 1, most: int = MAX_QUANTITY, **kwargs: Any) -> None:
        self.least, self.most = least, most
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str) and re.fullmatch(r"\s*[+-]?[0-9]{1,30}\s*", data):
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        if not self.least <= data <= self.most:
            self.fail("range", least=self.least, most=self.most)
        return data

    def to_representation(self, value: Decimal | int) -> int:
        return int(value)


class QuantityField(WholeNumberField):
    """Units of a product: whole, 1 … 1 000 000."""


class IdField(WholeNumberField):
    """The id of a row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(least=1, most=MAX_ID, **kwargs)


class FlagField(BlankIsAbsent, serializers.BooleanField):
    """A yes or no. Left out of a form it is not given, where DRF's own field would say no."""


class FilledText(serializers.CharField):
    """A text that is never blank: in a form, too, where DRF takes "" for a field left out."""

    def get_value(self, dictionary: Mapping[Any, Any]) -> Any:
        return dictionary.get(self.field_name, empty)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not visible(text).strip():
            self.fail("blank")
        return text


class KeyedText(FilledText):
    """A text whose key (`core.keys`) is unique; folding may lengthen it, so the key is measured."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.max_key_length = max_length

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        key = key_of(text) or ""
        if len(key) > self.max_key_length:
            self.fail("max_length", max_length=self.max_key_length)
        return text


class DayField(BlankIsAbsent):
    """F3, `YYYY-MM-DD`, a real date from 2000 to 2100. `blank_out` shows None as `""`."""

    default_error_messages = {"invalid": "A real date YYYY-MM-DD between 2000 and 2100."}

    def __init__(self, *, first: date = FIRST_DAY, blank_out: bool = False, **kwargs: Any) -> None:
        self.first, self.blank_out = first, blank_out
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> date:
        day = parse_day(data, first=self.first)
        if day is None:
            self.fail("invalid")
        return day

    def get_attribute(self, instance: Any) -> Any:
        value = super().get_attribute(instance)
        return "" if value is None and self.blank_out else value

    def to_representation(self, value: date | str) -> str:
        return value.isoformat() if isinstance(value, date) else value


def parse_day(text: Any, *, first: date = FIRST_DAY) -> date | None:
    """F3 to a date; None for anything that is no real day between `first` and 2100."""
    if not isinstance(text, str) or not _DAY.fullmatch(text.strip()):
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if first <= day <= LAST_DAY else None


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentField(serializers.Field):
    """F1, out only: ISO 8601 with the shop's offset. `required=False`: not shown to everybody."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only="required" not in kwargs, **kwargs)

    def to_representation(self, value: datetime) -> str:
        return local_iso(value)


@extend_schema_field(OpenApiTypes.STR)
class MomentTextField(serializers.Field):
    """F2, out only: `08-02-2026 03:04 PM`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: datetime) -> str:
        return local_text(value)


class OptionalText(serializers.CharField):
    """A text that may be absent, null or blank; each means None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(allow_null=True, allow_blank=True, **kwargs)

    def run_validation(self, data: Any = empty) -> Any:
        value = super().run_validation(data)
        return value or None


class NoCardNumber(serializers.Field):
    """A text that is kept for ever: never a card number."""

    default_error_messages = {"card": "No card numbers here, please: at most the last 4 digits."}

    def run_validation(self, data: Any = empty) -> Any:
        value = super().run_validation(data)
        if value and holds_card_number(value):
            self.fail("card")
        return value


class FreeText(NoCardNumber, OptionalText):
    """A note or reference about money."""


class ReasonField(NoCardNumber, serializers.CharField):
    """Why something is undone: always given."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=255, **kwargs)


class PhoneField(OptionalText):
    """An optional `+`, then 6 to 20 digits, spaces or dashes."""

    default_error_messages = {"phone": "An optional +, then 6 to 20 digits, spaces or dashes."}

    def run_validation(self, data: Any = empty) -> Any:
        value = super().run_validation(data)
        if value and not _PHONE.fullmatch(value):
            self.fail("phone")
        return value


class TextOrBlank(serializers.CharField):
    """Out only: a text, `""` when there is none (the client's edit forms refuse null)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, instance: Any) -> Any:
        return super().get_attribute(instance) or ""


def _decimal(data: Any) -> Decimal | None:
    if isinstance(data, bool) or not isinstance(data, int | float | str | Decimal):
        return None
    # Python alone also takes "1_0" and the digits of every script.
    if isinstance(data, str) and (len(data) > 60 or "_" in data or not data.isascii()):
        return None
    try:
        return Decimal(str(data).strip())
    except InvalidOperation:
        return None
