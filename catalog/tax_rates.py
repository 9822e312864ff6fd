"""The shop's tax rates, and which of them a tax amount comes from."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from catalog.models import TaxRate
from pos_project.core.money import money
from pos_project.core.remembered import Remembered


class Rate(NamedTuple):
    """A tax rate as a sale keeps it: `percent` of the discounted subtotal."""

    id: int
    name: str
    percent: Decimal

    def of(self, taxable: Decimal) -> Decimal:
        """The tax on `taxable`, rounded to the cent."""
        return money(taxable * self.percent / 100)


def _read() -> list[Rate]:
    rows = TaxRate.objects.order_by("rate", "id").values_list("id", "name", "rate")
    return [Rate(*row) for row in rows]


# The lowest first.
RATES = Remembered(_read, of=TaxRate)


def rate_that_explains(tax: Decimal, taxable: Decimal, rates: Iterable[Rate]) -> Rate | None:
    """The rate whose tax on `taxable` is `tax` to the cent, the first where several fit. Pure.

    A till may send its tax as an amount; the sale keeps the rate that it came from all the same.
    """
    return next((rate for rate in rates if tax and rate.of(taxable) == tax), None)
