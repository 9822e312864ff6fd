"""The figures of docs/figures.md in plain Python over every row: the tests' own second opinion."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ledger.models import Expense
from sales.models import Refund, RefundItem, Sale, SaleCogs, SaleItem

ZERO = Decimal(0)


def rounded(value: Decimal) -> Decimal:
    return Decimal(value).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def share(part: Decimal | int, whole: Decimal | int) -> str:
    return f"{rounded(Decimal(part) * 100 / whole) if whole else Decimal('0.00'):.2f}"


def over(part: Decimal | int, whole: Decimal | int) -> Decimal:
    return rounded(Decimal(part) / whole) if whole else ZERO


@dataclass
class Recount:
    """Some sales, refunds and their lines, all loaded."""

    sales: list[Sale]
    refunds: list[Refund]
    items: dict[int, list[SaleItem]]  # by sale
    returned: dict[int, list[RefundItem]]  # by refund
    costs: dict[int, Decimal]  # by sale line, of what was sold
    restocked: dict[int, Decimal]  # by refund line, below zero

    @classmethod
    def of(cls, first: date, last: date) -> "Recount":
        items, returned = defaultdict(list), defaultdict(list)
        for item in SaleItem.objects.select_related("product"):
            items[item.sale_id].append(item)
        for line in RefundItem.objects.select_related("sale_item"):
            returned[line.refund_id].append(line)
        costs: dict[int, Decimal] = defaultdict(Decimal)
        restocked: dict[int, Decimal] = defaultdict(Decimal)
        for row in SaleCogs.objects.all():
            if row.refund_item_id is None:
                costs[row.sale_item_id] += row.total_cost
            else:
                restocked[row.refund_item_id] += row.total_cost
        return cls(
            [
                sale
                for sale in Sale.objects.all()
                if sale.status == "completed" and first <= sale.business_date <= last
            ],
            [
                refund
                for refund in Refund.objects.select_related("sale")
                if first <= refund.business_date <= last
            ],
            items,
            returned,
            costs,
            restocked,
        )

    def where(self, sold: Callable[[Sale], bool], day: date | None = None) -> "Recount":
        """Only sales like that, and refunds of such sales; of one day, if named."""
        return Recount(
            [s for s in self.sales if sold(s) and (day is None or s.business_date == day)],
            [r for r in self.refunds if sold(r.sale) and (day is None or r.business_date == day)],
            self.items,
            self.returned,
            self.costs,
            self.restocked,
        )

    def days(self) -> list[date]:
        return sorted(
            {s.business_date for s in self.sales} | {r.business_date for r in self.refunds}
        )

    def lines(self) -> list[SaleItem]:
        return [item for sale in self.sales for item in self.items[sale.pk]]

    def back(self) -> list[RefundItem]:
        return [line for refund in self.refunds for line in self.returned[refund.pk]]

    def sum(self, column: str) -> Decimal:
        return total(getattr(sale, column) for sale in self.sales)

    @property
    def gross(self) -> Decimal:
        return self.sum("total_amount")

    @property
    def refunded(self) -> Decimal:
        return total(refund.refund_amount for refund in self.refunds)

    @property
    def refunded_tax(self) -> Decimal:
        return total(refund.tax_amount for refund in self.refunds)

    @property
    def revenue(self) -> Decimal:
        return self.gross - self.refunded

    @property
    def net_sales(self) -> Decimal:
        return self.sum("subtotal") - self.sum("discount") - self.refunded + self.refunded_tax

    @property
    def tax(self) -> Decimal:
        return self.sum("tax") - self.refunded_tax

    @property
    def cogs(self) -> Decimal:
        return total(self.costs[item.pk] for item in self.lines()) + total(
            self.restocked[line.pk] for line in self.back()
        )

    @property
    def units(self) -> int:
        return int(
            total(item.quantity for item in self.lines())
            - total(line.quantity for line in self.back())
        )

    @property
    def customers(self) -> set[int]:
        return {sale.customer_id for sale in self.sales if sale.customer_id is not None}

    @property
    def average(self) -> Decimal:
        return over(self.revenue, len(self.sales))


def total(amounts: Iterable[Any]) -> Decimal:
    return sum(amounts, ZERO)


def expenses_of(first: date, last: date) -> list[Expense]:
    return [each for each in Expense.objects.all() if first <= each.business_date <= last]
