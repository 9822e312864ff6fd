"""A small shop that trades at random: every use case, in any order, honest and foolish tills alike.

Each event works out by hand whether the shop must agree and what must come of it. After each step
every law holds (`watched.py`). Events choose among what there is by small numbers, so that a trade
can be told again, and made shorter, whatever ids the database gives.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import rule

from inventory import adjustments, products
from inventory.models import InventoryLog
from ledger import parties
from ledger.expenses import Spending, record_expense
from pos_project.core.db import transactions
from pos_project.core.db.idempotency import KeyReused, Replayed, RequestKey
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.core.images.pictures import PictureChange
from pos_project.tests import shop
from pos_project.tests.invariants import balance
from pos_project.tests.trading.sums import SoldBefore, cover, decimal, in_cents
from pos_project.tests.trading.till import METHODS, Kept, Refusals, Till
from pos_project.tests.trading.watched import event, one_of_the_events
from purchasing.models import SupplierDue
from sales import carts, holds
from sales.completion import Sold
from sales.customer_payments import CUSTOMER_DUES
from sales.models import Cart, CustomerDue, Sale
from sales.pricing import Order

WHICH = st.integers(0, 7)
UNITS = st.integers(1, 4)
# Prices that the list price may give way to; costs whose lots are worth fractions of a cent.
PRICES = st.sampled_from([None, None, None, "0.00", "0.01", "3.35", "19.99"])
COSTS = st.sampled_from(["0.01", "1.10", "2.35", "8.50"])
FINE_COSTS = st.sampled_from([None, "0.0050", "0.3333", "1.0050", "2.4950"])
LINES = st.lists(st.tuples(WHICH, UNITS, PRICES), min_size=1, max_size=3)
# How a till is paid: exactly, too much, in part, not at all, by one method or several.
WAYS = st.sampled_from(
    (
        *("exact", "exact", "more", "more", "part", "part", "credit", "credit", "card"),
        *("split", "split short", "split too much"),
    )
)
# In cents; the last is more than there is.
DISCOUNTS = st.sampled_from([0, 0, 0, 0, 1, 1, 333, 10**6])
TAXES = st.sampled_from([None, None, "0.05", "1.01", "rate"])
DAYS_AGO = st.sampled_from([0, 0, 0, 1, 5])


class Died(BaseException):
    """The server was killed."""


class TradingShop(Till):
    """The shop, and everything that may happen in it."""

    # --- Selling ---

    @event(
        8,
        lines=LINES,
        who=WHICH,
        way=WAYS,
        ahead=st.booleans(),
        discount=DISCOUNTS,
        tax=TAXES,
        days_ago=DAYS_AGO,
        keyed=st.booleans(),
    )
    def sell(
        self,
        lines: list[tuple[int, int, str | None]],
        who: int,
        way: str,
        ahead: bool,
        discount: int,
        tax: str | None,
        days_ago: int,
        keyed: bool,
    ) -> None:
        customer = self._customer(who)
        order, sums = self._order(lines, customer, discount, tax)
        offered, covered = self._offered(way, sums.total, customer, ahead)
        at = timezone.now() - timedelta(days=days_ago) if days_ago else None

        def ask(key: RequestKey | None) -> Sold:
            return shop.checkout.sell(order, offered, by=self.cashier, at=at, key=key)

        refusals = self._may_not_order(lines, sums, discount)
        if not refusals:
            refusals = self._may_not_pay(covered, customer, ahead) | self._short(lines)
        sold = self._once(ask, refusals) if keyed else self._try(lambda: ask(None), refusals)
        if sold:
            self._remember(sold, sums, covered)

    @event(3, lines=LINES, who=WHICH, discount=DISCOUNTS, tax=TAXES)
    def hold(
        self, lines: list[tuple[int, int, str | None]], who: int, discount: int, tax: str | None
    ) -> None:
        order, sums = self._order(lines, self._customer(who), discount, tax)
        refusals = self._may_not_order(lines, sums, discount) or self._short(lines)
        held = self._try(lambda: holds.hold(order, by=self.cashier), refusals)
        if held:
            self.check("a_sale_comes_to_its_sums", in_cents(held.total_amount), sums.total)
            self.held.append(held)

    @event(3, which=WHICH, way=WAYS, ahead=st.booleans())
    def complete(self, which: int, way: str, ahead: bool) -> None:
        if not self.held:
            return
        held = self._one_of(self.held, which)
        held.refresh_from_db()
        items = list(held.items.select_related("product").order_by("id"))
        customer = held.customer
        total = in_cents(held.total_amount)
        offered, covered = self._offered(way, total, customer, ahead)
        refusals: Refusals = set()
        if held.status != Sale.Status.PENDING:
            refusals = {Invalid}
        else:
            wanted = [(item.product, int(item.quantity)) for item in items]
            refusals = self._may_not_pay(covered, customer, ahead) | self._short_of(wanted)
            if covered.due and customer and customer.archived_at:
                refusals |= {Invalid}  # nobody could ever pay that
        sold = self._try(lambda: holds.complete(held.pk, offered, by=self.cashier), refusals)
        if sold:
            sums = SoldBefore({}, in_cents(held.subtotal), in_cents(held.tax), total)
            self._remember(sold, sums, covered)

    @event(1, which=WHICH)
    def cancel(self, which: int) -> None:
        if not self.held:
            return
        held = self._one_of(self.held, which)
        held.refresh_from_db()
        is_pending = held.status == Sale.Status.PENDING
        self._try(lambda: holds.cancel(held.pk), set() if is_pending else {Invalid})

    @event(
        6,
        which=WHICH,
        units=st.lists(UNITS, max_size=3),
        restock=st.booleans(),
        method=st.sampled_from(METHODS),
        by_product=st.booleans(),
    )
    def refund(
        self, which: int, units: list[int], restock: bool, method: str, by_product: bool
    ) -> None:
        """Take back everything that is left, or so many units of the first lines, or of the first
        line's product wherever it stands in the sale."""
        if not self.sold:
            return
        sale, before = self._one_of(self.sold, which)
        claims, wanted, refusals = self._claims(sale, before, units, by_product=by_product)
        due = in_cents(Sale.objects.get(pk=sale.pk).due_amount)
        refund = self._try(
            lambda: shop.take_back(sale, *claims, restock=restock, method=method), refusals
        )
        if refund:
            amount, tax = before.take_back(wanted)
            told = [refund.refund_amount, refund.tax_amount, refund.due_reduced, refund.paid_out]
            out = [amount, tax, min(due, amount), amount - min(due, amount)]
            self.check("a_refund_is_worth_its_share", [in_cents(each) for each in told], out)

    @event(2, which=WHICH, units=UNITS, price=PRICES)
    def put_into_cart(self, which: int, units: int, price: str | None) -> None:
        product = self._one_of(self.goods, which)
        held = carts.open_cart(self.cashier).items.filter(product=product)
        there = int(held.aggregate(units=Sum("quantity"))["units"] or 0)
        self._before_now()
        refusals = self._short_of([(product, there + units)])
        unit_price = Decimal(price) if price else None
        self._try(lambda: carts.add(self.cashier, product.pk, Decimal(units), unit_price), refusals)

    @event(2, who=WHICH, way=WAYS, ahead=st.booleans(), keyed=st.booleans())
    def check_out_cart(self, who: int, way: str, ahead: bool, keyed: bool) -> None:
        customer = self._customer(who)
        cart = Cart.objects.filter(open_for=self.cashier).first()
        items = list(carts.items_of(cart)) if cart else []
        prices = [(item.product, int(item.quantity), in_cents(item.unit_price)) for item in items]
        total = sum(units * price for _, units, price in prices)
        offered, covered = self._offered(way, total, customer, ahead)
        order = Order([], customer.pk if customer else None)
        refusals: Refusals = set() if items else {Invalid}
        if items:
            refusals = self._may_not_pay(covered, customer, ahead) | self._short_of(
                [(product, units) for product, units, _ in prices]
            )

        def ask(key: RequestKey | None) -> Sold:
            return carts.check_out(order, offered, by=self.cashier, key=key)

        sold = self._once(ask, refusals) if keyed else self._try(lambda: ask(None), refusals)
        if sold:
            self._remember(sold, SoldBefore({}, total, 0, total), covered)

    # --- Buying ---

    @event(
        5,
        lines=st.lists(st.tuples(WHICH, st.integers(1, 7), COSTS), min_size=1, max_size=3),
        who=WHICH,
        way=WAYS,
        ahead=st.booleans(),
        days_ago=DAYS_AGO,
        invoice=st.booleans(),
    )
    def receive(
        self,
        lines: list[tuple[int, int, str]],
        who: int,
        way: str,
        ahead: bool,
        days_ago: int,
        invoice: bool,
    ) -> None:
        supplier = self._one_of(self.suppliers, who)
        wanted = [(self._one_of(self.goods, which), units, cost) for which, units, cost in lines]
        total = sum(units * in_cents(Decimal(cost)) for _, units, cost in wanted)
        advance = in_cents(balance("SUPPLIER_ADVANCES", supplier=supplier)) if ahead else 0
        offered, tenders = self._tenders(way, total, ahead)
        covered = cover(total, tenders, split=offered.split, advance=advance)
        number = f"PO-{len(lines)}" if invoice else None
        refusals: Refusals = set()
        if not covered.is_allowed or covered.change:
            refusals = {Invalid}
        if any(not product.keeps_stock for product, _, _ in wanted):
            refusals = {Invalid}
        if not refusals and (supplier, number) in self.invoices:
            refusals = {Conflict}
        bought = self._try(
            lambda: shop.buy(
                *wanted, supplier=supplier, offered=offered, on=self._day(days_ago), invoice=number
            ),
            refusals,
        )
        if bought:
            told = [bought.total_amount, bought.paid_amount, bought.due_amount, bought.advance_used]
            expected = [total, covered.paid, covered.due, covered.advance]
            self.check("a_purchase_comes_to_its_sums", [in_cents(each) for each in told], expected)
            if number:
                self.invoices.append((supplier, number))

    @event(
        2, who=WHICH, amount=st.sampled_from([1, 350, 2000, 10**5]), method=st.sampled_from(METHODS)
    )
    def pay_supplier(self, who: int, amount: int, method: str) -> None:
        supplier = self._one_of(self.suppliers, who)
        owed = SupplierDue.objects.filter(supplier=supplier, status="open")
        self._pay(owed, amount, lambda: shop.pay_the(supplier, decimal(amount), method))

    @event(
        3, who=WHICH, amount=st.sampled_from([1, 350, 2000, 10**5]), method=st.sampled_from(METHODS)
    )
    def pay_dues(self, who: int, amount: int, method: str) -> None:
        customer = self._one_of(self.customers, who)
        owed = CustomerDue.objects.filter(customer=customer, status="open")
        self._pay(owed, amount, lambda: shop.pay_dues(customer, decimal(amount), method))

    def _pay(self, open_dues: Any, amount: int, act: Callable[[], Any]) -> None:
        owed = in_cents(sum((due.due_amount for due in open_dues), Decimal(0)))
        paid = self._try(act, set() if owed else {Invalid})
        if paid:
            told = [in_cents(each) for each in (paid.applied, paid.advance, paid.remaining_due)]
            expected = [min(amount, owed), max(amount - owed, 0), max(owed - amount, 0)]
            self.check("a_payment_covers_what_is_owed", told, expected)

    # --- Stock by hand, and money ---

    @event(
        3, which=WHICH, change=st.integers(-5, 5).filter(bool), cost=FINE_COSTS, days_ago=DAYS_AGO
    )
    def adjust(self, which: int, change: int, cost: str | None, days_ago: int) -> None:
        product = self._one_of(self.goods, which)
        adjustment = adjustments.Adjustment(
            product.pk, Decimal(change), "COUNT", unit_cost=Decimal(cost) if cost else None
        )
        at = timezone.now() - timedelta(days=days_ago) if days_ago else None
        refusals: Refusals = set() if product.keeps_stock else {Invalid}
        if change < 0 and not refusals:
            refusals = self._short_of([(product, -change)])
        log = self._try(lambda: adjustments.adjust(adjustment, by=self.cashier, at=at), refusals)
        if log:
            self.by_hand.append(log)

    @event(2, which=WHICH)
    def void(self, which: int) -> None:
        if not self.by_hand:
            return
        entry = self._one_of(self.by_hand, which)
        refusals: Refusals = set()
        if InventoryLog.objects.filter(voids=entry).exists():
            refusals = {NotFound}
        elif entry.change_qty > 0:
            [moved] = entry.batches.select_related("batch")
            if moved.batch.remaining != moved.batch.quantity:
                refusals = {Invalid}
        self._try(lambda: shop.void(entry), refusals)

    @event(1, units=st.integers(0, 6), cost=FINE_COSTS, keeps_stock=st.booleans())
    def new_product(self, units: int, cost: str | None, keeps_stock: bool) -> None:
        if len(self.goods) == 8:
            return
        number = len(self.goods)
        fields = {"name": f"Good {number}", "sku": f"G-{number}", "price": Decimal("1.25")}
        opening = products.Opening(Decimal(units), Decimal(cost or 0)) if units else None
        made = self._try(
            lambda: products.create_product(
                {**fields, "keeps_stock": keeps_stock},
                opening=opening,
                picture=PictureChange(None, False),
                by=self.cashier,
            ),
            {Invalid} if opening and not keeps_stock else set(),
        )
        if made:
            self.goods.append(made)

    @event(
        1,
        amount=st.integers(1, 5000),
        method=st.sampled_from([*METHODS, "due", "gold"]),
        category=st.sampled_from([None, "Rent", "rent", "inventory", "Cost of goods sold"]),
        days_ago=DAYS_AGO,
    )
    def spend(self, amount: int, method: str, category: str | None, days_ago: int) -> None:
        spending = Spending(
            "Something", decimal(amount), category, None, method, self._day(days_ago)
        )
        refusals: Refusals = set() if method in METHODS else {Invalid}
        self._try(lambda: record_expense(spending, by=self.cashier), refusals)

    # --- Requests that come again ---

    @event(2, which=WHICH, is_other=st.booleans())
    def ask_again(self, which: int, is_other: bool) -> None:
        """The same key: the first answer again, or a refusal of another request; no effect."""
        if not self.kept:
            return
        kept = self._one_of(self.kept, which)
        key = self._key(kept.name, asks="something else" if is_other else kept.name)
        self._try(lambda: self._answer(kept, key), {KeyReused} if is_other else set())
        self.nothing_changed("a_key_has_one_effect")

    def _answer(self, kept: Kept, key: RequestKey) -> bool:
        try:
            kept.ask(key)
        except Replayed as again:
            self.check("a_retry_gets_the_first_answer", again.body, kept.body)
            return True
        self.check("a_key_has_one_effect", "another effect", "the first answer")
        return False

    @event(1, way=st.sampled_from(["exact", "credit"]))
    def die_after_commit(self, way: str) -> None:
        """A sale commits and the server is killed; the till asks again, under its key."""
        customer = self.customers[0]
        order, sums = self._order([(3, 1, None)], customer, 0, None)
        offered, covered = self._offered(way, sums.total, customer, False)
        sales = Sale.objects.count()
        name = self._new_name()

        def ask(key: RequestKey) -> Sold:
            return shop.checkout.sell(order, offered, by=self.cashier, key=key)

        with killed_after_commit():
            self._try(lambda: self._until_dead(lambda: ask(self._key(name))), set())
        try:
            ask(self._key(name))
        except Replayed:
            sale = Sale.objects.latest("id")
            self.kept.append(Kept(ask, name, str(sale.pk)))
            self._remember(Sold(sale, decimal(covered.change)), sums, covered)
        self.check("a_key_has_one_effect", Sale.objects.count(), sales + 1)

    def _until_dead(self, act: Callable[[], Any]) -> bool:
        try:
            act()
        except Died:
            return True
        raise AssertionError("nobody died")

    # --- What no till should ask ---

    @event(1, what=st.sampled_from(range(9)), units=UNITS)
    def ask_nonsense(self, what: int, units: int) -> None:
        nobody, by = 10**12, self.cashier
        postage, cash = self.goods[3], shop.cash(10**4)
        sell, line = shop.checkout.sell, shop.Line(postage.pk, Decimal(units))
        stranger = SimpleNamespace(pk=nobody)
        refused, act = [
            (Invalid, lambda: sell(Order([shop.Line(nobody, Decimal(1))]), cash, by=by)),
            (Invalid, lambda: sell(Order([line], nobody), cash, by=by)),
            (Invalid, lambda: sell(Order([line], tax_rate_id=nobody), cash, by=by)),
            (Invalid, lambda: sell(Order([line], total_amount=Decimal("0.07")), cash, by=by)),
            (NotFound, lambda: holds.complete(nobody, cash, by=by)),
            (NotFound, lambda: shop.take_back(stranger)),
            (NotFound, lambda: shop.pay_dues(stranger, 1)),
            (NotFound, lambda: shop.pay_the(stranger, 1)),
            (NotFound, lambda: adjustments.void(nobody, by=by)),
        ][what]
        self._try(act, {refused})

    @event(1, who=WHICH)
    def forget_customer(self, who: int) -> None:
        """A customer who owes nothing and has nothing with us may go; a new one comes."""
        customer = self._one_of(self.customers, who)
        accounts = ("RECEIVABLES", "CUSTOMER_ADVANCES")
        is_open = any(balance(account, customer=customer) for account in accounts)
        self._try(
            lambda: parties.remove(CUSTOMER_DUES, customer.pk, by=self.cashier) or True,
            {Conflict} if is_open else set(),
        )
        if not is_open:
            self.customers[self.customers.index(customer)] = shop.a_customer(name="Newcomer")

    @event(2, days=st.integers(1, 3), hours=st.integers(0, 23))
    def time_passes(self, days: int, hours: int) -> None:
        self.clock.shift(timedelta(days=days, hours=hours))

    @rule(happening=one_of_the_events(locals()))
    def trade(self, happening: tuple[str, dict[str, Any]]) -> None:
        name, arguments = happening
        getattr(self, name)(**arguments)


@contextmanager
def killed_after_commit() -> Iterator[None]:
    """Inside, the server dies as soon as a use case's transaction has committed."""
    real = transactions.transaction

    @contextmanager
    def atomic(**how: Any) -> Iterator[None]:
        with real.atomic(**how):
            yield
        raise Died

    transactions.transaction = SimpleNamespace(atomic=atomic)  # type: ignore[assignment]  # (ours)
    try:
        yield
    finally:
        transactions.transaction = real
