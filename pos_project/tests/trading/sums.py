"""The shop's sums once more, in whole cents and fractions, borrowing nothing from the shop's code.

What the laws recompute with the shop's own functions cannot show that those functions are wrong;
this can. Rounding is half up, once (ADR 1).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import floor


def cents(amount: Fraction | Decimal | int) -> int:
    """Whole cents, half a cent going up. For amounts of zero or more."""
    return floor(Fraction(amount) * 100 + Fraction(1, 2))


def in_cents(amount: Decimal) -> int:
    """An amount that is whole cents already."""
    exact = Fraction(amount) * 100
    assert exact.denominator == 1, amount
    return int(exact)


def decimal(amount: int) -> Decimal:
    return Decimal(amount) / 100


def worth(lots: Iterable[tuple[Decimal, Decimal]]) -> int:
    """What lots of (units, unit cost) are worth together, each rounded by itself."""
    return sum(cents(Fraction(units) * Fraction(cost)) for units, cost in lots)


@dataclass(frozen=True)
class Covered:
    """How a total is covered, in cents; `is_allowed` says whether a customer may pay like that."""

    paid: int
    due: int
    change: int
    advance: int
    is_allowed: bool


def cover(total: int, tenders: Sequence[tuple[str, int]], *, split: bool, advance: int) -> Covered:
    """Cover `total` by an advance, then what is no cash, then cash (rulings of the books)."""
    used = min(max(advance, 0), total)
    left = total - used
    tendered = sum(amount for _, amount in tenders)
    no_cash = sum(amount for method, amount in tenders if method != "cash")
    taken = min(tendered, left)
    return Covered(used + taken, left - taken, tendered - taken, used, not split or no_cash <= left)


@dataclass
class SoldBefore:
    """A completed sale as the till remembers it, in cents, and what has come back of it."""

    prices: dict[int, tuple[int, int]]  # by sale line: units, price
    subtotal: int
    tax: int
    total: int
    back: dict[int, int] = field(default_factory=dict)
    refunded: int = 0
    refunded_tax: int = 0

    def left(self, item_id: int) -> int:
        return self.prices[item_id][0] - self.back.get(item_id, 0)

    @property
    def all_left(self) -> dict[int, int]:
        return {item: self.left(item) for item in self.prices if self.left(item)}

    def take_back(self, units: dict[int, int]) -> tuple[int, int]:
        """What those units are worth, and the tax within: each line's share, never above what is
        left; whoever brings the last units gets the rest of both."""
        amount = 0
        all_units = sum(sold for sold, _ in self.prices.values())
        is_last = units == self.all_left
        for item, count in units.items():
            weight = (
                Fraction(count * self.prices[item][1], self.subtotal)
                if self.subtotal
                else Fraction(count, all_units)
            )
            share = cents(weight * self.total / 100)
            amount += min(share, self.total - self.refunded - amount)
            self.back[item] = self.back.get(item, 0) + count
        tax = min(
            cents(Fraction(amount * self.tax, self.total * 100)) if self.total else 0,
            self.tax - self.refunded_tax,
        )
        if is_last:
            amount, tax = self.total - self.refunded, self.tax - self.refunded_tax
        self.refunded += amount
        self.refunded_tax += tax
        return amount, tax
