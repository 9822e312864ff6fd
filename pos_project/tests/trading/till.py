"""The till of the trading shop: chooses among what there is, and works out by hand what must come
of it and whether the shop must refuse it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from catalog.models import Product, TaxRate
from inventory.fifo import InsufficientStock
from inventory.models import InventoryLog
from ledger.payments import Tender, TendersOffered
from pos_project.core.days import today
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.errors import DomainError, Invalid
from pos_project.tests import shop
from pos_project.tests.invariants import balance
from pos_project.tests.trading.sums import Covered, SoldBefore, cents, cover, decimal, in_cents
from pos_project.tests.trading.watched import WatchedShop, rows_of_everything
from purchasing.models import Supplier
from sales.completion import Sold
from sales.models import Customer, Sale
from sales.pricing import Order
from sales.refunds import Returned

R = TypeVar("R")
Refusals = set[type[DomainError]]


METHODS = ("cash", "card", "bkash", "nagad")
Refusals = set[type[DomainError]]


@dataclass
class Kept:
    """A request that was answered under a key."""

    ask: Callable[[RequestKey], Any]
    name: str
    body: str


class Till(WatchedShop):
    """The shop. `goods` are its products, a service among them; the rest is what has happened."""

    def open_shop(self) -> None:
        self.cashier = shop.a_cashier()
        self.goods = [
            shop.a_product("9.99", name="Tea"),
            shop.a_product("3.35", name="Rice"),
            shop.a_product("0.05", name="Match"),
            shop.a_service("4.50"),
        ]
        self.customers = [shop.a_customer(name="Rahim"), shop.a_customer(name="Karim")]
        self.suppliers = [shop.a_supplier(name="Delta"), shop.a_supplier(name="Farmers")]
        self.rate = TaxRate.objects.create(name="VAT", rate=Decimal("12.50"))
        self.sold: list[tuple[Sale, SoldBefore]] = []
        self.held: list[Sale] = []
        self.by_hand: list[InventoryLog] = []
        self.invoices: list[tuple[Supplier, str]] = []
        self.kept: list[Kept] = []
        self.keys = 0
        # Small lots, so that a line often takes from two.
        lots = [
            (product, 5, cost) for product in self.goods[:3] for cost in ("2.35", "2.40", "0.15")
        ]
        shop.buy(*lots, supplier=self.suppliers[0])

    # --- Choosing, and sums by hand ---

    def _try(self, act: Callable[[], R], refusals: Refusals) -> R | None:
        return self.attempt(act, refusals=refusals)

    def _before_now(self) -> None:
        """What a rule itself has just made (a cart on first use) is no effect of what follows."""
        self._before = rows_of_everything()

    def _one_of(self, rows: Sequence[R], which: int) -> R:
        return rows[which % len(rows)]

    def _customer(self, who: int) -> Customer | None:
        return None if who % 3 == 2 else self._one_of(self.customers, who)

    def _day(self, days_ago: int) -> date | None:
        return today() - timedelta(days=days_ago) if days_ago else None

    def _new_name(self) -> str:
        self.keys += 1
        return f"request-{self.keys}"

    def _key(self, name: str, asks: str | None = None) -> RequestKey:
        key = shop.a_key(name, asks=asks or name)
        return RequestKey(key.user_id, name, key.fingerprint, lambda sold: (201, str(sold.sale.pk)))

    def _once(self, ask: Callable[[RequestKey], Sold], refusals: Refusals) -> Sold | None:
        """Ask under a new key, and remember the answer."""
        name = self._new_name()
        sold = self._try(lambda: ask(self._key(name)), refusals)
        if sold:
            self.kept.append(Kept(ask, name, str(sold.sale.pk)))
        return sold

    def _order(
        self,
        lines: list[tuple[int, int, str | None]],
        customer: Customer | None,
        discount: int,
        tax: str | None,
    ) -> tuple[Order, SoldBefore]:
        """The order, and what it comes to by hand."""
        wanted = [(self._one_of(self.goods, which), units, price) for which, units, price in lines]
        subtotal = sum(
            units * in_cents(Decimal(price) if price else product.price)
            for product, units, price in wanted
        )
        if tax == "rate":
            taxed = decimal(max(subtotal - discount, 0)) * self.rate.rate / 100
            tax_cents, fields = cents(taxed), {"tax_rate_id": self.rate.pk}
        else:
            tax_cents, fields = in_cents(Decimal(tax or 0)), {"tax": Decimal(tax or 0)}
        order = Order(
            [
                shop.Line(product.pk, Decimal(units), Decimal(price) if price else None)
                for product, units, price in wanted
            ],
            customer.pk if customer else None,
            discount=decimal(discount),
            **fields,
        )
        return order, SoldBefore({}, subtotal, tax_cents, subtotal + tax_cents - discount)

    def _tenders(
        self, way: str, total: int, ahead: bool
    ) -> tuple[TendersOffered, list[tuple[str, int]]]:
        half = total // 2
        tenders = {
            "exact": [("cash", total)],
            "more": [("cash", total + 500)],
            "part": [("bkash", half)],
            "credit": [],
            "card": [("card", total)],
            "split": [("card", half), ("cash", total - half + 7)],
            "split short": [("nagad", half // 2), ("cash", half // 2)],
            "split too much": [("card", total + 1)],
        }[way]
        tenders = [(method, amount) for method, amount in tenders if amount > 0]
        given = tuple(Tender(method, decimal(amount)) for method, amount in tenders)
        if way.startswith("split"):
            return TendersOffered(given, use_advance=ahead, split=True), tenders
        method = tenders[0][0] if tenders else "due"
        return TendersOffered(given, method, use_advance=ahead), tenders

    def _offered(
        self, way: str, total: int, customer: Customer | None, ahead: bool
    ) -> tuple[TendersOffered, Covered]:
        total = max(total, 0)
        offered, tenders = self._tenders(way, total, ahead)
        advance = 0
        if ahead and customer:
            advance = -in_cents(balance("CUSTOMER_ADVANCES", customer=customer))
        return offered, cover(total, tenders, split=offered.split, advance=advance)

    def _may_not_order(
        self, lines: list[tuple[int, int, str | None]], sums: SoldBefore, discount: int
    ) -> Refusals:
        return {Invalid} if discount > sums.subtotal else set()

    def _may_not_pay(self, covered: Covered, customer: Customer | None, ahead: bool) -> Refusals:
        walks_in = customer is None and (ahead or covered.due > 0)
        return {Invalid} if walks_in or not covered.is_allowed else set()

    def _short(self, lines: list[tuple[int, int, str | None]]) -> Refusals:
        return self._short_of([(self._one_of(self.goods, which), n) for which, n, _ in lines])

    def _short_of(self, wanted: list[tuple[Product, int]]) -> Refusals:
        """The refusal there must be when together they want more of a product than there is."""
        asked: dict[Product, int] = {}
        for product, units in wanted:
            if product.keeps_stock:
                asked[product] = asked.get(product, 0) + units
        is_short = any(units > shop.stock_of(product) for product, units in asked.items())
        return {InsufficientStock} if is_short else set()

    def _claims(
        self, sale: Sale, before: SoldBefore, units: list[int], *, by_product: bool
    ) -> tuple[list[Returned], dict[int, int], Refusals]:
        """What to claim of a sale, which units of which line that is, and why it may not be."""
        if not before.all_left:
            return [], {}, {Invalid}
        if not units:
            return [], before.all_left, set()
        items = list(sale.items.order_by("id"))
        if by_product:
            same = [item.pk for item in items if item.product_id == items[0].product_id]
            claimed, wanted = units[0], {}
            for item_id in same:
                taken = min(claimed, before.left(item_id))
                claimed -= taken
                wanted.update({item_id: taken} if taken else {})
            claims = [Returned(Decimal(units[0]), product_id=items[0].product_id)]
            return claims, wanted, {Invalid} if claimed else set()
        pairs = list(zip(items, units, strict=False))
        claims = [Returned(Decimal(count), sale_item_id=item.pk) for item, count in pairs]
        too_many = any(count > before.left(item.pk) for item, count in pairs)
        return claims, {item.pk: count for item, count in pairs}, {Invalid} if too_many else set()

    def _remember(self, sold: Sold, sums: SoldBefore, covered: Covered) -> None:
        sale = sold.sale
        told = [
            *(sale.subtotal, sale.tax, sale.total_amount, sale.paid_amount, sale.due_amount),
            *(sale.advance_used, sold.change),
        ]
        expected = [
            *(sums.subtotal, sums.tax, sums.total, covered.paid, covered.due),
            *(covered.advance, covered.change),
        ]
        self.check("a_sale_comes_to_its_sums", [in_cents(each) for each in told], expected)
        sums.prices = {
            item.pk: (int(item.quantity), in_cents(item.unit_price))
            for item in sale.items.order_by("id")
        }
        self.sold.append((sale, sums))
