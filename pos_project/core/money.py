"""Money, costs and quantities: exact decimals, rounded half up, never a float.

Money has 2 decimals in the shop's currency, a unit cost 4, a quantity 3 (whole on the wire).
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
MAX_AMOUNT = Decimal("99999999.99")


def money(value: Decimal | int) -> Decimal:
    """Rounded half up to the cent. A float is refused: it has already lost the exact amount."""
    if isinstance(value, float):
        raise TypeError("Money is never a float: pass a Decimal.")
    return Decimal(value).quantize(CENT, rounding=ROUND_HALF_UP)


def amount(cents: int) -> Decimal:
    """Cents as money."""
    return cents * CENT


def divided(whole: int, by: int) -> int:
    """`whole ÷ by`, rounded half up as `money` is; neither is below zero."""
    return (2 * whole + by) // (2 * by)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of amounts that are already rounded; 0.00 when there are none."""
    return sum(amounts, ZERO)


def unit_cost(value: Decimal | int) -> Decimal:
    """A cost per unit, 4 decimals."""
    return Decimal(value).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


def quantity(value: Decimal | int) -> Decimal:
    """Units of a product, 3 decimals: for sums that SQLite made of floats."""
    return Decimal(value).quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)
