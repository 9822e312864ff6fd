"""The past of the shop that is measured, day by day: deliveries, sales, what comes back, dues.

Decided by the seed alone. Within a day the deliveries come first, then sales, then refunds,
payments of dues, adjustments and expenses.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from ledger import chart
from ledger.payments import CASH, ON_CREDIT
from pos_project.core.days import day_start
from pos_project.tools.bench.event_rows import (
    CENTS,
    Books,
    Document,
    Line,
    PostingContext,
    tender_account,
)
from pos_project.tools.bench.master_data import Cast, Ware
from pos_project.tools.bench.shelf import Lot, Moved, Shelf
from sales.refund_shares import SoldLine, SoldSale, share

METHODS, METHOD_ODDS = (CASH, "card", "bkash", "nagad"), (55, 72, 90, 100)  # cumulative
ACCOUNTS = {method: tender_account(method) for method in METHODS}
LINES, LINE_ODDS = (1, 2, 3, 4, 5, 7), (18, 42, 66, 82, 92, 100)
UNITS, UNIT_ODDS = (1, 2, 3, 6), (62, 87, 96, 100)
UNITS_PER_SALE = 5  # about: what a day's demand is planned with
OPENS, CLOSES = timedelta(hours=9), timedelta(hours=21)
DELIVERY_EVERY = 7  # days, per supplier
EXPENSES = (
    ("Shop rent", "Rent", 90_000, "RENT"),
    ("Wages", "Salary", 150_000, "SALARY"),
    ("Electricity", "Utilities", 20_000, "UTILITIES"),
    ("Cleaning", None, 4_000, chart.OTHER_EXPENSES),
)


@dataclass(slots=True)
class SoldItem:
    """A line of a sale that may come back."""

    id: int
    ware: Ware
    units: int
    price: int
    uses: list[Moved]
    refunded: int = 0


@dataclass(slots=True)
class Sold:
    """A sale that will come back, at least in part."""

    document: Document
    items: list[SoldItem]
    subtotal: int
    tax: int
    total: int
    refunded_tax: int = 0


@dataclass
class Party:
    """What a customer or supplier has open: documents, oldest first, and an advance."""

    open: list[Document] = field(default_factory=list)
    advance: int = 0


class Trade:
    """Trades the days up to today, in order."""

    def __init__(self, cast: Cast, books: Books, chance: Random, *, now: datetime) -> None:
        self.cast, self.books, self.chance, self.now = cast, books, chance, now
        self.shelf = Shelf()
        self.customers: dict[int, Party] = defaultdict(Party)
        self.suppliers: dict[int, Party] = defaultdict(Party)
        # What was owed or has moved since it was written, by document id.
        self.credit_sales: dict[int, Document] = {}
        self.moved_sales: dict[int, Document] = {}
        self.credit_purchases: dict[int, Document] = {}
        self.moved_purchases: dict[int, Document] = {}
        self.cancelled: list[int] = []
        self._wares_of = defaultdict(list)
        for ware in cast.wares:
            self._wares_of[ware.supplier_id].append(ware)
        self._later: dict[date, list[Callable[[], None]]] = defaultdict(list)
        self._day, self._text, self._last = now.date(), "", now.date()
        self._opens = self._closes = self._at = now
        self._sellers = [user.pk for user in cast.sellers]
        self._joined = 0

    def begin(self, day: date, *, last: date) -> None:
        """The day that is traded now. Today ends now, however early it is."""
        start = day_start(day).astimezone(self.now.tzinfo)
        self._day, self._text, self._last = day, day.isoformat(), last
        closes = min(start + CLOSES, self.now)
        self._opens = start + min(OPENS, (closes - start) / 2)
        self._closes = closes
        self._at = self._opens
        while self._joined < len(self.cast.joined) and (
            self.cast.joined[self._joined] <= self._opens
        ):
            self._joined += 1

    def open_shop(self) -> None:
        """Opening stock of all goods, on the first day."""
        context = self._context(self.cast.manager.pk)
        for ware in self.cast.wares:
            if ware.keeps_stock:
                units = self.chance.randint(max(ware.few // 2, 1), ware.few + ware.lot)
                # Some of it was counted from a total, so a unit's cost has four decimals.
                cost = ware.cost * 100 + self.chance.choice((0, 0, 0, 33, 50, 67))
                self._find(ware, units, cost, "opening", chart.OPENING_BALANCE_EQUITY, context)

    def trade(self, sales: int) -> None:
        """Everything that happens on the day that has begun, with so many sales."""
        self._deliveries()
        for moment in self._moments(sales):
            self._at = moment
            self._sell()
        self._hold()
        for event in self._later.pop(self._day, ()):
            event()
        self._adjust()
        self._spend()

    # --- Selling ---

    def _sell(self) -> None:
        chance, books = self.chance, self.books
        context = self._context(chance.choice(self._sellers))
        sale_id = next(books.sales.ids)
        held = chance.random() < 0.02
        number = f"INV-{'P' if held else 'S'}{sale_id:06}"
        customer_id = self._customer()
        items, cost = self._items(sale_id, number, context)
        subtotal = sum(item.units * item.price for item in items)
        discount = subtotal * chance.choice((5, 10)) // 100 if chance.random() < 0.15 else 0
        rate = chance.choices((5, 0, 15), cum_weights=(70, 95, 100))[0]
        tax = ((subtotal - discount) * rate + 50) // 100
        total = subtotal - discount + tax
        advance, tenders, due = self._settle(total, customer_id)
        paid = total - due
        method = max(tenders, key=lambda tender: tender[1])[0] if tenders else ON_CREDIT
        created = context.at
        if held:
            created = str((self._opens + (self._at - self._opens) / 2).replace(tzinfo=None))
        books.sales.rows.append(
            (
                *(sale_id, books.store_id, number, customer_id, context.user_id, "draft"),
                *(CENTS[subtotal], CENTS[discount], CENTS[tax], CENTS[total], CENTS[paid]),
                *(CENTS[due], "0.00", CENTS[advance], method, context.day, created, context.at),
            )
        )
        lines: list[Line] = [
            *((ACCOUNTS[tender], amount, 0, None, None) for tender, amount in tenders),
            (chart.CUSTOMER_ADVANCES, advance, 0, customer_id, None),
            (chart.RECEIVABLES, due, 0, customer_id, None),
            (chart.DISCOUNTS_GIVEN, discount, 0, None, None),
            (chart.SALES, 0, subtotal, None, None),
            (chart.TAX_PAYABLE, 0, tax, None, None),
            (chart.COST_OF_GOODS_SOLD, cost, 0, None, None),
            (chart.INVENTORY, 0, cost, None, None),
        ]
        entry_id = books.post("sale", lines, context, document_id=sale_id, reference=number)
        for tender, amount in tenders:
            books.pay(
                *("payment", "in", tender, amount, entry_id, context),
                reference=number,
                customer_id=customer_id,
                sale_id=sale_id,
            )
        returns = chance.random() < 0.03
        if due or returns:
            due_id = next(books.customer_dues.ids) if due else 0
            sale = Document(sale_id, number, customer_id, context.day, due_id, context, paid, due)
            if due:
                assert customer_id is not None
                self._owe_us(customer_id, sale)
            if returns:
                sold = Sold(sale, items, subtotal, tax, total)
                self._in(int(chance.expovariate(1 / 5)), lambda: self._refund(sold))

    def _items(
        self, sale_id: int, number: str, context: PostingContext
    ) -> tuple[list[SoldItem], int]:
        """The lines of a sale, written with what they took; also what that cost."""
        chance, books, wares = self.chance, self.books, self.cast.wares
        [size] = chance.choices(LINES, cum_weights=LINE_ODDS)
        items: list[SoldItem] = []
        cost = 0
        chosen = chance.choices(wares, cum_weights=self.cast.popularity, k=size)
        for ware in chosen or wares[:1]:
            [units] = chance.choices(UNITS, cum_weights=UNIT_ODDS)
            if ware.keeps_stock:
                units = min(units, self.shelf.units[ware.id])
                if not units:
                    ware, units = wares[0], 1  # sold out: a service instead
            item_id = next(books.items.ids)
            books.items.rows.append(
                (
                    *(item_id, sale_id, ware.id, ware.name, units, CENTS[ware.price]),
                    CENTS[units * ware.price],
                )
            )
            uses: list[Moved] = []
            if ware.keeps_stock:
                uses = self.shelf.take(ware.id, units)
                cost_of_line = books.use(item_id, uses)
                cost += cost_of_line
                books.move("sale", ware.id, -units, -cost_of_line, context, reference=number)
            items.append(SoldItem(item_id, ware, units, ware.price, uses))
        return items, cost

    def _customer(self) -> int | None:
        """Somebody who has joined, the early ones more often; or a walk-in."""
        if self.chance.random() < 0.35 or not self._joined:
            return None
        return self.cast.customer_ids[int(self.chance.random() ** 1.6 * self._joined)]

    def _settle(
        self, total: int, customer_id: int | None
    ) -> tuple[int, list[tuple[str, int]], int]:
        """Advance used, tenders and due; together the total."""
        chance = self.chance
        advance, luck = 0, chance.random()
        if customer_id is not None:
            if customer_id in self.customers:
                party = self.customers[customer_id]
                if party.advance and luck < 0.5:
                    advance = min(party.advance, total)
                    party.advance -= advance
            if luck > 0.93:
                share_now = chance.choice((0, 0, 25, 50))
                paid = (total - advance) * share_now // 100
                tenders = [(self._method(), paid)] if paid else []
                return advance, tenders, total - advance - paid
        rest = total - advance
        if luck < 0.04 and rest > 200:
            by_card = rest * chance.randint(20, 80) // 100
            return advance, [(METHODS[chance.randint(1, 3)], by_card), (CASH, rest - by_card)], 0
        return advance, [(self._method(), rest)] if rest else [], 0

    def _method(self) -> str:
        return self.chance.choices(METHODS, cum_weights=METHOD_ODDS)[0]

    def _hold(self) -> None:
        """Sales that are held, of which only those of the last days still are."""
        for _ in range(2):
            books, context = self.books, self._context(self.chance.choice(self._sellers))
            sale_id, units = next(books.sales.ids), self.chance.randint(1, 3)
            ware = self.cast.wares[self.chance.randrange(len(self.cast.wares))]
            total = CENTS[units * ware.price]
            books.sales.rows.append(
                (
                    *(sale_id, books.store_id, f"INV-P{sale_id:06}", self._customer()),
                    *(context.user_id, "pending", total, "0.00", "0.00", total, "0.00", total),
                    *("0.00", "0.00", None, None, context.at, None),
                )
            )
            books.items.rows.append(
                (
                    *(next(books.items.ids), sale_id, ware.id, ware.name, units),
                    *(CENTS[ware.price], total),
                )
            )
            if (self._last - self._day).days > 5:
                self.cancelled.append(sale_id)

    # --- What comes back ---

    def _refund(self, sold: Sold) -> None:
        chance, books, sale = self.chance, self.books, sold.document
        left = [item for item in sold.items if item.refunded < item.units]
        whole = chance.random() < 0.3
        back = left if whole else [chance.choice(left)]
        wanted = {
            item.id: item.units - item.refunded
            if whole
            else chance.randint(1, item.units - item.refunded)
            for item in back
        }
        amounts, amount, tax = self._shares(sold, wanted)
        due_reduced = min(amount, sale.due)
        paid_out, method = amount - due_reduced, self._method()
        context = self._context(chance.choice(self._sellers))
        refund_id = next(books.refunds.ids)
        books.refunds.rows.append(
            (
                *(refund_id, sale.id, books.store_id, sale.party_id, context.user_id),
                *(CENTS[amount], CENTS[tax], CENTS[paid_out], CENTS[due_reduced], method),
                *("Changed mind", context.day, sale.day, context.at),
            )
        )
        cost = 0
        for item, worth in zip(back, amounts, strict=True):
            units, item_id = wanted[item.id], next(books.refund_items.ids)
            restocked = bool(item.uses) and chance.random() < 0.7
            books.refund_items.rows.append(
                (item_id, refund_id, item.id, units, CENTS[worth], int(restocked))
            )
            item.refunded += units
            if restocked:
                moved = self.shelf.put_back(item.uses, units)
                of_line = books.use(item.id, moved, refund_item_id=item_id)
                cost -= of_line
                books.move("refund", item.ware.id, units, -of_line, context, reference=sale.number)
        returns = amount - tax
        entry_id = books.post(
            "refund",
            [
                (chart.SALES_RETURNS, max(returns, 0), max(-returns, 0), None, None),
                (chart.TAX_PAYABLE, tax, 0, None, None),
                (chart.RECEIVABLES, 0, due_reduced, sale.party_id, None),
                (ACCOUNTS[method], 0, paid_out, None, None),
                (chart.INVENTORY, cost, 0, None, None),
                (chart.COST_OF_GOODS_SOLD, 0, cost, None, None),
            ],
            context,
            document_id=refund_id,
            reference=sale.number,
        )
        if paid_out:
            books.pay(
                *("refund", "out", method, paid_out, entry_id, context),
                reference=sale.number,
                customer_id=sale.party_id,
                sale_id=sale.id,
                refund_id=refund_id,
            )
        sale.refunded += amount
        sale.due -= due_reduced
        sold.refunded_tax += tax
        self.moved_sales[sale.id] = sale
        if not whole and len(left) > 1 and chance.random() < 0.2:
            self._in(3, lambda: self._refund(sold))

    def _shares(self, sold: Sold, wanted: dict[int, int]) -> tuple[list[int], int, int]:
        """What the refund is worth by line, together, and the tax within; in cents."""

        def money(cents: int) -> Decimal:
            return Decimal(cents) / 100

        shares = share(
            SoldSale(
                [
                    SoldLine(
                        item.id, Decimal(item.units), money(item.price), Decimal(item.refunded)
                    )
                    for item in sold.items
                ],
                subtotal=money(sold.subtotal),
                tax=money(sold.tax),
                total=money(sold.total),
                refunded=money(sold.document.refunded),
                refunded_tax=money(sold.refunded_tax),
            ),
            {item_id: Decimal(units) for item_id, units in wanted.items()},
        )
        amounts = [int(amount * 100) for amount in shares.amounts]
        return amounts, int(shares.amount * 100), int(shares.tax * 100)

    # --- Dues ---

    def _owe_us(self, customer_id: int, sale: Document) -> None:
        self.credit_sales[sale.id] = sale
        self.customers[customer_id].open.append(sale)
        if self.chance.random() < 0.95:  # the others are chased in vain
            days = 1 + int(self.chance.expovariate(1 / 20))
            self._in(days, lambda: self._collect(customer_id))

    def _collect(self, customer_id: int) -> None:
        """A customer pays their dues, oldest first; sometimes half, sometimes some ahead."""
        party = self.customers[customer_id]
        party.open = [sale for sale in party.open if sale.due]
        owed = sum(sale.due for sale in party.open)
        if not owed:
            return
        luck = self.chance.random()
        amount = owed // 2 or owed if luck < 0.2 else owed + 2_000 if luck > 0.97 else owed
        if luck < 0.2:
            self._in(15, lambda: self._collect(customer_id))
        applied = self._apply(party, amount, self.moved_sales)
        party.advance += amount - sum(applied.values())
        method, context = self._method(), self._context(self.chance.choice(self._sellers))
        entry_id = self.books.post(
            "customer_payment",
            [
                (ACCOUNTS[method], amount, 0, None, None),
                (chart.RECEIVABLES, 0, sum(applied.values()), customer_id, None),
                (chart.CUSTOMER_ADVANCES, 0, amount - sum(applied.values()), customer_id, None),
            ],
            context,
        )
        for sale, part in applied.items():
            self.books.pay(
                *("due_payment", "in", method, part, entry_id, context),
                reference=sale.number,
                customer_id=customer_id,
                sale_id=sale.id,
            )
        if amount > sum(applied.values()):
            self.books.pay(
                *("advance", "in", method, amount - sum(applied.values()), entry_id, context),
                customer_id=customer_id,
            )

    def _settle_with(self, supplier_id: int) -> None:
        """The shop pays what it owes a supplier, oldest purchase first."""
        party = self.suppliers[supplier_id]
        party.open = [purchase for purchase in party.open if purchase.due]
        owed = sum(purchase.due for purchase in party.open)
        if not owed:
            return
        ahead = 10_000 if self.chance.random() < 0.03 else 0
        applied = self._apply(party, owed, self.moved_purchases)
        party.advance += ahead
        method, context = self.chance.choice(METHODS), self._context(self.cast.manager.pk)
        entry_id = self.books.post(
            "supplier_payment",
            [
                (ACCOUNTS[method], 0, owed + ahead, None, None),
                (chart.PAYABLES, owed, 0, None, supplier_id),
                (chart.SUPPLIER_ADVANCES, ahead, 0, None, supplier_id),
            ],
            context,
        )
        for purchase, part in applied.items():
            self.books.pay(
                *("due_payment", "out", method, part, entry_id, context),
                reference=purchase.number,
                supplier_id=supplier_id,
                purchase_id=purchase.id,
            )
        if ahead:
            self.books.pay(
                *("advance", "out", method, ahead, entry_id, context), supplier_id=supplier_id
            )

    @staticmethod
    def _apply(party: Party, amount: int, moved: dict[int, Document]) -> dict[Document, int]:
        """Share a payment among what is open, oldest first."""
        applied = {}
        for document in party.open:
            part = min(document.due, amount)
            if part:
                document.due -= part
                document.paid += part
                amount -= part
                applied[document] = part
                moved[document.id] = document
        return applied

    # --- Buying ---

    def _deliveries(self) -> None:
        """What runs low of the suppliers whose day it is."""
        for supplier_id in self.cast.supplier_ids:
            if (self._day.toordinal() + supplier_id) % DELIVERY_EVERY == 0:
                short = [
                    ware
                    for ware in self._wares_of[supplier_id]
                    if ware.keeps_stock and self.shelf.units[ware.id] < ware.few
                ]
                for start in range(0, len(short), 30):
                    self._buy(supplier_id, short[start : start + 30])

    def _buy(self, supplier_id: int, wares: list[Ware]) -> None:
        chance, books = self.chance, self.books
        context = self._context(self.cast.manager.pk)
        purchase_id = next(books.purchases.ids)
        number = f"PUR-{purchase_id:06}"
        total = 0
        for ware in wares:
            cost = max(1, ware.cost * chance.randint(95, 106) // 100)  # prices move
            total += ware.lot * cost
            item_id = next(books.purchase_items.ids)
            books.purchase_items.rows.append(
                (
                    *(item_id, purchase_id, ware.id, ware.name, ware.lot),
                    *(CENTS[cost], CENTS[ware.lot * cost]),
                )
            )
            lot = self._lot(ware, ware.lot, cost * 100, "purchase", context)
            lot.purchase_item_id = item_id
            worth = self.shelf.add(lot)
            books.move("purchase", ware.id, ware.lot, worth, context, reference=number)
        party = self.suppliers[supplier_id]
        advance = min(party.advance, total) if chance.random() < 0.5 else 0
        party.advance -= advance
        paid_now = (total - advance) * chance.choice((100, 100, 100, 30, 0)) // 100
        due = total - advance - paid_now
        method = chance.choice(METHODS) if paid_now else ON_CREDIT
        books.purchases.rows.append(
            (
                *(purchase_id, books.store_id, supplier_id, context.user_id, "draft", number),
                *(number.casefold(), context.day, CENTS[total], CENTS[advance + paid_now]),
                *(CENTS[due], CENTS[advance], method, context.day, context.at),
            )
        )
        entry_id = books.post(
            "purchase",
            [
                (chart.INVENTORY, total, 0, None, None),
                (ACCOUNTS.get(method, ""), 0, paid_now, None, None),
                (chart.SUPPLIER_ADVANCES, 0, advance, None, supplier_id),
                (chart.PAYABLES, 0, due, None, supplier_id),
            ],
            context,
            document_id=purchase_id,
            reference=number,
        )
        if paid_now:
            books.pay(
                *("payment", "out", method, paid_now, entry_id, context),
                reference=number,
                supplier_id=supplier_id,
                purchase_id=purchase_id,
            )
        if due:
            due_id = next(books.supplier_dues.ids)
            purchase = Document(
                *(purchase_id, number, supplier_id, context.day, due_id, context),
                *(advance + paid_now, due),
            )
            self.credit_purchases[purchase_id] = purchase
            party.open.append(purchase)
            self._in(chance.randint(20, 60), lambda: self._settle_with(supplier_id))

    # --- By hand ---

    def _adjust(self) -> None:
        """Write-offs, finds, and now and then a mistake that is undone."""
        context = self._context(self.cast.manager.pk)
        for ware in self.chance.choices(self.cast.wares[100:], k=3):
            if self.chance.random() < 0.3:
                units, cost = self.chance.randint(1, 5), ware.cost * 100
                self._find(ware, units, cost, "adjustment", chart.INVENTORY_GAIN, context)
            elif self.shelf.units[ware.id] > 3:
                self._write_off(ware, self.chance.randint(1, 3), context)

    def _find(
        self, ware: Ware, units: int, cost: int, kind: str, against: str, context: PostingContext
    ) -> None:
        """Stock from nowhere: an opening or an increase."""
        lot = self._lot(ware, units, cost, kind, context)
        worth = self.shelf.add(lot)
        log_id = self.books.move(kind, ware.id, units, worth, context)
        self.books.move_by_hand(log_id, [Moved(lot, -units, -worth)])
        lines: list[Line] = [
            (chart.INVENTORY, worth, 0, None, None),
            (against, 0, worth, None, None),
        ]
        self.books.post(kind, lines, context, document_id=log_id)

    def _write_off(self, ware: Ware, units: int, context: PostingContext) -> None:
        taken = self.shelf.take(ware.id, units)
        cost = sum(each.cost for each in taken)
        log_id = self.books.move("adjustment", ware.id, -units, -cost, context)
        self.books.move_by_hand(log_id, taken)
        lines: list[Line] = [
            (chart.INVENTORY_LOSS, cost, 0, None, None),
            (chart.INVENTORY, 0, cost, None, None),
        ]
        self.books.post("adjustment", lines, context, document_id=log_id)
        if self.chance.random() < 0.1:
            self._void(ware, units, log_id, taken, context)

    def _void(
        self, ware: Ware, units: int, log_id: int, taken: list[Moved], context: PostingContext
    ) -> None:
        back = self.shelf.put_back(taken, units)
        cost = -sum(each.cost for each in back)
        void_id = self.books.move("void", ware.id, units, cost, context, voids_id=log_id)
        self.books.move_by_hand(void_id, back)
        lines: list[Line] = [
            (chart.INVENTORY, cost, 0, None, None),
            (chart.INVENTORY_LOSS, 0, cost, None, None),
        ]
        self.books.post("void", lines, context, document_id=void_id)

    def _spend(self) -> None:
        books, context = self.books, self._context(self.cast.manager.pk)
        for title, category, amount, account in self.chance.sample(EXPENSES, 2):
            expense_id, method = next(books.expenses.ids), self._method()
            spent = amount * self.chance.randint(80, 120) // 100
            books.expenses.rows.append(
                (
                    *(expense_id, books.store_id, title, CENTS[spent], category, method),
                    *(context.user_id, context.day, context.at),
                )
            )
            lines: list[Line] = [
                (account, spent, 0, None, None),
                (ACCOUNTS[method], 0, spent, None, None),
            ]
            books.post("expense", lines, context, document_id=expense_id, reference=title)

    # --- Time ---

    def _context(self, user_id: int) -> PostingContext:
        return PostingContext(user_id, self._text, str(self._at.replace(tzinfo=None)))

    def _moments(self, number: int) -> Iterator[datetime]:
        """Moments of the opening hours, in order; the day's rest happens at the last of them."""
        span = (self._closes - self._opens).total_seconds()
        for part in sorted(self.chance.random() for _ in range(number)):
            yield (self._opens + timedelta(seconds=part * span)).replace(microsecond=0)

    def _in(self, days: int, event: Callable[[], None]) -> None:
        self._later[self._day + timedelta(days=days)].append(event)

    def _lot(self, ware: Ware, units: int, cost: int, origin: str, context: PostingContext) -> Lot:
        return Lot(
            next(self.books.batches.ids), ware.id, origin, context.day, cost, units, context.at
        )
