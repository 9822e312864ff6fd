"""Every figure of products, stock and customers, recounted in plain Python over random trade.

Products change their category, are switched off and archived between sales; some days are frozen,
some are not.
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from catalog.models import Category, Product
from conftest import signed_in
from inventory import fifo
from inventory.models import Batch
from inventory.products import change_product, remove_product
from pos_project.core.days import local_iso
from pos_project.core.images.pictures import PictureChange
from pos_project.tests.examples import examples
from pos_project.tests.invariants import books_agree
from purchasing.models import PurchaseItem
from reports.reconciliation.reconcile import CHECKS, examine
from reports.summaries.building import CATCHING_UP
from reports.tests.recount import Recount, over, share, total
from reports.tests.trader import DAYS, SALES, Trader, happenings, on
from sales.models import Customer, CustomerDue, Sale, SaleItem

pytestmark = pytest.mark.django_db

EPOCH, DOOMSDAY = date(2000, 1, 1), date(2100, 12, 31)
CHANGES = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(("category", "off", "on", "remove"))), max_size=3
)
HAPPENINGS = happenings(*SALES, "collect", "spend", "buy", *DAYS)
TRADE = st.lists(st.tuples(HAPPENINGS, CHANGES), min_size=1, max_size=3)
RANGES = st.lists(st.tuples(st.integers(-3, 60), st.integers(0, 60)), min_size=1, max_size=3)


@pytest.fixture
def trader(db: None) -> Trader:
    return Trader(units=300)


@examples(12)
@given(trade=TRADE, ranges=RANGES, days=st.integers(1, 60), on_the_way=st.booleans())
def test_whatever_was_traded_every_figure_is_what_the_rows_say(
    trader: Trader, admin: User, trade: Any, ranges: Any, days: int, on_the_way: bool
) -> None:
    goods = [*trader.goods, trader.postage]
    for happened, changes in trade:
        trader.trade(happened)
        for which, how in changes:
            _change(goods[which], how, admin)
    with on(trader.day):
        if on_the_way:
            CATCHING_UP.forget()
        shop = Shop(admin, trader.day)
        for check in (_alerts, _valuation, _details):
            check(shop)
        for check_days in (_movement, _reordering):
            check_days(shop, days)
        for back, length in ranges:
            last = trader.day - timedelta(days=back)
            period = (last - timedelta(days=length), last)
            for check_period in (_top_products, _product_analysis, _customers, _comprehensive):
                check_period(shop, *period)
    books_agree()
    broken = [str(verdict) for verdict in examine(CHECKS) if not verdict.holds]
    assert broken == []


def _change(product: Product, how: str, by: User) -> None:
    product.refresh_from_db()
    if product.archived_at:
        return
    if how == "remove":
        if product.name.startswith("Good 0.35"):  # one is enough
            remove_product(product.pk, by=by)
        return
    fields: dict[str, Any] = {
        "off": {"status": "inactive"},
        "on": {"status": "active"},
        "category": {
            "category_id": Category.objects.exclude(pk=product.category_id)
            .values_list("id", flat=True)
            .first()
        },
    }[how]
    change_product(product.pk, fields, picture=PictureChange())


class Shop:
    """The shop as it is today, asked and recounted."""

    def __init__(self, user: User, today: date) -> None:
        self.user, self.today = user, today
        self.products = list(Product.objects.select_related("category", "brand"))
        self.active = [p for p in self.products if p.status == "active" and not p.archived_at]
        self.stocked = [p for p in self.active if p.keeps_stock]
        self.batches: dict[int, list[Batch]] = defaultdict(list)
        for batch in Batch.objects.all():
            self.batches[batch.product_id].append(batch)

    def data(self, path: str, **query: Any) -> Any:
        answer = signed_in(self.user).get(f"/api/dashboard/{path}", query)
        assert answer.status_code == 200, answer.content
        return answer.json()["data"]

    def of_period(self, path: str, first: date, last: date, **query: Any) -> Any:
        return self.data(path, fromDate=first.isoformat(), toDate=last.isoformat(), **query)

    def units(self, product: Product) -> int:
        return int(total(batch.remaining for batch in self.batches[product.pk]))

    def worth(self, product: Product) -> Decimal:
        return total(fifo.value(b.remaining, b.unit_cost) for b in self.batches[product.pk])

    def retail(self, product: Product) -> Decimal:
        return self.units(product) * product.price

    def bought(self, product: Product) -> list[PurchaseItem]:
        lines = PurchaseItem.objects.filter(product=product).select_related("purchase__supplier")
        return sorted(lines, key=lambda line: (line.purchase.purchase_date, line.pk), reverse=True)

    def average_cost(self, product: Product) -> Decimal:
        lines = self.bought(product)
        return over(
            total(line.quantity * line.cost_price for line in lines),
            total(line.quantity for line in lines),
        )

    def fifo_cost(self, product: Product) -> Decimal:
        ever = OfProduct(Recount.of(EPOCH, DOOMSDAY), product)
        return over(ever.cogs, ever.units) if ever.units > 0 else self.average_cost(product)


class OfProduct:
    """What the sales and refunds of a period come to for one product."""

    def __init__(self, all_of_it: Recount, product: Product) -> None:
        lines: list[SaleItem] = [i for i in all_of_it.lines() if i.product_id == product.pk]
        back = [x for x in all_of_it.back() if x.sale_item.product_id == product.pk]
        self.lines = len(lines)
        self.sales = len({line.sale_id for line in lines})
        self.quantity = total(line.quantity for line in lines)
        self.subtotal = total(line.subtotal for line in lines)
        self.units = int(self.quantity - total(line.quantity for line in back))
        self.revenue = self.subtotal - total(x.quantity * x.sale_item.unit_price for x in back)
        self.cogs = total(all_of_it.costs[line.pk] for line in lines) + total(
            all_of_it.restocked[x.pk] for x in back
        )
        self.profit = self.revenue - self.cogs


def named(product: Product) -> str:
    return product.category.name if product.category else "Uncategorized"


def number(amount: Decimal) -> float:
    return float(amount)


def nearest(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def _alerts(shop: Shop) -> None:
    data = shop.data("inventory/alerts")
    levels: dict[str, list[tuple[int, int, str]]] = {
        "out_of_stock": [],
        "low_stock": [],
        "overstock": [],
    }
    for product in shop.stocked:
        units = shop.units(product)
        if units == 0:
            levels["out_of_stock"].append((0, product.pk, "critical"))
        elif units <= 10:
            levels["low_stock"].append((units, product.pk, "high" if units <= 5 else "medium"))
        elif units > 100:
            levels["overstock"].append((units, product.pk, "low"))
    assert data["summary"] == {
        "total_alerts": sum(map(len, levels.values())),
        **{f"{name}_count": len(rows) for name, rows in levels.items()},
    }
    for name, rows in levels.items():
        assert [
            (row["current_stock"], row["product_id"], row["priority"])
            for row in data["alerts"][name]
        ] == sorted(rows)


def _valuation(shop: Shop) -> None:
    data = shop.data("inventory/valuation")
    with_stock = [product for product in shop.stocked if shop.units(product)]
    cost = total(shop.worth(product) for product in with_stock)
    retail = total(shop.retail(product) for product in with_stock)
    assert data["total_valuation"] == {
        "total_products": len(with_stock),
        "total_units": sum(shop.units(product) for product in with_stock),
        "total_purchase_value": number(cost),
        "total_purchase_value_fifo": number(cost),
        "total_selling_value": number(retail),
        "potential_profit": number(retail - cost),
        "profit_margin": share(retail - cost, retail) + "%",
    }
    expected = []
    for name in {named(product) for product in with_stock}:
        of_category = [product for product in with_stock if named(product) == name]
        cost = total(shop.worth(product) for product in of_category)
        retail = total(shop.retail(product) for product in of_category)
        expected.append(
            {
                "category_name": name,
                "product_count": len(of_category),
                "total_units": sum(shop.units(product) for product in of_category),
                "purchase_value": number(cost),
                "purchase_value_fifo": number(cost),
                "selling_value": number(retail),
                "potential_profit": number(retail - cost),
            }
        )
    expected.sort(key=lambda row: (-row["selling_value"], row["category_name"]))
    assert data["category_breakdown"] == expected


def _details(shop: Shop) -> None:
    data = shop.data("inventory/detailed", limit=2)
    with_stock = [product for product in shop.stocked if shop.units(product)]
    with_stock.sort(key=lambda product: (-shop.retail(product), product.pk))
    assert [row["product_id"] for row in data["products"]] == [p.pk for p in with_stock[:2]]
    assert data["total_items"] == len(data["products"])
    recently = Recount.of(shop.today - timedelta(days=30), shop.today)
    for row, product in zip(data["products"], with_stock, strict=False):
        lines = shop.bought(product)
        assert row["stock_info"] == {
            "current_stock": shop.units(product),
            "total_purchased": int(total(line.quantity for line in lines)),
            "units_sold_last_30d": OfProduct(recently, product).units,
        }
        fifo_cost = shop.fifo_cost(product)
        assert row["pricing"]["fifo_cost_per_unit"] == number(fifo_cost)
        assert row["pricing"]["avg_purchase_price"] == number(shop.average_cost(product))
        assert row["pricing"]["last_purchase"]["invoice_no"] == lines[0].purchase.invoice_no
        assert row["valuation"]["total_purchase_value_fifo"] == number(shop.worth(product))
        assert [line["invoice_no"] for line in row["purchase_history"]] == [
            line.purchase.invoice_no for line in lines[:20]
        ]


def _movement(shop: Shop, days: int) -> None:
    data = shop.data("inventory/movement", days=days)
    period = Recount.of(shop.today - timedelta(days=days), shop.today)
    paces: dict[str, list[dict[str, Any]]] = {
        "fast_moving": [],
        "moderate_moving": [],
        "slow_moving": [],
        "no_movement": [],
    }
    for product in shop.stocked:
        sold = OfProduct(period, product)
        a_day, stock = Decimal(sold.units) / days, shop.units(product)
        pace = "fast_moving" if a_day >= 5 else "moderate_moving" if a_day >= 1 else "slow_moving"
        paces[pace if sold.units > 0 else "no_movement"].append(
            {
                "product_id": product.pk,
                "product_name": product.name,
                "sku": product.sku,
                "current_stock": stock,
                "price": number(product.price),
                "category_name": named(product),
                "units_sold": sold.units,
                "total_revenue": number(sold.revenue),
                "avg_daily_sales": number(over(sold.units, days)),
                "days_of_stock": nearest(Decimal(stock) * days / sold.units)
                if sold.units > 0
                else None,
            }
        )
    for rows in paces.values():
        rows.sort(key=lambda row: (-row["units_sold"], row["product_id"]))
    assert data["movement"] == paces
    assert data["summary"] == {f"{pace}_count": len(rows) for pace, rows in paces.items()}


def _reordering(shop: Shop, days: int) -> None:
    data = shop.data("inventory/reorder-recommendations", days=days)
    period = Recount.of(shop.today - timedelta(days=days), shop.today)
    expected = []
    for product in shop.stocked:
        units, stock = OfProduct(period, product).units, shop.units(product)
        if units <= 0:
            continue
        left = nearest(Decimal(stock) * days / units)
        wanted = nearest(Decimal(units) * 30 / days - stock)
        if left > 30 or wanted <= 0:
            continue
        cost, revenue = wanted * shop.fifo_cost(product), wanted * product.price
        priority = "urgent" if left <= 7 else "high" if left <= 14 else "medium"
        expected.append((left, -units, product.pk, wanted, cost, revenue, priority))
    expected.sort()
    assert [
        (
            row["sales_metrics"]["days_until_stockout"],
            -row["sales_metrics"]["units_sold_period"],
            row["product_id"],
            row["reorder_recommendation"]["recommended_qty"],
            row["reorder_recommendation"]["estimated_cost"],
            row["reorder_recommendation"]["potential_revenue"],
            row["priority"],
        )
        for row in data["recommendations"]
    ] == [
        (left, fast, pk, wanted, number(cost), number(revenue), priority)
        for left, fast, pk, wanted, cost, revenue, priority in expected
    ]
    priorities = [row[-1] for row in expected]
    assert data["summary"] == {
        "total_products_to_reorder": len(expected),
        **{f"{p}_priority": priorities.count(p) for p in ("urgent", "high", "medium")},
        "total_estimated_investment": number(total(row[4] for row in expected)),
        "total_potential_profit": number(total(row[5] - row[4] for row in expected)),
    }


def _top_products(shop: Shop, first: date, last: date) -> None:
    data = shop.of_period("top-products", first, last, limit=3)
    period = Recount.of(first, last)
    expected = []
    for product in shop.products:
        sold = OfProduct(period, product)
        if sold.lines:
            expected.append(
                {
                    "product_id": product.pk,
                    "product_name": product.name,
                    "category": named(product),
                    "brand": "No Brand",
                    "times_sold": sold.lines,
                    "total_quantity_sold": sold.units,
                    "total_revenue": number(sold.revenue),
                    "avg_selling_price": number(over(sold.subtotal, sold.quantity)),
                    "current_stock": shop.units(product),
                }
            )
    expected.sort(
        key=lambda row: (-row["total_revenue"], -row["total_quantity_sold"], row["product_id"])
    )
    assert data["top_products"] == expected[:3]


def _product_analysis(shop: Shop, first: date, last: date) -> None:
    data = shop.of_period("product-analysis", first, last)
    period = Recount.of(first, last)
    sold = {product.pk: OfProduct(period, product) for product in shop.active}
    by_id = {product.pk: product for product in shop.active}
    revenue = total(each.revenue for each in sold.values())
    some = sum(1 for each in sold.values() if each.lines)
    assert data["overview_metrics"] == {
        "total_active_products": len(sold),
        "products_sold": some,
        "products_unsold": len(sold) - some,
        "sell_through_rate": share(some, len(sold)) + "%",
        "total_units_sold": sum(each.units for each in sold.values()),
        "total_revenue": number(revenue),
        "avg_transaction_value": number(over(revenue, len(period.sales))),
        "avg_product_price": number(over(total(p.price for p in shop.active), len(sold))),
        "total_inventory_units": sum(shop.units(product) for product in shop.active),
        "total_transactions": len(period.sales),
    }
    top = [pk for pk in sold if sold[pk].lines]
    top.sort(key=lambda pk: (-sold[pk].units, -sold[pk].revenue, pk))
    assert [
        (
            row["product_id"],
            row["units_sold"],
            row["total_revenue"],
            row["gross_profit"],
            row["profit_margin"],
            row["avg_cost"],
            row["transaction_count"],
        )
        for row in data["top_sellers"]
    ] == [
        (
            pk,
            sold[pk].units,
            number(sold[pk].revenue),
            number(sold[pk].profit),
            share(sold[pk].profit, sold[pk].revenue) + "%",
            number(over(sold[pk].cogs, sold[pk].units)) if sold[pk].units > 0 else 0,
            sold[pk].sales,
        )
        for pk in top
    ]
    ever = Recount.of(EPOCH, DOOMSDAY)
    bottom = [pk for pk in sold if sold[pk].units <= 2]
    bottom.sort(key=lambda pk: (sold[pk].units, by_id[pk].name.casefold(), pk))
    assert [(row["product_id"], row["note"]) for row in data["bottom_sellers"]] == [
        (
            pk,
            "Very low sales"
            if sold[pk].lines
            else "No sales in this period"
            if OfProduct(ever, by_id[pk]).lines
            else "Never sold",
        )
        for pk in bottom
    ]
    earning = [pk for pk in sold if sold[pk].profit > 0]
    earning.sort(key=lambda pk: (-sold[pk].profit, pk))
    assert [(row["product_id"], row["total_cost"]) for row in data["highest_profit_products"]] == [
        (pk, number(sold[pk].cogs)) for pk in earning
    ]
    low = [
        (sold[pk].profit / sold[pk].revenue if sold[pk].revenue else 0, pk)
        for pk in sold
        if sold[pk].units > 0
    ]
    assert [row["product_id"] for row in data["lowest_margin_products"]] == [
        pk for margin, pk in sorted(low) if margin < Decimal("0.20")
    ]
    _categories(shop, period, data["category_performance"])


def _categories(shop: Shop, period: Recount, shown: list[dict[str, Any]]) -> None:
    expected = []
    for name in {named(product) for product in shop.active}:
        products = [product for product in shop.active if named(product) == name]
        ids = {product.pk for product in products}
        sold = [OfProduct(period, product) for product in products]
        sales = len({line.sale_id for line in period.lines() if line.product_id in ids})
        revenue = total(each.revenue for each in sold)
        profit = total(each.profit for each in sold)
        expected.append(
            {
                "category_name": name,
                "total_products": len(products),
                "total_units_sold": sum(each.units for each in sold),
                "total_revenue": number(revenue),
                "transaction_count": sales,
                "avg_price": number(over(total(p.price for p in products), len(products))),
                "avg_revenue_per_transaction": number(over(revenue, sales)),
                "total_stock": sum(shop.units(product) for product in products),
                "total_profit": number(profit),
                "profit_margin": share(profit, revenue) + "%",
                "avg_profit_margin": share(profit, revenue) + "%",
            }
        )
    expected.sort(key=lambda row: (-row["total_revenue"], row["category_name"]))
    assert shown == expected


class OfCustomer:
    """What a customer's sales and refunds of a period come to."""

    def __init__(self, period: Recount, customer: Customer) -> None:
        self.customer = customer
        mine = period.where(lambda sale: sale.customer_id == customer.pk)
        self.orders = len(mine.sales)
        self.revenue = mine.revenue
        self.paid, self.due = mine.sum("paid_amount"), mine.sum("due_amount")
        self.last = max((sale.completed_at for sale in mine.sales), default=None)


