"""What customers put on the counter and how they pay. It only decides; no query."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from random import Random

from catalog.tax_rates import Rate
from ledger.payments import CASH, ON_CREDIT, Tender, TendersOffered
from pos_project.core.money import ZERO, money
from pos_project.tools.trade.cast import Cast, PlannedProduct
from sales.pricing import Line, Order, price

WALLETS = ("card", "bkash", "nagad")


@dataclass(frozen=True)
class Basket:
    """An order and what it comes to, tax included."""

    order: Order
    total: Decimal


class Counter:
    """Fills baskets from what is on the shelves, and keeps count of what is left on them.

    `demand` says how unequally products are asked for: 1 all alike, 2 a few most of the time.
    """

    def __init__(self, cast: Cast, chance: Random, *, demand: int = 2) -> None:
        self.shelf: dict[int, int] = {}
        self._demand = demand
        self._by_demand = chance.sample(cast.products, len(cast.products))
        self._products: Mapping[int, PlannedProduct] = {each.id: each for each in cast.all_products}
        self._postage = cast.postage
        self._tax_rates = cast.tax_rates

    def stock(self, product_id: int, units: int) -> None:
        self.shelf[product_id] = self.shelf.get(product_id, 0) + units

    def in_stock(self, chance: Random, *, units: int) -> PlannedProduct | None:
        """A product with so many on the shelf."""
        for _ in range(5):
            place = chance.random() ** self._demand
            product = self._by_demand[int(place * len(self._by_demand))]
            if self.shelf.get(product.id, 0) >= units:
                return product
        return None

    def basket(self, chance: Random, customer_id: int | None) -> Basket | None:
        """A few things in ones to fours, some with a discount, tax or delivery."""
        lines = []
        for _ in range(chance.choice((1, 1, 2, 2, 3, 4, 5))):
            units = chance.choice((1, 1, 1, 2, 2, 3, 4))
            product = self.in_stock(chance, units=units)
            if product:
                self.stock(product.id, -units)
                lines.append(Line(product.id, Decimal(units)))
        if not lines:
            return None
        if self._postage and customer_id and chance.random() < 0.15:
            lines.append(Line(self._postage.id, Decimal(1)))
        tax_rate_id = chance.choice((None, None, *self._tax_rates))
        worth = self._total(Order(lines))
        discount = ZERO
        if chance.random() < 0.15:
            discount = money(worth * chance.choice((5, 10)) / 100)
        order = Order(lines, customer_id, discount=discount, tax_rate_id=tax_rate_id)
        return Basket(order, self._total(order))

    def basket_of(self, product_id: int, units: int, customer_id: int | None) -> Basket:
        """Units of one product that were put aside: the shelf's count is not theirs."""
        order = Order([Line(product_id, Decimal(units))], customer_id)
        return Basket(order, self._total(order))

    def _total(self, order: Order) -> Decimal:
        named = order.tax_rate_id
        rate = Rate(named, "", self._tax_rates[named]) if named else None
        return price(order, self._products, rate=rate).total


def tenders_offered(chance: Random, basket: Basket, *, use_advance: bool) -> TendersOffered:
    """How it is paid. Only customers whom the shop knows may owe something."""
    dice, total = chance.random(), basket.total
    if use_advance:
        return TendersOffered((Tender(CASH, total),), CASH, use_advance=True)
    if basket.order.customer_id and dice < 0.10:
        return TendersOffered(method=ON_CREDIT)
    if basket.order.customer_id and dice < 0.30:
        return TendersOffered((Tender(CASH, money(total * chance.randint(3, 8) / 10)),), CASH)
    if dice < 0.38:
        by_wallet = money(total / 2)
        halves = (Tender(chance.choice(WALLETS), by_wallet), Tender(CASH, total - by_wallet))
        return TendersOffered(halves, split=True)
    if dice < 0.65:
        method = chance.choice(WALLETS)
        return TendersOffered((Tender(method, total),), method)
    notes = Decimal(ceil(total / 10) * 10)  # what people pay with; the rest is change
    return TendersOffered((Tender(CASH, notes),), CASH)
