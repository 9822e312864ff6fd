"""Changing many prices at once: a rule, what it makes of each price, and doing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from catalog.models import Product
from pos_project.core.db.idempotency import RequestKey, once
from pos_project.core.errors import Invalid
from pos_project.core.money import MAX_AMOUNT, money
from pos_project.core.percentages import percent


class Change(StrEnum):
    """How a price moves: by a share of itself, by an amount, or to an amount."""

    PERCENT = "percent"
    AMOUNT = "amount"
    TO = "to"


@dataclass(frozen=True)
class PriceRule:
    """`by` is percent or shop currency, signed. `step` rounds half up to a multiple (0.05, 1);
    `ending` takes the nearest price that ends so (0.99) instead."""

    change: Change
    by: Decimal
    step: Decimal = Decimal("0.01")
    ending: Decimal | None = None

    def applied(self, price: Decimal) -> Decimal:
        """The new price, never below zero. Pure."""
        moved = {
            Change.PERCENT: price * (100 + self.by) / 100,
            Change.AMOUNT: price + self.by,
            Change.TO: self.by,
        }[self.change]
        if self.ending is not None:
            whole = (moved - self.ending).quantize(Decimal(1), rounding=ROUND_HALF_UP)
            return money(max(whole, Decimal(0)) + self.ending)
        steps = (moved / self.step).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return money(max(steps * self.step, Decimal(0)))


@dataclass(frozen=True)
class NewPrice:
    product: Product
    before: Decimal
    after: Decimal
    cost: Decimal | None = None  # of one unit, the last time; None where it was never bought

    @property
    def change(self) -> Decimal:
        return self.after - self.before

    @property
    def change_percent(self) -> str:
        return percent(self.change, self.before) if self.before else "–"

    @property
    def margin(self) -> str:
        """How much of the new price is left when the goods are paid."""
        if self.cost is None or not self.after:
            return "–"
        return percent(self.after - self.cost, self.after)


def preview(
    products: Sequence[Product], rule: PriceRule, *, costs: Mapping[int, Decimal] | None = None
) -> list[NewPrice]:
    """What the rule would do. Raises Invalid when a price would exceed what the books hold, or
    fall by more than all of it."""
    if rule.change == Change.PERCENT and rule.by < -100:
        raise Invalid("A price falls by 100 percent at most.", fields={"by": ["-100 at least."]})
    costs = costs or {}
    prices = [
        NewPrice(each, each.price, rule.applied(each.price), costs.get(each.pk))
        for each in products
    ]
    if any(each.after > MAX_AMOUNT for each in prices):
        raise Invalid(f"A price would exceed {MAX_AMOUNT}.")
    return prices


def reprice(expected: Sequence[NewPrice], *, key: RequestKey | None = None) -> int:
    """Give the products the prices that were previewed; returns how many changed.

    All or none: raises Invalid, naming the product, when a price has moved since the preview.
    """

    def change() -> int:
        locked = {
            product.pk: product
            for product in Product.objects.listed()
            .select_for_update()
            .filter(pk__in=[each.product.pk for each in expected])
            .order_by("id")
        }
        changed = 0
        for each in expected:
            product = locked.get(each.product.pk)
            if product is None or product.price != each.before:
                raise Invalid(f"{each.product.name} was changed meanwhile. Look again.")
            if product.price != each.after:
                product.price = each.after
                product.save(update_fields=["price", "updated_at"])
                changed += 1
        return changed

    return once(key, change)
