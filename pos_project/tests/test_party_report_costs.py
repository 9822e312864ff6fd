"""What the reports of everybody's dues read: ages by party, and the names of the lines shown."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from ledger.ageing import open_parts
from pos_project.back_office.reports import owing, views
from pos_project.core.days import at_noon, today
from pos_project.tests import shop
from purchasing.supplier_payments import SUPPLIER_DUES
from sales.customer_payments import CUSTOMER_DUES

pytestmark = pytest.mark.django_db
LINES = 2
PARTIES = 5


@pytest.fixture(autouse=True)
def _five_customers_and_five_suppliers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has two documents of two days that are open, both less than a month old."""
    monkeypatch.setattr(views, "LINES", LINES)
    mug, days = shop.a_product("5.00"), (today() - timedelta(days=9), today())
    for number in range(1, PARTIES + 1):
        customer, supplier = shop.a_customer(), shop.a_supplier()
        for day in days:
            shop.buy((mug, 9, "2.00"), supplier=supplier, offered=shop.on_credit(), on=day)
            credit, noon = shop.on_credit(), at_noon(day)
            shop.sell((mug, number), customer=customer, offered=credit, at=noon)


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("receivables", "customers"),
        ("receivables-balances", "customers"),
        ("payables", "suppliers"),
        ("payables-balances", "suppliers"),
    ],
)
def test_a_page_reads_the_names_of_its_lines(
    office: Client, name: str, people: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owing, "MOST_OWED", replace(owing.MOST_OWED, most=LINES))
    url = reverse(f"report-{name}")
    office.get(url)

    sent = shop.statements(lambda: office.get(url))

    [names] = [sql for sql in sent if re.search(f"FROM .{people}. WHERE", sql)]
    [ids] = re.findall(r" IN \(([\d, ]+)\)", names)
    assert len(ids.split(", ")) == LINES


@pytest.mark.parametrize("name", ["receivables", "payables"])
def test_every_page_has_the_chart_and_the_sums_of_all(office: Client, name: str) -> None:
    first, second = (
        office.get(reverse(f"report-{name}"), {"page": page}).content.decode() for page in (1, 2)
    )

    [chart] = re.findall(r'data-value="(.*?)"', first)
    assert chart.count("&quot;") > PARTIES
    assert re.findall(r'data-value="(.*?)"', second) == [chart]
    sums = [re.findall(r'<tr class="grand">.*?</tr>', page, re.S) for page in (first, second)]
    assert len(sums[0]) == 1
    assert sums[0] == sums[1]
    assert "3 to 4 of 5 lines" in second


def of_customers() -> Iterator[object]:
    return open_parts(CUSTOMER_DUES, today(), dates=("sale_date", "due__sale_date"))


def of_suppliers() -> Iterator[object]:
    dates = ("purchase__purchase_date", "purchase_date")
    return open_parts(SUPPLIER_DUES, today(), dates=dates)


@pytest.mark.parametrize("open_of", [of_customers, of_suppliers])
def test_documents_of_one_age_are_summed_before_they_are_read(
    open_of: Callable[[], Iterable[object]],
) -> None:
    parts: list[object] = []

    dues, *_ = shop.statements(lambda: parts.extend(open_of()))

    assert len(parts) == PARTIES  # of two documents each
    assert dues.count(" JOIN ") == 1  # the documents, and not their dues once more
