"""Selling a cart."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from model_bakery import baker

from catalog.models import TaxRate
from inventory.fifo import InsufficientStock
from inventory.models import InventoryLog
from ledger.chart_models import PaymentMethod
from ledger.models import Payment
from ledger.payments import METHODS
from pos_project.core.days import business_day, today
from pos_project.core.errors import Invalid
from pos_project.tests import shop
from pos_project.tests.invariants import balance
from sales.models import Customer, CustomerDue, Sale, SaleCogs, SaleItemBatch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]


@pytest.fixture
def shirt():
    """25 Blue T-Shirts at 19.99, bought for 8.50 each."""
    product = shop.a_product("19.99", name="Blue T-Shirt")
    shop.stock(product, 25, "8.50")
    return product


def test_two_shirts_paid_in_cash_leave_the_shelf_and_reach_the_books(shirt, rahim):
    cashier = shop.a_cashier()
    sold = shop.sell((shirt, 2), customer=rahim, offered=shop.cash("39.98"), by=cashier)

    sale = Sale.objects.get()
    assert sold.sale == sale
    assert sold.change == 0
    assert sale.invoice_no == f"INV-S{sale.pk:06}"
    assert (sale.status, sale.user_id, sale.customer_id) == ("completed", cashier.pk, rahim.pk)
    assert (sale.subtotal, sale.total_amount) == (Decimal("39.98"), Decimal("39.98"))
    assert (sale.paid_amount, sale.due_amount) == (Decimal("39.98"), 0)
    assert sale.payment_method == "cash"
    assert sale.business_date == today()
    assert sale.completed_at == sale.created_at

    assert shop.shelf(shirt) == "23@8.50"
    use = SaleItemBatch.objects.get()
    assert (use.quantity, use.buy_price, use.cost) == (2, Decimal("8.5"), Decimal("17.00"))
    cogs = SaleCogs.objects.get()
    assert (cogs.quantity, cogs.unit_cost, cogs.total_cost) == (2, Decimal("8.5"), Decimal("17"))
    log = InventoryLog.objects.get(kind="sale")
    assert (log.change_qty, log.reason, log.reference) == (-2, "SALE", sale.invoice_no)
    assert log.cost == Decimal("-17.00")

    payment = Payment.objects.get(sale=sale)
    assert (payment.payment_type, payment.direction, payment.method_id) == ("payment", "in", "cash")
    assert (payment.amount, payment.reference_no) == (Decimal("39.98"), sale.invoice_no)
    assert payment.customer_id == rahim.pk
    assert shop.entry("sale", sale) == {
        "CASH": Decimal("39.98"),
        "SALES": Decimal("-39.98"),
        "COST_OF_GOODS_SOLD": Decimal("17.00"),
        "INVENTORY": Decimal("-17.00"),
    }


def test_what_comes_back_from_a_sale_is_what_the_database_holds(shirt, rahim):
    sold = shop.sell((shirt, 1), customer=rahim, offered=shop.cash("5")).sale
    kept = Sale.objects.get()
    for field in Sale._meta.concrete_fields:
        assert getattr(sold, field.attname) == getattr(kept, field.attname), field.attname


def test_a_sale_on_credit_is_owed_and_nothing_is_paid(shirt, rahim):
    sale = shop.sell((shirt, 2), customer=rahim, offered=shop.on_credit()).sale
    assert (sale.paid_amount, sale.due_amount) == (0, Decimal("39.98"))
    assert sale.payment_method == "due"
    assert not Payment.objects.filter(sale=sale).exists()
    due = CustomerDue.objects.get()
    assert (due.sale_id, due.customer_id) == (sale.pk, rahim.pk)
    assert (due.due_amount, due.status) == (Decimal("39.98"), "open")
    assert shop.entry("sale", sale)["RECEIVABLES"] == Decimal("39.98")
    assert balance("RECEIVABLES", customer=rahim) == Decimal("39.98")


def test_a_sale_paid_in_part_is_owed_for_the_rest(shirt, rahim):
    sale = shop.sell((shirt, 2), customer=rahim, offered=shop.cash("30")).sale
    assert (sale.paid_amount, sale.due_amount) == (30, Decimal("9.98"))
    assert shop.debt_of(rahim) == Decimal("9.98")
    lines = shop.entry("sale", sale)
    assert (lines["CASH"], lines["RECEIVABLES"]) == (30, Decimal("9.98"))


def test_two_credit_sales_of_one_customer_add_up(shirt, rahim):
    for _ in range(2):
        shop.sell((shirt, 1), customer=rahim, offered=shop.on_credit())
    assert shop.debt_of(rahim) == Decimal("39.98")


def test_what_is_paid_too_much_comes_back_as_change(shirt):
    sold = shop.sell((shirt, 2), offered=shop.cash("50"))
    assert sold.change == Decimal("10.02")
    assert sold.sale.paid_amount == Decimal("39.98")
    assert Payment.objects.get(sale=sold.sale).amount == Decimal("39.98")


def test_a_walk_in_pays_in_full_and_leaves_a_payment_without_a_name(shirt):
    sale = shop.sell((shirt, 1), offered=shop.cash("19.99")).sale
    payment = Payment.objects.get(sale=sale)
    assert (sale.customer_id, payment.customer_id) == (None, None)
    assert (payment.payment_party, payment.amount) == ("customer", Decimal("19.99"))


@pytest.mark.parametrize("offered", [shop.cash("19.98"), shop.on_credit()])
def test_a_walk_in_who_does_not_pay_in_full_gets_nothing(shirt, offered):
    with shop.refused(Invalid, "paid_amount"):
        shop.sell((shirt, 1), offered=offered)


def test_a_walk_in_who_splits_too_little_is_told_so(shirt):
    with shop.refused(Invalid, "payments"):
        shop.sell((shirt, 1), offered=shop.split(card=5, cash=5))


def test_several_tenders_each_leave_their_payment_and_reach_their_account(shirt, rahim):
    sold = shop.sell((shirt, 2), customer=rahim, offered=shop.split(cash=20, card=15, bkash=10))
    sale = sold.sale
    assert sold.change == Decimal("5.02")
    payments = Payment.objects.filter(sale=sale).values_list("method_id", "amount")
    taken = {"card": Decimal(15), "bkash": Decimal(10), "cash": Decimal("14.98")}
    assert dict(payments) == taken
    lines = shop.entry("sale", sale)
    assert {"card": lines["CARD"], "bkash": lines["BKASH"], "cash": lines["CASH"]} == taken
    assert sale.payment_method == "card"


def test_a_new_wallet_is_a_row_and_can_be_paid_by_at_once(shirt):
    account = baker.make("ledger.LedgerAccount", code="ROCKET", number="1050", kind="asset")
    PaymentMethod.objects.create(code="rocket", name="Rocket", account=account)
    METHODS.forget()
    sale = shop.sell((shirt, 1), offered=shop.by_method("rocket", "19.99")).sale
    assert shop.entry("sale", sale)["ROCKET"] == Decimal("19.99")


def test_a_method_the_shop_does_not_take_is_refused(shirt):
    with shop.refused(Invalid):
        shop.sell((shirt, 1), offered=shop.by_method("shells", "19.99"))


# --- Advances ---


def test_an_advance_covers_the_sale_without_a_second_payment(shirt, rahim):
    shop.an_advance(rahim, 50)
    sale = shop.sell((shirt, 2), customer=rahim, offered=shop.on_credit(use_advance=True)).sale
    assert (sale.advance_used, sale.paid_amount) == (Decimal("39.98"), Decimal("39.98"))
    assert sale.due_amount == 0
    assert not Payment.objects.filter(sale=sale).exists()
    assert shop.entry("sale", sale)["CUSTOMER_ADVANCES"] == Decimal("39.98")
    assert balance("CUSTOMER_ADVANCES", customer=rahim) == -Decimal("10.02")


def test_an_advance_too_small_is_used_up_and_cash_pays_the_rest(shirt, rahim):
    shop.an_advance(rahim, 30)
    sold = shop.sell((shirt, 2), customer=rahim, offered=shop.cash(10, use_advance=True))
    assert (sold.sale.advance_used, sold.sale.paid_amount) == (30, Decimal("39.98"))
    assert sold.change == Decimal("0.02")
    assert Payment.objects.get(sale=sold.sale).amount == Decimal("9.98")
    assert balance("CUSTOMER_ADVANCES", customer=rahim) == 0


def test_an_advance_and_credit_share_a_sale(shirt, rahim):
    shop.an_advance(rahim, 30)
    sale = shop.sell((shirt, 2), customer=rahim, offered=shop.on_credit(use_advance=True)).sale
    assert (sale.paid_amount, sale.due_amount) == (30, Decimal("9.98"))


def test_an_advance_is_spent_once(shirt, rahim):
    shop.an_advance(rahim, 30)
    for expected in (30, 0):
        offered = shop.on_credit(use_advance=True)
        sale = shop.sell((shirt, 2), customer=rahim, offered=offered).sale
        assert sale.advance_used == expected


def test_nobody_spends_the_advance_of_another(shirt, rahim):
    shop.an_advance(shop.a_customer(name="Karim"), 30)
    sale = shop.sell((shirt, 1), customer=rahim, offered=shop.cash(20, use_advance=True)).sale
    assert sale.advance_used == 0


def test_a_walk_in_has_no_advance(shirt):
    with shop.refused(Invalid, "use_advance"):
        shop.sell((shirt, 1), offered=shop.cash(20, use_advance=True))


# --- Goods ---


def test_the_oldest_goods_are_sold_first_by_the_day_they_arrived():
    product = shop.a_product("10.00")
    shop.stock(product, 5, "3.00")
    shop.stock(product, 5, "2.00", on=today() - timedelta(days=2))
    sale = shop.sell((product, 7)).sale
    assert shop.shelf(product) == "0@2.00 3@3.00"
    uses = SaleItemBatch.objects.order_by("id").values_list("quantity", "cost")
    assert list(uses) == [(5, Decimal("10.00")), (2, Decimal("6.00"))]
    cogs = SaleCogs.objects.get()
    assert (cogs.total_cost, cogs.unit_cost) == (Decimal("16.00"), Decimal("2.2857"))
    assert shop.entry("sale", sale)["INVENTORY"] == Decimal("-16.00")


def test_units_that_cost_a_third_of_a_cent_leave_no_cent_behind():
    product = shop.a_product("10.00")
    shop.adjust(product, 3, "0.3333")
    costs = []
    for _ in range(3):
        shop.sell((product, 1))
        costs.append(SaleCogs.objects.latest("id").total_cost)
    assert costs == [Decimal("0.33"), Decimal("0.34"), Decimal("0.33")]
    assert balance("INVENTORY") == 0


def test_a_product_twice_on_one_receipt_is_two_lines_of_one_shelf(shirt):
    shop.stock(shirt, 5, "9.00")
    shop.sell((shirt, 24), (shirt, 4, "15.00"))
    assert shop.shelf(shirt) == "0@8.50 2@9.00"
    lines = InventoryLog.objects.filter(kind="sale").order_by("id")
    assert [line.change_qty for line in lines] == [-24, -4]
    assert SaleItemBatch.objects.count() == 3


def test_equal_product_lines_are_summed_before_stock_is_checked(shirt):
    postage = shop.a_service()
    with shop.refused(InsufficientStock, "items[0].quantity", "items[2].quantity"):
        shop.sell((shirt, 13), (postage, 1), (shirt, 13))


def test_more_than_there_is_cannot_be_sold(shirt):
    with shop.refused(InsufficientStock, "items[0].quantity") as short:
        shop.sell((shirt, 26))
    assert short.value.details["lines"] == [{"line": 0, "product_id": shirt.pk, "available": 25}]


def test_the_last_unit_can_be_sold(shirt):
    shop.sell((shirt, 25))
    assert shop.stock_of(shirt) == 0


def test_goods_of_another_store_are_not_sold_here(shirt):
    elsewhere = shop.a_cashier("elsewhere", store=baker.make("accounts.Store"))
    with shop.refused(InsufficientStock):
        shop.sell((shirt, 1), by=elsewhere)


def test_a_service_is_sold_without_stock_log_or_cost():
    postage = shop.a_service("5.00")
    sale = shop.sell((postage, 3)).sale
    assert sale.total_amount == 15
    assert not InventoryLog.objects.filter(product=postage).exists()
    assert not SaleCogs.objects.exists()
    assert shop.entry("sale", sale) == {"CASH": Decimal(15), "SALES": Decimal(-15)}


def test_a_service_and_goods_share_a_receipt(shirt):
    sale = shop.sell((shop.a_service("5.00"), 1), (shirt, 1)).sale
    assert sale.total_amount == Decimal("24.99")
    assert [cogs.sale_item.product for cogs in SaleCogs.objects.all()] == [shirt]


# --- Prices ---


def test_discount_and_tax_have_their_own_accounts(shirt):
    sale = shop.sell((shirt, 2), discount=Decimal("9.98"), tax=Decimal("4.50")).sale
    assert (sale.subtotal, sale.total_amount) == (Decimal("39.98"), Decimal("34.50"))
    lines = shop.entry("sale", sale)
    assert lines["CASH"] == Decimal("34.50")
    assert lines["DISCOUNTS_GIVEN"] == Decimal("9.98")
    assert (lines["SALES"], lines["TAX_PAYABLE"]) == (Decimal("-39.98"), Decimal("-4.50"))


def test_a_tax_rate_is_taken_of_what_is_left_after_the_discount(shirt):
    rate = baker.make(TaxRate, name="VAT", rate=Decimal("15"))
    sale = shop.sell((shirt, 2), discount=Decimal("19.98"), tax_rate_id=rate.pk).sale
    assert (sale.tax, sale.total_amount) == (Decimal("3.00"), Decimal("23.00"))


def test_an_amount_of_tax_and_a_rate_exclude_each_other(shirt):
    rate = baker.make(TaxRate, name="VAT", rate=Decimal("15"))
    with shop.refused(Invalid, "tax"):
        shop.sell((shirt, 1), tax=Decimal("1.00"), tax_rate_id=rate.pk)


def test_a_price_other_than_the_list_price_is_charged_and_kept(shirt):
    sale = shop.sell((shirt, 2, "15.00")).sale
    assert sale.total_amount == 30
    assert sale.items.get().unit_price == 15
    shirt.refresh_from_db()
    assert shirt.price == Decimal("19.99")


def test_goods_given_away_cost_what_they_cost_and_nothing_is_paid(shirt):
    sale = shop.sell((shirt, 1, 0), offered=shop.on_credit()).sale
    assert (sale.total_amount, sale.due_amount) == (0, 0)
    assert not Payment.objects.filter(sale=sale).exists()
    assert shop.entry("sale", sale) == {
        "COST_OF_GOODS_SOLD": Decimal("8.50"),
        "INVENTORY": Decimal("-8.50"),
    }


def test_a_free_service_posts_no_entry_at_all():
    sale = shop.sell((shop.a_service("0.00"), 1), offered=shop.cash(5))
    assert sale.change == 5
    assert shop.entry("sale", sale.sale) == {}


def test_a_discount_of_everything_leaves_nothing_to_pay(shirt):
    sale = shop.sell((shirt, 1), discount=Decimal("19.99")).sale
    assert sale.total_amount == 0
    assert shop.entry("sale", sale)["DISCOUNTS_GIVEN"] == Decimal("19.99")


def test_the_name_on_the_receipt_stays_when_the_product_is_renamed(shirt):
    sale = shop.sell((shirt, 1)).sale
    shirt.name = "Azure T-Shirt"
    shirt.save()
    assert sale.items.get().product_name == "Blue T-Shirt"


# --- Refusals, and when a sale happened ---


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ({"discount": Decimal("20.00")}, "discount"),
        ({"subtotal": Decimal("19.98")}, "subtotal"),
        ({"total_amount": Decimal("20.00")}, "total_amount"),
        ({"tax_rate_id": 10**9}, "tax_rate_id"),
    ],
)
def test_an_order_that_does_not_add_up_is_refused(shirt, order, field):
    with shop.refused(Invalid, field):
        shop.sell((shirt, 1), **order)


def test_every_product_that_cannot_be_sold_is_named(shirt):
    retired, gone = shop.a_product(status="inactive"), shop.a_product()
    gone.archive(keys=("sku_key",))
    with shop.refused(Invalid, "items[1].product_id", "items[2].product_id"):
        shop.sell((shirt, 1), (retired, 1), (gone, 1))


def test_an_unknown_customer_cannot_buy(shirt):
    gone = shop.a_customer()
    gone.archive()
    for nobody in (gone, Customer(pk=10**9)):
        with shop.refused(Invalid, "customer_id"):
            shop.sell((shirt, 1), customer=nobody)


def test_a_late_sale_counts_on_the_day_it_happened(shirt):
    at = timezone.now() - timedelta(days=3)
    sale = shop.sell((shirt, 1), at=at).sale
    assert (sale.completed_at, sale.business_date) == (at, business_day(at))
    assert Payment.objects.get(sale=sale).business_date == business_day(at)


def test_a_sale_just_before_midnight_in_dhaka_belongs_to_that_day(shirt):
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    before = shop.sell((shirt, 1), at=midnight - timedelta(seconds=1)).sale
    after = shop.sell((shirt, 1), at=midnight).sale
    assert before.business_date == today() - timedelta(days=1)
    assert after.business_date == today()


def test_a_sale_in_the_future_happens_now(shirt):
    sale = shop.sell((shirt, 1), at=timezone.now() + timedelta(days=3)).sale
    assert sale.business_date == today()
