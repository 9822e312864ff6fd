"""What an order comes to. Pure: dataclasses in, dataclasses out, no query.

Each line is rounded half up to the cent; subtotal is the sum of the rounded lines;
total = subtotal + tax − discount.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from catalog.tax_rates import Rate, rate_that_explains
from pos_project.core.errors import Invalid
from pos_project.core.money import MAX_AMOUNT, ZERO, money, total


class Sellable(Protocol):
    """What pricing needs to know of a product."""

    name: str
    price: Decimal
    keeps_stock: bool


@dataclass(frozen=True)
class Line:
    """What a till asks for. No unit price means the list price."""

    product_id: int
    quantity: Decimal
    unit_price: Decimal | None = None


@dataclass(frozen=True)
class Order:
    """A cart as it comes from a till. `subtotal` and `total_amount` are the till's own sums, to be
    checked; `tax` is an amount, `tax_rate_id` names a rate instead."""

    lines: Sequence[Line]
    customer_id: int | None = None
    discount: Decimal = ZERO
    tax: Decimal = ZERO
    tax_rate_id: int | None = None
    subtotal: Decimal | None = None
    total_amount: Decimal | None = None
    note: str | None = None


@dataclass(frozen=True)
class PricedLine:
    """A line of a sale: name and prices, its own and the list's, as they were at that moment."""

    product_id: int
    product_name: str
    keeps_stock: bool
    quantity: Decimal
    unit_price: Decimal
    subtotal: Decimal
    list_price: Decimal


@dataclass(frozen=True)
class PricedOrder:
    lines: Sequence[PricedLine]
    customer_id: int | None
    subtotal: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal
    note: str | None
    tax_rate: Rate | None = None
    customer_name: str | None = None


def price(
    order: Order,
    products: Mapping[int, Sellable],
    *,
    rate: Rate | None = None,
    rates: Sequence[Rate] = (),
    customer_name: str | None = None,
) -> PricedOrder:
    """Price an order whose products are known. Amounts in shop currency, 2 decimals.

    `rate` is the one that the till named; tax sent as an amount is explained by one of `rates`.

    Raises Invalid for a discount above the subtotal, a sum that differs from the till's, or a
    sale larger than the books hold.
    """
    lines = [_priced(line, products[line.product_id]) for line in order.lines]
    subtotal = total(line.subtotal for line in lines)
    if order.discount > subtotal:
        _refuse("discount", f"More than the subtotal of {subtotal}.")
    tax = order.tax
    if rate is not None:
        tax = rate.of(subtotal - order.discount)
    else:
        rate = rate_that_explains(tax, subtotal - order.discount, rates)
    amount = subtotal + tax - order.discount
    if max(subtotal, amount) > MAX_AMOUNT:
        _refuse("items", f"More than {MAX_AMOUNT} in one sale.")
    if order.subtotal is not None and order.subtotal != subtotal:
        _refuse("subtotal", f"The lines add up to {subtotal}.")
    if order.total_amount is not None and order.total_amount != amount:
        _refuse("total_amount", f"Subtotal, tax and discount give {amount}.")
    return PricedOrder(
        lines,
        order.customer_id,
        subtotal,
        order.discount,
        tax,
        amount,
        order.note,
        rate,
        customer_name,
    )


def _priced(line: Line, product: Sellable) -> PricedLine:
    unit_price = product.price if line.unit_price is None else line.unit_price
    return PricedLine(
        line.product_id,
        product.name,
        product.keeps_stock,
        line.quantity,
        unit_price,
        money(line.quantity * unit_price),
        product.price,
    )


def _refuse(field: str, text: str) -> None:
    raise Invalid(f"{field}: {text}", fields={field: [text]})
