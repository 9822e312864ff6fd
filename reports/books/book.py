"""A period of the books as transactions that another program can check, with what they must end at.

A transaction is an entry of the journal. Its line on the inventory account is replaced by the
goods that moved: lots by their cost, in the order of receipt. Where goods moved on another day than
the one their document counts on (entered later, dated back), they are a transaction of their own,
and the account `BETWEEN` stands between the two. It begins and ends at what it must.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from django.db.models import Min, Sum

from accounts.models import Store
from catalog.models import Product
from inventory.fifo import value
from inventory.models import Batch, InventoryLog
from ledger import chart
from ledger.chart_models import LedgerAccount
from ledger.journal_models import JournalEntry, JournalLine
from pos_project.core.days import today
from pos_project.core.money import ZERO, money, total
from pos_project.core.period import ONE_DAY, Period
from reports.books.goods import Document, Lot, Movement, read_lots, read_movements
from reports.books.sub_ledgers import expected_balances

BETWEEN = "BETWEEN"  # no row of the chart


@dataclass(frozen=True)
class Account:
    code: str
    number: str
    name: str
    kind: str  # as `LedgerAccount.Kind`


@dataclass(frozen=True)
class Money:
    """One side of an entry: a debit above zero, a credit below."""

    account: str
    amount: Decimal
    party: str | None = None


@dataclass(frozen=True)
class Goods:
    """Units that came (+) or went (−), worth so much. `lot` None: of the oldest lots."""

    store_id: int
    product_id: int
    units: Decimal
    value: Decimal
    lot: Lot | None


@dataclass
class Transaction:
    """In the order of `place`: the day, then the movement of its goods."""

    place: tuple[date, int, int]
    entry_id: int | None
    event: str
    reference: str | None
    memo: str | None
    money: list[Money] = field(default_factory=list)
    goods: list[Goods] = field(default_factory=list)
    rounding: Decimal = ZERO  # stored values less units × cost, where a cost has parts of a cent

    @property
    def day(self) -> date:
        return self.place[0]


@dataclass
class Book:
    """Everything a writer needs; amounts are debits less credits, exact.

    `opening` and `transactions` are what happened; `balances` and `stock` are what must come of it
    at the end, taken from the journal's sums and the batches themselves.
    """

    shop: str
    period: Period
    accounts: list[Account]
    products: dict[int, tuple[str, str]]  # id → code, name
    opening: Transaction
    transactions: list[Transaction]
    balances: dict[str, Decimal]
    stock: dict[tuple[int, int], Decimal]  # store and product → units

    @property
    def title(self) -> str:
        return f"{self.shop}, {self.period.first} to {self.period.last}"


def beginning() -> date:
    """The first business day of the books; today where there are none."""
    first = JournalEntry.objects.aggregate(day=Min("business_date"))["day"]
    moved = InventoryLog.objects.aggregate(day=Min("business_date"))["day"]
    return min(filter(None, (first, moved)), default=today())


def read_book(period: Period) -> Book:
    """The books of these business days, all stores. Runs inside the caller's snapshot."""
    lots = read_lots()
    opening_goods, moved = _goods(lots, period)
    is_all = not (
        InventoryLog.objects.filter(id__gt=moved[-1].log_id if moved else 0).exists()
        or JournalEntry.objects.filter(business_date__gt=period.last).exists()
    )
    if is_all:  # the batches themselves say what is left, not our replay of it
        for batch_id, remaining in Batch.objects.values_list("id", "remaining"):
            lots[batch_id].units = remaining
    before, within = _sums(last=period.first - ONE_DAY), _sums(last=period.last)
    before.setdefault(chart.INVENTORY, ZERO)
    worth = total(goods.value for goods in opening_goods)
    opening = Transaction((period.first, 0, 0), None, "opening", None, "What was there before")
    opening.goods = opening_goods
    opening.money = [
        Money(BETWEEN, amount - worth) if code == chart.INVENTORY else Money(code, amount)
        for code, amount in before.items()
    ]
    opening.rounding = sum(
        (goods.value - goods.units * goods.lot.unit_cost for goods in opening_goods if goods.lot),
        ZERO,
    )
    balances = within | expected_balances(period.last, is_all=is_all)
    inventory = balances.pop(chart.INVENTORY, ZERO)
    held = total(value(lot.units, lot.unit_cost) for lot in lots.values())
    balances[BETWEEN] = ZERO if is_all else inventory - held
    stock: dict[tuple[int, int], Decimal] = {}
    for lot in lots.values():
        shelf = (lot.store_id, lot.product_id)
        stock[shelf] = stock.get(shelf, ZERO) + lot.units
    return Book(
        ", ".join(Store.objects.order_by("id").values_list("name", flat=True)),
        period,
        _accounts(),
        {
            product_id: (sku or str(product_id), name)
            for product_id, sku, name in Product.objects.values_list("id", "sku", "name")
        },
        opening,
        _transactions(period, moved),
        balances,
        stock,
    )