def _buyers(first: date, last: date) -> list[OfCustomer]:
    period = Recount.of(first, last)
    everybody = [OfCustomer(period, customer) for customer in Customer.objects.all()]
    return [each for each in everybody if each.orders]


def _customers(shop: Shop, first: date, last: date) -> None:
    data = shop.of_period("customer-analysis", first, last, limit=3)
    bought = _buyers(first, last)
    bought.sort(key=lambda each: (-each.due, -each.revenue, each.customer.pk))
    assert data["customer_analysis"] == [
        {
            "customer_id": each.customer.pk,
            "customer_name": each.customer.name,
            "phone": "N/A",
            "total_purchases": each.orders,
            "total_spent": number(each.revenue),
            "amount_paid": number(each.paid),
            "outstanding_due": number(each.due),
            "last_purchase_date": local_iso(each.last),
        }
        for each in bought[:3]
    ]


def _comprehensive(shop: Shop, first: date, last: date) -> None:
    data = shop.of_period("customer-analysis/comprehensive", first, last)
    to_customers = Recount.of(first, last).where(lambda sale: sale.customer_id is not None)
    bought = _buyers(first, last)
    owing = [sale for sale in to_customers.sales if sale.due_amount]
    assert data["overview"] == {
        "total_customers": Customer.objects.count(),
        "active_customers": len(bought),
        "new_customers": sum(
            first <= customer.join_at.date() <= last for customer in Customer.objects.all()
        ),
        "total_revenue": number(to_customers.revenue),
        "gross_total": number(to_customers.gross),
        "refund_amount": number(to_customers.refunded),
        "total_outstanding": number(total(sale.due_amount for sale in owing)),
        "customers_with_dues": len({sale.customer_id for sale in owing}),
        "total_transactions": len(to_customers.sales),
    }
    bought.sort(key=lambda each: (-each.revenue, each.customer.pk))
    assert [
        (row["customer_id"], row["total_paid"], row["total_due"], row["avg_order_value"])
        for row in data["top_customers"]
    ] == [
        (
            each.customer.pk,
            number(each.paid),
            number(each.due),
            number(over(each.revenue, each.orders)),
        )
        for each in bought
    ]
    segments: dict[str, list[OfCustomer]] = defaultdict(list)
    for each in bought:
        big = "VIP" if each.revenue >= 10_000 else "Regular" if each.revenue >= 1000 else ""
        segments["One-Time" if each.orders == 1 else big or "Occasional"].append(each)
    assert data["segmentation"] == [
        {
            "segment": name,
            "customer_count": len(segments[name]),
            "segment_revenue": number(total(each.revenue for each in segments[name])),
        }
        for name in ("VIP", "Regular", "Occasional", "One-Time")
        if segments[name]
    ]
    newest = sorted(to_customers.sales, key=lambda s: (s.completed_at, s.pk), reverse=True)
    assert [row["invoice_no"] for row in data["recent_activity"]] == [
        sale.invoice_no for sale in newest[:10]
    ]
    _late(data["long_due_customers"], last)


def _late(shown: list[dict[str, Any]], until: date) -> None:
    unpaid: dict[int, list[Sale]] = defaultdict(list)
    for due in CustomerDue.objects.filter(status="open").select_related("sale"):
        if due.sale.business_date <= until:
            unpaid[due.customer_id].append(due.sale)
    expected = []
    for customer_id, sales in unpaid.items():
        days = max((until - sale.business_date).days for sale in sales)
        bucket = next(
            (b for most, b in ((30, "0-30 days"), (60, "31-60 days")) if days <= most),
            "61-90 days",
        )
        due = total(sale.due_amount for sale in sales)
        expected.append(
            (
                -days,
                -number(due),
                customer_id,
                len(sales),
                local_iso(min(sale.completed_at for sale in sales)),
                local_iso(max(sale.completed_at for sale in sales)),
                bucket,
            )
        )
    assert [
        (
            -row["days_overdue"],
            -row["total_due"],
            row["customer_id"],
            row["total_purchases"],
            row["oldest_due_date"],
            row["latest_due_date"],
            row["overdue_bucket"],
        )
        for row in shown
    ] == sorted(expected)
