"""Shops with next to nothing in them break no invariant; a run since a day looks from there on."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from pos_project.core.days import today
from pos_project.tests import shop
from reports.reconciliation.checks import CHECKS
from reports.reconciliation.reconcile import examine
from reports.reconciliation.tests.corruption.by_hand import change, change_first, undone
from reports.reconciliation.tests.verdicts import verdict_on

# Rows are broken on purpose here, below the triggers that would not let them be touched.
pytestmark = [pytest.mark.usefixtures("guards_off"), pytest.mark.django_db]

LINES_ADD_UP = "subtotals_are_the_sum_of_lines"


def test_an_empty_shop_breaks_no_invariant(db: None) -> None:
    assert all(verdict.holds for verdict in examine(CHECKS))


def test_what_an_advance_alone_paid_breaks_no_invariant(db: None) -> None:
    rahim, delta, tea = shop.a_customer(), shop.a_supplier(), shop.a_product("4.00")
    shop.an_advance(rahim, 10)
    shop.an_advance_to(delta, 10)
    shop.buy((tea, 2, "3.00"), supplier=delta, offered=shop.cash(0, use_advance=True))
    shop.sell((tea, 1), customer=rahim, offered=shop.cash(0, use_advance=True))

    assert [str(verdict) for verdict in examine(CHECKS) if not verdict.holds] == []


def test_the_last_cents_of_tax_may_come_back_with_a_worthless_refund(db: None) -> None:
    """Five cents for ten matches: the first five refunds take the money, the last one the tax."""
    match = shop.a_product("0.01")
    shop.stock(match, 10, "0.01")
    sold = shop.sell((match, 10), discount=Decimal("0.07"), tax=Decimal("0.02")).sale
    for _ in range(10):
        last = shop.take_back(sold, shop.units_of(sold.items.get(), 1))

    assert (last.refund_amount, last.tax_amount) == (0, Decimal("0.02"))
    assert [str(verdict) for verdict in examine(CHECKS) if not verdict.holds] == []


def test_what_one_held_and_another_completed_in_the_same_moment_breaks_no_invariant(
    db: None,
) -> None:
    rahim, tea = shop.a_customer(), shop.a_product("4.00")
    shop.stock(tea, 9, "2.00")
    with time_machine.travel(timezone.now(), tick=False):
        held = shop.hold((tea, 2), customer=rahim)
        shop.complete(held, shop.cash(1), by=shop.a_cashier("closer"))

    assert [str(verdict) for verdict in examine(CHECKS) if not verdict.holds] == []


def test_a_run_since_a_day_names_what_was_broken_from_then_on(db: None) -> None:
    product, customer = shop.a_product("5.00"), shop.a_customer()
    shop.stock(product, 9, "2.00")
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=False):
        old = shop.sell((product, 1), customer=customer, offered=shop.on_credit()).sale
    new = shop.sell((product, 1), customer=customer, offered=shop.on_credit()).sale
    with undone():
        for sale in (old, new):
            change_first("sale_items", f"sale_id = {sale.pk}", "subtotal = subtotal + 1")
        named = {
            since: [violation.row for violation in verdict_on(LINES_ADD_UP, since).violations]
            for since in (None, old.business_date, new.business_date)
        }
    both = [f"sale {sale.pk} ({sale.invoice_no}), subtotal" for sale in (old, new)]
    assert named == {None: both, old.business_date: both, new.business_date: both[1:]}


def test_an_older_sale_that_was_paid_since_is_looked_at(db: None) -> None:
    product, customer = shop.a_product("5.00"), shop.a_customer()
    shop.stock(product, 9, "2.00")
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=False):
        sales = [
            shop.sell((product, 1), customer=customer, offered=shop.on_credit()).sale
            for _ in range(2)
        ]
    shop.pay_dues(customer, "3.00")
    with undone():
        for sale in sales:
            change("sales", sale.pk, "due_amount = due_amount + 1")
        [violation] = verdict_on("totals_are_paid_due_or_cancelled", today()).violations
    assert violation.row == f"sale {sales[0].pk} ({sales[0].invoice_no}), due_amount"