def _accounts() -> list[Account]:
    chart_accounts = [
        Account(*row)
        for row in LedgerAccount.objects.order_by("number").values_list(
            "code", "number", "name", "kind"
        )
        if row[0] != chart.INVENTORY
    ]
    asset = LedgerAccount.Kind.ASSET
    return [*chart_accounts, Account(BETWEEN, "1299", "Goods entered on another day", asset)]


def _sums(*, last: date) -> dict[str, Decimal]:
    """Debits less credits of each account up to a business day."""
    posted = JournalLine.objects.filter(entry__business_date__lte=last)
    sums = posted.values_list("account_id").annotate(Sum("debit"), Sum("credit")).order_by()
    return {code: money(debits) - money(credits) for code, debits, credits in sums}


def _goods(lots: dict[int, Lot], period: Period) -> tuple[list[Goods], list[Movement]]:
    """What lay on the shelves before the period, and what moved in it; `lots` hold what lies there
    after it."""
    before: list[Goods] | None = None
    moved: list[Movement] = []
    for movement in read_movements(lots):
        if before is None and movement.entered >= period.first:
            before = _on_shelf(lots)
        if movement.entered > period.last:
            break
        if before is not None:
            moved.append(movement)
    return _on_shelf(lots) if before is None else before, moved


def _on_shelf(lots: dict[int, Lot]) -> list[Goods]:
    return [
        Goods(lot.store_id, lot.product_id, lot.units, value(lot.units, lot.unit_cost), lot)
        for lot in lots.values()
        if lot.units
    ]


def _transactions(period: Period, moved: Iterable[Movement]) -> list[Transaction]:
    of_document: dict[Document, list[Movement]] = {}
    for movement in moved:
        of_document.setdefault(movement.document, []).append(movement)
    found = []
    for transaction, document in _entries(period):
        movements = of_document.get(document, ())
        if movements and all(each.entered == transaction.day for each in movements):
            _add_goods(transaction, of_document.pop(document))
        _meet(transaction)
        found.append(transaction)
    for (event, _), movements in of_document.items():
        first = movements[0]
        transaction = Transaction((first.entered, 0, 0), None, event, None, None)
        _add_goods(transaction, movements)
        _meet(transaction)
        found.append(transaction)
    return sorted(found, key=lambda transaction: transaction.place)


def _meet(transaction: Transaction) -> None:
    """What the entry says of the inventory account and its goods do not, on the account between."""
    booked = total(line.amount for line in transaction.money if line.account == chart.INVENTORY)
    transaction.money = [line for line in transaction.money if line.account != chart.INVENTORY]
    elsewhere = booked - total(goods.value for goods in transaction.goods)
    if elsewhere:
        transaction.money.append(Money(BETWEEN, elsewhere))


def _entries(period: Period) -> Iterator[tuple[Transaction, Document]]:
    rows = JournalLine.objects.filter(
        entry__business_date__gte=period.first, entry__business_date__lte=period.last
    )
    entry_fields = ("business_date", "event", "document_id", "reference", "memo")
    lines = rows.order_by("entry_id", "id").values_list(
        "entry_id",
        *(f"entry__{name}" for name in entry_fields),
        *("account_id", "debit", "credit", "customer__name", "supplier__name"),
    )
    for _, of_entry in groupby(lines.iterator(), key=itemgetter(0)):
        transaction: Transaction | None = None
        for entry_id, day, event, document_id, reference, memo, *line in of_entry:
            if transaction is None:
                document = (event, document_id or 0)
                transaction = Transaction((day, 0, entry_id), entry_id, event, reference, memo)
            account, debit, credit, customer, supplier = line
            transaction.money.append(Money(account, debit - credit, customer or supplier))
        assert transaction is not None
        yield transaction, document


def _add_goods(transaction: Transaction, movements: Sequence[Movement]) -> None:
    """Goods of a document into its transaction, which moves to their place in the day."""
    transaction.place = (transaction.day, movements[0].log_id, transaction.entry_id or 0)
    for movement in movements:
        shelf = (movement.store_id, movement.product_id)
        named = [pick for pick in movement.picks if pick.units > 0 or movement.names_lots]
        oldest = [pick for pick in movement.picks if pick not in named]
        transaction.goods += [Goods(*shelf, pick.units, pick.cost, pick.lot) for pick in named]
        if oldest:
            units = sum((pick.units for pick in oldest), Decimal(0))
            cost = total(pick.cost for pick in oldest)
            transaction.goods.append(Goods(*shelf, units, cost, None))
        transaction.rounding += sum(
            (pick.cost - pick.units * pick.lot.unit_cost for pick in movement.picks), ZERO
        )
        if not movement.picks:  # a log row that no document explains: let the judge say so
            transaction.goods.append(Goods(*shelf, movement.units, movement.cost, None))
