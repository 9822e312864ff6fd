"""How far staff may go below the list's prices, and in paying back (docs/api.md §7). Pure."""

from decimal import Decimal

from accounts.models import Store
from accounts.staff_rules import Breach
from pos_project.core.money import money
from sales.pricing import PricedOrder


def order_breaches(order: PricedOrder, rules: Store | None) -> list[Breach]:
    """What the rules keep staff from selling at; nothing without rules.

    What a customer is given off is the discount and what prices are below the list's together, in
    per cent of the list's prices: else a discount could go by the name of a price.
    """
    if rules is None:
        return []
    breaches = []
    given = order.discount
    for position, line in enumerate(order.lines):
        below = line.list_price - line.unit_price
        if below <= 0:
            continue
        given += money(below * line.quantity)
        if not rules.staff_sell_below_list:
            text = f"{line.product_name}: below the list's price of {line.list_price}."
            breaches.append(Breach(text, f"items[{position}].unit_price"))
    most = rules.staff_max_discount
    if most is None or not given:
        return breaches
    before = given - order.discount + order.subtotal
    if given * 100 > most * before:
        share = money(given * 100 / before)
        text = f"{share} % off, more than the {most.normalize():f} % that staff may give."
        breaches.append(Breach(text, "discount" if order.discount else None))
    return breaches


def refund_breaches(
    rules: Store | None, *, refunded: Decimal, goods_stay_out: bool
) -> list[Breach]:
    """What the rules keep staff from paying back. `refunded` is all that has been refunded of the
    sale with this refund, or one could be cut into small ones; `goods_stay_out` whether goods that
    were taken from stock are not put back."""
    if rules is None:
        return []
    breaches = []
    if goods_stay_out and not rules.staff_refund_without_goods:
        breaches.append(Breach("Staff do not refund without taking the goods back.", "restock"))
    most = rules.staff_max_refund
    if most is not None and refunded > most:
        text = f"{refunded} refunded of this sale, more than the {most} that staff may refund."
        breaches.append(Breach(text))
    return breaches
