"""What was spent on running the shop in a period, by category. Live: expenses are few."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, F, Max, Q, Sum
from django.db.models.functions import Coalesce

from ledger.models import Expense
from pos_project.core.db.store_rows import reported
from pos_project.core.db.unique_keys import key_of
from pos_project.core.money import ZERO, money, total
from pos_project.core.period import Period

# Input tax is owed back, so it costs nothing.
COST = F("amount") - Coalesce("tax", ZERO)


@dataclass(frozen=True)
class Spent:
    """Expenses of a period. A category is the same however its name is capitalised."""

    count: int = 0  # a reversed one and its reversal count as none
    largest: Decimal = ZERO
    by_category: dict[str, Decimal] = field(default_factory=dict)  # folded name → amount
    names: dict[str, str] = field(default_factory=dict)  # folded name → as first written
    without_category: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return total(self.by_category.values()) + self.without_category

    @property
    def salary(self) -> Decimal:
        return self._of("salary")

    @property
    def utilities(self) -> Decimal:
        return self._of("utilities")

    @property
    def rent(self) -> Decimal:
        return self._of("rent")

    @property
    def other(self) -> Decimal:
        """Everything else, expenses without a category included."""
        return self.total - self.salary - self.utilities - self.rent

    @property
    def categories(self) -> list[str]:
        spent_on = (name for key, name in self.names.items() if self.by_category[key])
        return sorted(spent_on, key=str.casefold)

    @property
    def category_count(self) -> int:
        return len(self.categories)

    def _of(self, category: str) -> Decimal:
        return self.by_category.get(category, ZERO)


def sum_expenses(period: Period) -> Spent:
    """The expenses of the period: one statement, one row per category."""
    count, largest, without = 0, ZERO, ZERO
    amounts: dict[str, Decimal] = {}
    names: dict[str, str] = {}
    rows = Expense.objects.filter(reported(), business_date__range=(period.first, period.last))
    # A reversal counts on its own day: until then the first stands.
    standing = Q(reversed_by=None) | Q(reversed_by__business_date__gt=period.last)
    grouped = rows.order_by("category").values_list("category")
    for category, spendings, reversals, amount, most in grouped.annotate(
        spendings=Count("id", filter=Q(amount__gt=0)),
        reversals=Count("id", filter=Q(amount__lt=0)),
        amount_spent=Sum(COST),
        most=Max(COST, filter=standing),
    ):
        count += spendings - reversals
        largest = max(largest, money(most or ZERO))
        key = key_of(category)
        if key is None:
            without += money(amount)
            continue
        amounts[key] = amounts.get(key, ZERO) + money(amount)
        names.setdefault(key, category)
    return Spent(count, largest, amounts, names, without)
