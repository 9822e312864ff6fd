"""What the shop's figures mean, each defined here once; docs/figures.md lists them.

A sale counts on its business day; a refund on its own, with the seller, customer, payment method
and products of its sale. What is paid and due of sales is as it stands today, later payments
included, so it is never frozen: `reports.dashboards.owed`.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from decimal import Decimal
from threading import Lock
from typing import Any

from cachetools import LRUCache, cached

from pos_project.core.money import ZERO, money
from pos_project.core.percentages import average
from reports.summaries.day_sets import Days
from reports.summaries.raw import exact
from reports.summaries.reading import Cover, Key, figures
from reports.summaries.sale_sums import SALES

UNITS = Decimal("0.000")
MOST_REMEMBERED = 10_000  # figures of frozen days in one process: some 20 MB


@dataclass(frozen=True)
class SalesFigures:
    """What some sales and refunds come to; the fields are those of the sales summary, in order."""

    orders: int = 0
    gross_total: Decimal = ZERO  # Σ total_amount
    subtotal: Decimal = ZERO
    discount: Decimal = ZERO
    tax: Decimal = ZERO
    squares: Decimal = ZERO  # Σ total_amount²
    smallest: Decimal | None = None  # of the single totals
    largest: Decimal | None = None
    customer_orders: int = 0
    customer_gross: Decimal = ZERO
    refunds: int = 0
    refund_amount: Decimal = ZERO
    refund_tax: Decimal = ZERO
    customer_refund: Decimal = ZERO
    units_sold: Decimal = UNITS
    units_returned: Decimal = UNITS
    returned_value: Decimal = ZERO
    cogs: Decimal = ZERO  # of the lines sold, less what refunds put back on the shelf

    def __add__(self, other: "SalesFigures") -> "SalesFigures":
        return SalesFigures(
            *(
                _combined(name, mine, theirs)
                for name, mine, theirs in zip(
                    SALES.figures, astuple(self), astuple(other), strict=True
                )
            )
        )

    @property
    def total_revenue(self) -> Decimal:
        """Tax included, net of refunds."""
        return self.gross_total - self.refund_amount

    @property
    def customer_revenue(self) -> Decimal:
        """The revenue of sales with a customer."""
        return self.customer_gross - self.customer_refund

    @property
    def gross_sales(self) -> Decimal:
        """Before discount and tax."""
        return self.subtotal

    @property
    def net_refunds(self) -> Decimal:
        """Refunds without the tax within them."""
        return self.refund_amount - self.refund_tax

    @property
    def net_sales(self) -> Decimal:
        return self.subtotal - self.discount - self.net_refunds

    @property
    def tax_collected(self) -> Decimal:
        return self.tax - self.refund_tax

    @property
    def gross_profit(self) -> Decimal:
        return self.net_sales - self.cogs

    @property
    def units(self) -> Decimal:
        """Sold, less returned."""
        return self.units_sold - self.units_returned

    @property
    def product_revenue(self) -> Decimal:
        """Order discounts and tax are not shared out to products."""
        return self.subtotal - self.returned_value

    @property
    def average_order(self) -> Decimal:
        return average(self.total_revenue, self.orders)

    @property
    def deviation(self) -> Decimal:
        """The standard deviation of the single totals, of the whole population."""
        if not self.orders:
            return ZERO
        mean = self.gross_total / self.orders
        variance = self.squares / self.orders - mean * mean
        return money(max(variance, ZERO).sqrt())

    @property
    def happened(self) -> bool:
        """Whether there was a sale or a refund at all."""
        return bool(self.orders or self.refunds)


def sales_figures(how: Cover) -> SalesFigures:
    """The figures of all sales and refunds of the period."""
    return sum(sales_by(how).values(), SalesFigures())


def sales_by(how: Cover, *by: str, seller_id: int | None = None) -> dict[Key, SalesFigures]:
    """The figures by `seller_id`, `method`, or `first_day` (of a cover by day)."""
    if not how.editions:
        return _read(how, by, seller_id)
    found = dict(_frozen(replace(how, live=Days()), by, seller_id))
    if how.live:
        for key, live in _read(Cover(live=how.live), by, seller_id).items():
            found[key] = found[key] + live if key in found else live
    return found


@cached(LRUCache(MOST_REMEMBERED, getsizeof=len), lock=Lock())
def _frozen(how: Cover, by: tuple[str, ...], seller_id: int | None) -> dict[Key, SalesFigures]:
    """Of frozen days alone, which never change under their editions (ADR 0041)."""
    return _read(how, by, seller_id)


def _read(how: Cover, by: tuple[str, ...], seller_id: int | None) -> dict[Key, SalesFigures]:
    where = {} if seller_id is None else {"seller_id": seller_id}
    found = {
        key: _sales_figures(row) for key, row in figures(SALES, how, by=by, where=where).items()
    }
    return {key: each for key, each in found.items() if each.happened}


def net_profit(gross_profit: Decimal, expenses: Decimal) -> Decimal:
    return gross_profit - expenses


def _sales_figures(row: Sequence[Any]) -> SalesFigures:
    return SalesFigures(
        *(_typed(name, value) for name, value in zip(SALES.figures, row, strict=True))
    )


def _typed(name: str, value: Any) -> Any:
    if name in ("orders", "customer_orders", "refunds"):
        return int(value or 0)
    if name in ("smallest", "largest"):
        return None if value is None else exact(value, 2)
    return exact(value, {"squares": 4, "units": 3, "units_returned": 3}.get(name, 2))


def _combined(name: str, mine: Any, theirs: Any) -> Any:
    kind = SALES.figures[name]
    if kind == "SUM":
        return mine + theirs
    known = [each for each in (mine, theirs) if each is not None]
    if not known:
        return None
    return min(known) if kind == "MIN" else max(known)
