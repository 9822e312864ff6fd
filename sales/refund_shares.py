"""What refunded goods are worth: their share of the sale's total, discount and tax included. Pure.

The refund that completes the sale takes whatever is left, so that a sale refunded in any number
of steps gives back its total to the cent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pos_project.core.money import ZERO, money, total


@dataclass(frozen=True)
class SoldLine:
    """A line of the sale and how much of it has come back so far."""

    item_id: int
    quantity: Decimal
    unit_price: Decimal
    refunded: Decimal

    @property
    def left(self) -> Decimal:
        return self.quantity - self.refunded


@dataclass(frozen=True)
class SoldSale:
    """What a sale came to, and what has been refunded of it so far."""

    lines: Sequence[SoldLine]
    subtotal: Decimal
    tax: Decimal
    total: Decimal
    refunded: Decimal
    refunded_tax: Decimal


@dataclass(frozen=True)
class Shares:
    """What a refund is worth: per line (in the order asked), together, and the tax within."""

    amounts: list[Decimal]
    amount: Decimal
    tax: Decimal


def share(sale: SoldSale, wanted: Mapping[int, Decimal]) -> Shares:
    """Value the refund of `wanted` units per line id, in that order; never above what is left."""
    by_id = {line.item_id: line for line in sale.lines}
    open_amount = sale.total - sale.refunded
    amounts: list[Decimal] = []
    for item_id, quantity in wanted.items():
        amount = min(_share(sale, by_id[item_id], quantity), open_amount)
        amounts.append(amount)
        open_amount -= amount
    is_last = all(line.left == wanted.get(line.item_id, Decimal(0)) for line in sale.lines)
    if is_last and amounts:
        amounts[-1] += open_amount
    amount = total(amounts)
    open_tax = sale.tax - sale.refunded_tax
    if is_last:  # the rest of the tax may be more than the rest of the total: cents of rounding
        return Shares(amounts, amount, open_tax)
    tax = money(amount * sale.tax / sale.total) if sale.total else ZERO
    return Shares(amounts, amount, min(tax, open_tax))


def _share(sale: SoldSale, line: SoldLine, quantity: Decimal) -> Decimal:
    if sale.subtotal:
        return money(quantity * line.unit_price * sale.total / sale.subtotal)
    # Goods given away, yet taxed: what there is goes by the number of units.
    return money(sale.total * quantity / sum(each.quantity for each in sale.lines))
