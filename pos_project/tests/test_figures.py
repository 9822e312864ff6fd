"""Serializers of figures: what they show, how they describe themselves, what they refuse."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from drf_spectacular.drainage import get_override
from drf_spectacular.plumbing import get_doc
from rest_framework.serializers import CharField, IntegerField, ListField

from pos_project.core.http.fields import DayField, MomentField, MoneyField
from pos_project.core.http.figures import (
    AverageField,
    CentsField,
    FiguresSerializer,
    FixedText,
    PercentField,
)


@dataclass(frozen=True)
class Sold:
    orders: int = 3
    revenue: Decimal = Decimal("100.00")
    refunds: Decimal = Decimal("0.00")
    cogs: int = 2050
    first_at: datetime = datetime(2026, 2, 8, 15, 4, 5, tzinfo=ZoneInfo("Asia/Dhaka"))
    last_day: date | None = None
    names: list[str] = field(default_factory=lambda: ["Rent"])


class SalesOut(FiguresSerializer):
    class Sums(FiguresSerializer):
        revenue = MoneyField()
        cost = CentsField(source="cogs")
        average = AverageField("revenue", over="orders")
        returned = PercentField("refunds", of="revenue")
        share = PercentField("revenue", of="revenue", sign=False)

    class Line(FiguresSerializer):
        """One sale."""

        number = IntegerField()

    class Longer(Line):
        note = FixedText("new")

    orders = IntegerField(source="sold.orders")
    first = MomentField(source="sold.first_at")
    last = DayField(source="sold.last_day", allow_null=True)
    names = ListField(source="sold.names", child=CharField())
    sums = Sums(source="sold")
    whole = Sums(source="*")
    lines = Longer(many=True)


def shown(**changes: Any) -> dict[str, Any]:
    sold = Sold(**changes)
    lines = [SimpleNamespace(number=1), SimpleNamespace(number=2)]
    answer: dict[str, Any] = SalesOut(SimpleNamespace(sold=sold, lines=lines, **vars(sold))).data
    return answer


def test_fields_are_shown_in_their_order_each_from_where_its_source_says() -> None:
    sums = {
        "revenue": Decimal("100.00"),
        "cost": Decimal("20.50"),
        "average": Decimal("33.33"),
        "returned": "0.00%",
        "share": "100.00",
    }
    answer = shown()

    assert answer == {
        "orders": 3,
        "first": "2026-02-08T15:04:05+06:00",
        "last": None,
        "names": ["Rent"],
        "sums": sums,
        "whole": sums,
        "lines": [{"number": 1, "note": "new"}, {"number": 2, "note": "new"}],
    }
    assert list(answer) == ["orders", "first", "last", "names", "sums", "whole", "lines"]


def test_nothing_divides_by_nothing() -> None:
    sums = shown(orders=0, revenue=Decimal("0.00"))["sums"]
    assert sums["average"] == 0
    assert (sums["returned"], sums["share"]) == ("0.00%", "0.00")


def test_no_day_is_null_and_no_moment_is_not_now() -> None:
    assert shown(last_day=date(2026, 2, 9))["last"] == "2026-02-09"
    assert shown(first_at=None)["first"] is None


def test_a_section_is_described_by_its_full_name_and_its_own_words_only() -> None:
    names = {each: get_override(each, "component_name") for each in (SalesOut, SalesOut.Sums)}

    assert names == {SalesOut: "Sales", SalesOut.Sums: "SalesSums"}
    assert get_doc(SalesOut.Sums) == ""
    assert get_doc(SalesOut.Longer) == "One sale."
