"""Reports of what was sold, by whom, to whom, and what came in for it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F

from catalog.models import Product
from pos_project.back_office.reports.report import Asked, Chart, Field, Report, listing
from pos_project.core.db.store_rows import reported
from pos_project.core.http.endpoints import found
from pos_project.core.money import ZERO, money
from pos_project.core.period import Period
from reports.dashboards.customer_sales import (
    CustomerSales,
    bought_by_customers,
    top_customers,
)
from reports.dashboards.product_sales import TopProduct, top_products
from reports.dashboards.sales_figures import SalesFigures, sales_by
from reports.dashboards.staff_performance import SellerSales, StaffPerformanceView
from reports.dashboards.takings import takings
from reports.documents.document import Column, Document, Row, Subject, Table
from reports.summaries.plan import plan_reading
from reports.summaries.sale_sums import CUSTOMERS, PRODUCTS, SALES
from sales.models import RefundItem, Sale, SaleItem

EVERY = 1_000_000  # rows: all there are
BY_SALE = "A sale counts on its day, a refund on its own."


# --- Money ---


def _takings(asked: Asked) -> Document:
    of_days = takings(asked.period, store_id=asked.scope.store_id)

    def row(label: Any, amounts: dict[str, Decimal], days: Period, **style: Any) -> Row:
        cells = [amounts.get(method, ZERO) for method in of_days.methods]
        about = {at: Subject("payments", code, days) for at, code in enumerate(of_days.methods, 1)}
        about[len(cells) + 1] = Subject("payments", None, days)
        if days.days == 1:
            about[0] = Subject("day", days.first)
        return Row([label, *cells, sum(cells, ZERO)], about=about, **style)

    rows = [
        row(day, of_days.by_day[day], Period(day, day))
        for day in sorted(of_days.by_day, reverse=True)
    ]
    sums = {method: of_days.of(method) for method in of_days.methods}
    rows.append(row("Total", sums, asked.period, style="grand"))
    columns = [
        Column("Date", "day"),
        *(Column(name, "accounting") for name in of_days.methods.values()),
        Column("Total", "accounting", 1.1),
    ]
    return asked.scope.document(
        "Takings by method",
        "takings",
        Table(columns, rows),
        "What customers paid, less what was paid back to them, on the day it changed hands.",
    )


# --- Sales by day ---


@dataclass(frozen=True)
class DaySales:
    """The sales and refunds of a day."""

    day: date
    sold: SalesFigures

    @property
    def refunds(self) -> Decimal:
        return -self.sold.refund_amount


def _sales_by_day(asked: Asked) -> list[DaySales]:
    plan = plan_reading(asked.period, SALES, by_day=True)[SALES.name]
    days: dict[date, SalesFigures] = {}
    for (day, store_id), sold in sales_by(plan, "first_day", "store_id").items():
        if asked.scope.store_id in (None, store_id):
            days[day] = days.get(day, SalesFigures()) + sold
    return [DaySales(day, days[day]) for day in sorted(days, reverse=True)]


def _sales_of(row: DaySales) -> Subject:
    return Subject("sales", None, Period(row.day, row.day))


def _refunds_of(row: DaySales) -> Subject:
    return Subject("refunds", None, Period(row.day, row.day))


# --- Products ---


def _best_sellers(asked: Asked) -> list[TopProduct]:
    return top_products(plan_reading(asked.period, PRODUCTS)[PRODUCTS.name], most=EVERY)


def _worst_sellers(asked: Asked) -> list[TopProduct]:
    return _best_sellers(asked)[::-1]


def _product(row: TopProduct) -> Subject:
    return Subject("product", row.product.id)


def _lines(row: TopProduct) -> Subject:
    return Subject("product-sales", row.product.id)


_SELLER_FIELDS = (
    Field("Product", "product.name", width=2.4, about=_product),
    Field("SKU", "product.sku", width=1.1),
    Field("Category", "product.category", width=1.2),
    Field("Units", "units_sold", "count", 0.8, about=_lines, is_summed=True),
    Field("Revenue", "revenue", "money", 1.2, about=_lines, is_summed=True),
    Field("Average price", "average_price", "money", 1.1),
    Field("In stock", "product.stock", "count", 0.8),
)
_NET = "Units and revenue are less what came back, before order discounts and tax."


@dataclass(frozen=True)
class ProductLine:
    """A line of a sale, or of a refund, which is below zero."""

    day: date
    what: str
    sale_id: int
    invoice_no: str
    units: Decimal
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return money(self.units * self.price)


def _product_sales(asked: Asked) -> Document:
    product = found(Product.objects.all(), asked.of, "product")
    title, name = f"Sales of {product.name}", f"sales-of-product-{product.pk}"
    return listing(title, name, _product_lines, _LINE_FIELDS)(asked)


def _product_lines(asked: Asked) -> list[ProductLine]:
    days = (asked.period.first, asked.period.last)
    columns = ("quantity", "unit_price")
    sold = SaleItem.objects.filter(
        reported("sale__store_id"),
        product_id=asked.of,
        sale__status=Sale.Status.COMPLETED,
        sale__business_date__range=days,
    ).values_list("sale__business_date", "sale_id", "sale__invoice_no", *columns)
    came_back = RefundItem.objects.filter(
        reported("refund__store_id"),
        sale_item__product_id=asked.of,
        refund__business_date__range=days,
    ).values_list(
        "refund__business_date",
        "refund__sale_id",
        "refund__sale__invoice_no",
        -F("quantity"),
        "sale_item__unit_price",
    )
    lines = [ProductLine(day, "Sold", *rest) for day, *rest in sold]
    lines += [ProductLine(day, "Came back", *rest) for day, *rest in came_back]
    return sorted(lines, key=lambda line: (line.day, line.sale_id, -line.units), reverse=True)


def _sale(row: ProductLine) -> Subject:
    return Subject("sale", row.sale_id)


_LINE_FIELDS = (
    Field("Date", "day", "day"),
    Field("Invoice", "invoice_no", width=1.5, about=_sale),
    Field("", "what"),
    Field("Units", "units", "count", 0.8, is_summed=True),
    Field("Price", "price", "money"),
    Field("Amount", "amount", "accounting", about=_sale, is_summed=True),
)


# --- People ---


def _staff(asked: Asked) -> list[SellerSales]:
    sellers: list[SellerSales] = StaffPerformanceView().read(asked.period).rows
    return sellers


def _seller(row: SellerSales) -> Subject:
    return Subject("seller", row.user_id)


def _customers(asked: Asked) -> list[CustomerSales]:
    plan = plan_reading(asked.period, CUSTOMERS)[CUSTOMERS.name]
    return top_customers(bought_by_customers(plan), asked.period, most=EVERY)


def _customer(row: CustomerSales) -> Subject:
    return Subject("customer", row.customer_id)


REPORTS = (
    Report(
        "takings",
        "Takings by method",
        "What came in from customers each day, by payment method.",
        _takings,
        chart=Chart((-1,), oldest_first=True),
    ),
    Report(
        "sales-by-day",
        "Sales by day",
        "Sales, refunds, cost and gross profit of each day.",
        listing(
            "Sales by day",
            "sales-by-day",
            _sales_by_day,
            (
                Field("Date", "day", "day", about=lambda row: Subject("day", row.day)),
                Field("Sales", "sold.orders", "count", 0.7, about=_sales_of, is_summed=True),
                Field("Total", "sold.gross_total", "money", about=_sales_of, is_summed=True),
                Field("Refunds", "refunds", "accounting", about=_refunds_of, is_summed=True),
                Field("Revenue", "sold.total_revenue", "accounting", is_summed=True),
                Field("Net sales", "sold.net_sales", "accounting", is_summed=True),
                Field("Cost", "sold.cogs", "accounting", is_summed=True),
                Field("Gross profit", "sold.gross_profit", "accounting", is_summed=True),
            ),
            f"{BY_SALE} Total and revenue are with tax, net sales without.",
        ),
        chart=Chart((4, 7), oldest_first=True),
    ),
    Report(
        "best-sellers",
        "Best sellers",
        "Every product that was sold, the most revenue first.",
        listing(*("Best sellers", "best-sellers"), _best_sellers, _SELLER_FIELDS, _NET),
        chart=Chart((4,), most=10),
    ),
    Report(
        "worst-sellers",
        "Worst sellers",
        "Every product that was sold, the least revenue first.",
        listing(*("Worst sellers", "worst-sellers"), _worst_sellers, _SELLER_FIELDS, _NET),
    ),
    Report(
        "staff",
        "Staff",
        "What everybody sold, and on how many days.",
        listing(
            "Staff",
            "staff",
            _staff,
            (
                Field("Name", "name", width=1.6, about=_seller),
                Field("Sales", "sold.orders", "count", 0.7, about=_seller, is_summed=True),
                Field("Total", "sold.gross_total", "money", about=_seller, is_summed=True),
                Field("Refunds", "sold.refund_amount", "accounting", is_summed=True),
                Field("Discounts", "sold.discount", "accounting", is_summed=True),
                Field("Revenue", "sold.total_revenue", "accounting", is_summed=True),
                Field("Gross profit", "sold.gross_profit", "accounting", is_summed=True),
                Field("Days", "working_days", "count", 0.6),
            ),
            f"{BY_SALE} Refunds count for whoever had sold.",
        ),
        chart=Chart((5,), most=15),
    ),
    Report(
        "customers",
        "Customers",
        "Who bought, what they paid and owe of it; the most revenue first.",
        listing(
            "Customers",
            "customers",
            _customers,
            (
                Field("Name", "name", width=2, about=_customer),
                Field("Phone", "phone", width=1.2),
                Field("Sales", "orders", "count", 0.7, about=_customer, is_summed=True),
                Field("Revenue", "revenue", "accounting", about=_customer, is_summed=True),
                Field("Paid", "paid", "accounting", is_summed=True),
                Field("Due", "due", "accounting", is_summed=True),
                Field("Average", "average_order", "accounting"),
            ),
            f"{BY_SALE} Paid and due as they stand today.",
        ),
        chart=Chart((3,), most=10),
    ),
)
OF_ONE = (
    Report(
        "product-sales",
        "Sales of a product",
        "Every line that sold it, and what came back.",
        _product_sales,
        explains="product",
    ),
)
