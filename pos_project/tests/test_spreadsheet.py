"""CSV that a spreadsheet opens as it is meant, and never runs."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers

from pos_project.core.http.csv_file import BYTE_ORDER_MARK, cell, file_name, write


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+8801700000000", "'+8801700000000"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\nx", "'\nx"),
        ("  =1+1", "'  =1+1"),
        ("\u00a0=1+1", "'\u00a0=1+1"),
        ("＝1+1", "'＝1+1"),
        ("Tea = good", "Tea = good"),
        ("", ""),
        (None, ""),
        (Decimal("-19.90"), "-19.90"),
        (Decimal("1E+3"), "1000"),
        (-3, "-3"),
        (True, "true"),
        (["=1"], '["=1"]'),
    ],
)
def test_text_that_could_run_gets_an_apostrophe_and_amounts_stay_numbers(
    value: Any, written: str
) -> None:
    assert cell(value) == written


@given(st.text(max_size=40))
def test_no_text_is_ever_written_so_that_it_runs(text: str) -> None:
    assert not cell(text).strip().startswith(("=", "+", "-", "@"))


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20), min_size=1, max_size=5))
def test_whatever_is_written_is_read_back(texts: list[str]) -> None:
    file = b"".join(write([[{"id": n, "name": text} for n, text in enumerate(texts)]]))
    read = csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""))

    assert list(read) == [["id", "name"], *([str(n), cell(text)] for n, text in enumerate(texts))]


def test_the_file_begins_with_a_byte_order_mark_and_the_first_part_decides_the_columns() -> None:
    parts = [
        [{"id": 1, "customer": {"id": 7, "name": "Rahim"}}],
        [{"id": 2, "customer": None, "more": "left out"}],
    ]

    assert b"".join(write(parts)).decode() == (
        f"{BYTE_ORDER_MARK}id,customer.id,customer.name\r\n1,7,Rahim\r\n2,,\r\n"
    )


class _CustomerOut(serializers.Serializer):
    name = serializers.CharField()


class _SaleOut(serializers.Serializer):
    id = serializers.IntegerField()
    customer = _CustomerOut()
    secret = serializers.CharField(write_only=True)


def test_an_empty_table_has_its_header_too() -> None:
    [part] = write([_SaleOut([], many=True).data])
    assert part.decode("utf-8-sig") == "id,customer.name\r\n"


def test_the_file_is_named_by_what_it_is_and_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pos_project.core.http.csv_file.today", lambda: date(2026, 2, 8))
    assert file_name("/api/customers/12/transactions") == "customers-12-transactions-2026-02-08.csv"
