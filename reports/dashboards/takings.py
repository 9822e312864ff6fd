"""What customers paid, by payment method and day: received, less what refunds paid back.

By the day the money changed hands: payments of dues and advances count, sales on credit do not.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ledger.chart_models import PaymentMethod
from ledger.models import Payment
from pos_project.core.money import ZERO, total
from pos_project.core.period import Period
from reports.summaries.plan import plan_reading
from reports.summaries.raw import exact
from reports.summaries.sale_sums import CASH
from reports.summaries.sums import figures


@dataclass(frozen=True)
class Takings:
    """By day and method code. `methods` are those that occur, by name, the largest first."""

    methods: dict[str, str]
    by_day: dict[date, dict[str, Decimal]]

    def of(self, method: str) -> Decimal:
        return total(day.get(method, ZERO) for day in self.by_day.values())

    @property
    def total(self) -> Decimal:
        return total(self.of(method) for method in self.methods)


def takings(period: Period, *, store_id: int | None = None) -> Takings:
    """The takings of each day of the period on which money moved."""
    plan = plan_reading(period, CASH, by_day=True)[CASH.name]
    where: dict[str, Any] = {"payment_party": Payment.Party.CUSTOMER.value}
    if store_id is not None:
        where["store_id"] = store_id
    by_day: dict[date, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    moved = figures(CASH, plan, by=("first_day", "method", "direction"), where=where)
    for (day, method, direction), (_, amount) in sorted(moved.items()):
        signed = exact(amount, 2) * (1 if direction == Payment.Direction.IN else -1)
        by_day[day][method] += signed
        sums[method] += signed
    names = dict(PaymentMethod.objects.values_list("code", "name"))
    ranked = sorted(sums, key=lambda method: (-sums[method], method))
    return Takings({method: names[method] for method in ranked}, by_day)
