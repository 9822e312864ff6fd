"""What is behind a figure of a report: lists, ledgers, documents and how they came about."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urljoin

import pytest
from django.test import Client
from django.urls import reverse

from ledger.models import Payment
from pos_project.back_office.reports import views
from pos_project.back_office.reports.catalogue import REPORTS
from pos_project.core.days import at_noon, today
from pos_project.tests import shop
from pos_project.tests.report_pages import address, links_of, opened, rows_of
from sales.models import Customer, Sale

pytestmark = pytest.mark.django_db


@pytest.mark.dear
def test_every_figure_leads_somewhere(office: Client) -> None:
    shop.a_days_work()
    shop.a_days_corrections()
    rahim = Customer.objects.filter(sales__isnull=False).earliest("pk")
    of_one = [address("ledger", code) for code in ("CASH", "INVENTORY", "RECEIVABLES")]
    of_one += [address("customer", rahim.pk)]

    links = {
        urljoin(page, link)
        for page in (*(address(name) for name in REPORTS), *of_one)
        for link in links_of(opened(office, page))
    }

    assert len(links) > 50
    for link in sorted(links):
        answer = office.get(link, follow=True)
        assert (answer.status_code, answer.redirect_chain) == (200, []), link


def test_from_the_profit_to_the_sale_and_to_its_batches(office: Client) -> None:
    shirt = shop.a_product()
    shop.buy((shirt, 10, "8.50"), invoice="PO-7")
    sale = shop.sell((shirt, 2)).sale

    profit = opened(office, address("profit-loss"))
    ledger = next(link for link in links_of(profit) if "COST_OF_GOODS_SOLD" in link)
    document = next(link for link in links_of(opened(office, ledger)) if "/sale/" in link)
    page = opened(office, document)
    explained = office.get(reverse("admin:sales_sale_explain", args=[sale.pk]), follow=True)

    assert document == reverse("admin:sales_sale_change", args=[sale.pk])
    assert "Explain" in page
    assert "PO-7" in explained.content.decode()
    assert "17.00" in explained.content.decode()


def test_the_chart_of_accounts_shows_balances_and_leads_to_ledgers(office: Client) -> None:
    shop.sell((shop.a_service("1250.00"), 1))

    page = opened(office, reverse("admin:ledger_ledgeraccount_changelist"))

    ledger = re.escape(reverse("report-ledger", args=["CASH"]))
    assert re.search(rf'href="{ledger}">1,250.00<', page)
    assert rows_of(opened(office, address("ledger", "CASH")))[-1][-1] == "1,250.00"


def test_a_long_ledger_is_paged_and_its_balance_runs_on(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "LINES", 2)
    for price in ("1.00", "2.00", "4.00"):
        shop.sell((shop.a_service(price), 1))

    first = opened(office, address("ledger", "CASH"), range="today")
    [more] = re.findall(r'href="(\?[^"]*page=2)"', first)
    second = rows_of(opened(office, address("ledger", "CASH") + unescape(more)))

    assert [row[-1] for row in rows_of(first)] == ["–", "1.00", "3.00", "7.00"]
    assert [row[-1] for row in second] == ["3.00", "7.00", "7.00"]
    assert second[0][0] == "Carried"
    assert "1 to 2 of 3 lines" in first


def test_a_long_list_is_paged_and_its_total_is_of_all(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "LINES", 2)
    for product in shop.many_products(3):
        shop.opening(product, 1, "8.00")

    pages = [rows_of(opened(office, address("stock"), page=number)) for number in (1, 2)]

    assert [len(page) for page in pages] == [3, 2]
    assert {page[-1][-1] for page in pages} == {"24.00"}


def test_the_lists_behind_a_day_are_its_sales(office: Client) -> None:
    shop.sell((shop.a_service("5.00"), 1), at=at_noon(today() - timedelta(days=1)))
    sale = shop.sell((shop.a_service("7.00"), 1)).sale

    page = opened(office, address("sales-by-day"), range="today")
    listed = office.get(next(link for link in links_of(page) if "/sale/" in link))

    assert list(listed.context["cl"].queryset) == [sale]
    assert Sale.objects.count() == 2
    assert Payment.objects.count() == 2
