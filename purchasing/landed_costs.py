"""What goods cost once they are on the shelf: their line, and its share of discount and freight.

Pure. Shares follow the lines' amounts and are cut as costs are (ADR 2): each is what all lines up
to it come to, rounded, less what the lines before it got. So they add up to the cent. A lot holds a
cost per unit of four decimals, which may miss its share by cents where there are hundreds of units:
that little is a rounding difference (ADR 64).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from inventory.fifo import value
from pos_project.core.money import ZERO, money, total, unit_cost


@dataclass(frozen=True)
class Landed:
    """What one unit of a line costs, and what all of them are worth on the shelf."""

    unit_cost: Decimal
    worth: Decimal


def landed(lines: Sequence[tuple[Decimal, Decimal]], extra: Decimal) -> list[Landed]:
    """`lines` are units and amounts, `extra` is freight less discount: at most all of it off.

    Lines that cost nothing share by their units.
    """
    weights = [amount for _, amount in lines]
    if not any(weights):
        weights = [units for units, _ in lines]
    whole, weight = total(amount for _, amount in lines) + extra, sum(weights, Decimal(0))
    found, given, passed = [], ZERO, Decimal(0)
    for (units, _), own in zip(lines, weights, strict=True):
        passed += own
        share = money(whole * passed / weight) - given
        given += share
        each = unit_cost(share / units)
        found.append(Landed(each, value(units, each)))
    return found
