"""Every figure is explained down to rows of the books, and they add up to it."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Sum
from hypothesis import given

from catalog.models import Product
from inventory.fifo import value
from inventory.models import Batch
from ledger.chart_models import LedgerAccount
from pos_project.core.days import today
from pos_project.tests import shop
from pos_project.tests.examples import examples
from pos_project.tests.invariants import balance
from purchasing.models import PurchaseItem, Supplier
from reports.statements.explain.account import explain_account
from reports.statements.explain.node import UNEXPLAINED, Explanation, Node
from reports.statements.explain.party import explain_customer, explain_supplier
from reports.statements.explain.product import explain_product
from reports.statements.explain.sale import explain_sale
from reports.tests.trader import Happening, Trader, on, weeks
from sales.models import Customer, Sale, SaleCogs

pytestmark = pytest.mark.django_db


@pytest.fixture
def trader() -> Trader:
    return Trader()


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from nodes(child)


def adds_up(told: Explanation) -> dict[str, Decimal]:
    """The figures by their label, once every node is known to be the sum of its children."""
    for figure in told.figures:
        for node in nodes(figure):
            assert node.label != UNEXPLAINED, (told.title, figure.label, node.amount)
            if node.children:
                assert node.amount == sum(child.amount for child in node.children), node.label
        assert sum(leaf.amount for leaf in figure.leaves()) == figure.amount
    return {figure.label: figure.amount for figure in told.figures}


@examples(15)
@given(weeks)
def test_the_leaves_add_up_to_every_figure(trader: Trader, days: Any) -> None:
    for later, happened in days:
        trader.open_on(later, *happened)

    with on(trader.day):
        for sale in Sale.objects.completed():
            figures = adds_up(explain_sale(sale.pk))
            cost = SaleCogs.objects.filter(sale_item__sale=sale).aggregate(sum=Sum("total_cost"))
            assert figures["Total"] == sale.total_amount
            assert figures["Cost of goods"] == round(cost["sum"] or Decimal(0), 2)
            assert figures["Still due"] == sale.due_amount
        for product in Product.objects.all():
            figures = adds_up(explain_product(product.pk))
            batches = Batch.objects.filter(product=product)
            assert figures["In stock, by lot"] == sum(each.remaining for each in batches)
            assert figures["Stock value, by lot"] == sum(
                value(each.remaining, each.unit_cost) for each in batches
            )
        for account in LedgerAccount.objects.all():
            told = explain_account(account.code, as_of=trader.day)
            assert adds_up(told)["Balance (debit +, credit −)"] == balance(account.code)
        for customer in Customer.objects.all():
            adds_up(explain_customer(customer.pk, today=trader.day))
        for supplier in Supplier.objects.all():
            adds_up(explain_supplier(supplier.pk, today=trader.day))


def test_a_sales_cost_leads_to_batch_purchase_line_and_suppliers_invoice(trader: Trader) -> None:
    goods, delta = trader.goods[0], trader.suppliers[0]
    bought = shop.buy((goods, 5, "9.10"), supplier=delta, invoice="D-77", on=date(2026, 1, 23))
    with on(date(2026, 1, 28)):
        sale = shop.sell((goods, 22)).sale

    [line] = explain_sale(sale.pk).figures[2].children
    opening, invoice = line.children

    assert opening.amount == Decimal("161.00")  # 20 at 8.05
    assert invoice.amount == Decimal("18.20")
    item = PurchaseItem.objects.get(purchase=bought)
    assert invoice.about["purchase_item_id"] == item.pk
    assert invoice.about["invoice_no"] == "D-77"
    assert invoice.about["supplier"] == "Delta"
    assert invoice.label == (
        f"2 × 9.1000, batch {invoice.about['batch_id']} of 2026-01-23, Delta D-77, line {item.pk}"
    )


def test_what_no_row_explains_is_a_leaf_of_its_own(trader: Trader) -> None:
    sale = shop.sell((trader.goods[0], 1), customer=trader.customers[0]).sale
    Sale.objects.filter(pk=sale.pk).update(due_amount=3)

    due = next(each for each in explain_sale(sale.pk).figures if each.label == "Still due")

    assert [leaf.amount for leaf in due.leaves() if leaf.label == UNEXPLAINED] == [3]


def test_a_held_sale_has_a_total_and_moved_nothing(trader: Trader) -> None:
    held = shop.hold((trader.goods[0], 2))

    figures = adds_up(explain_sale(held.pk))

    assert figures["Total"] == Decimal("39.98")
    assert figures["Cost of goods"] == figures["Gross profit"] == 0


def test_an_account_is_explained_as_of_any_day_and_stays_short(trader: Trader) -> None:
    days = [trader.open_on(11, Happening("spend")) for _ in range(120)]
    middle = days[60]

    told = explain_account("1010", as_of=middle)

    adds_up(told)
    [root] = told.figures
    assert len(list(root.leaves())) < 60
    line = list(root.leaves())[-1]
    assert line.about["date"] == middle.isoformat()
    assert explain_account("CASH", as_of=middle - timedelta(days=1)).figures[0].amount != (
        root.amount
    )


# --- The command ---


def run(*args: str) -> str:
    out = StringIO()
    call_command("explain", *args, stdout=out)
    return out.getvalue()


def test_the_command_draws_a_tree(trader: Trader) -> None:
    sale = shop.sell((trader.goods[0], 20)).sale

    tree = run("sale", str(sale.pk))

    assert "Cost of goods  161.00" in tree
    assert "20 × 8.0500" in tree
    assert "└──" in tree
    assert "In stock, by lot  20" in run("product", str(trader.goods[1].pk))


def test_the_command_prints_json_for_programs(trader: Trader) -> None:
    told = json.loads(run("account", "INVENTORY", "--json"))

    assert told["title"].startswith("1200 Inventory as of ")
    assert Decimal(told["figures"][0]["amount"]) == Decimal("483.00")


@pytest.mark.parametrize(
    "args",
    [
        ("sale", "999"),
        ("sale", "x"),
        ("product", "999"),
        ("customer", "999"),
        ("supplier", "999"),
        ("account", "NOTHING"),
        ("account", "CASH", "--as-of", "2026-02-30"),
        ("account", "CASH", "--as-of", "2099-01-01"),
        ("sale", "1", "--as-of", "2026-01-01"),
    ],
)
def test_the_command_says_what_it_does_not_know(args: tuple[str, ...], db: None) -> None:
    with pytest.raises(CommandError):
        run(*args)


# --- The API ---


def test_anybody_who_may_see_a_sale_may_ask(trader: Trader, as_staff: Any) -> None:
    sale = shop.sell((trader.goods[0], 2), customer=trader.customers[0]).sale

    answer = as_staff.get(f"/api/sales/{sale.pk}/explain")

    assert answer.status_code == 200
    body = answer.json()
    assert body["success"] is True
    assert body["data"]["about"]["sale_id"] == sale.pk
    labels = [figure["label"] for figure in body["data"]["figures"]]
    assert labels[:4] == ["Total", "Tax kept", "Cost of goods", "Gross profit"]
    assert body["data"]["figures"][2]["children"][0]["children"][0]["amount"] == 16.1
    assert as_staff.get("/api/sales/999/explain").status_code == 404
    assert as_staff.get("/api/sales/x/explain").status_code == 400


def test_what_was_credited_or_went_back_is_explained_of_what_is_still_owed() -> None:
    rahim, delta = shop.a_customer(), shop.a_supplier()
    shop.sell((shop.a_service("15.00"), 1), customer=rahim, offered=shop.on_credit())
    shop.credit(rahim, "allowance", "2.00")
    bought = shop.buy((shop.a_product(), 4, "2.50"), supplier=delta, offered=shop.on_credit())
    shop.send_back(bought, 1)

    owed = adds_up(explain_customer(rahim.pk, today=today()))
    assert owed["Balance: dues less advances"] == 13
    owed = adds_up(explain_supplier(delta.pk, today=today()))
    assert owed["Balance: dues less advances"] == Decimal("7.50")
