"""What the shop's figures mean, each defined here once; docs/figures.md lists them.

A sale counts on its business day; a refund on its own, with the seller, customer, payment method
and products of its sale. What is paid and due of sales is as it stands today, later payments
included, so it is never summed up in advance: `reports.dashboards.owed`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal
from typing import Any

from pos_project.core.money import ZERO, money
from pos_project.core.percentages import average
from reports.summaries.plan import ReadPlan
from reports.summaries.raw import exact
from reports.summaries.remembered import remembered
from reports.summaries.sale_sums import SALES
from reports.summaries.sums import Key, figures

UNITS = Decimal("0.000")


@dataclass(frozen=True)
class SalesFigures:
    """What some sales and refunds come to; the fields are the figures of `SALES`, in order."""

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


def sales_figures(plan: ReadPlan) -> SalesFigures:
    """The figures of all sales and refunds of the period."""
    return sum(sales_by(plan).values(), SalesFigures())


def sales_by(plan: ReadPlan, *by: str, seller_id: int | None = None) -> dict[Key, SalesFigures]:
    """The figures by `seller_id`, `method`, or `first_day` (of a plan by day)."""
    found = dict(_of_summaries(plan, by, seller_id))
    if plan.live:
        for key, live in _read(ReadPlan(live=plan.live), by, seller_id).items():
            found[key] = found[key] + live if key in found else live
    return found


@remembered(bytes_a_row=2_000)
def _of_summaries(
    plan: ReadPlan, by: tuple[str, ...], seller_id: int | None
) -> Mapping[Key, SalesFigures]:
    return _read(plan, by, seller_id)


def _read(plan: ReadPlan, by: tuple[str, ...], seller_id: int | None) -> dict[Key, SalesFigures]:
    where = {} if seller_id is None else {"seller_id": seller_id}
    found = {
        key: _sales_figures(row) for key, row in figures(SALES, plan, by=by, where=where).items()
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
