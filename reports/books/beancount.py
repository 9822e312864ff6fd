"""The books for Beancount, which does first, in, first out again by itself.

Goods are lots of one account per store and product, booked `FIFO`; what left first in, first out
names no lot. So Beancount takes the oldest, and refuses a sale whose cost is another than ours.
"""

from collections.abc import Iterator
from decimal import Decimal

from pos_project.core.period import ONE_DAY
from reports.books.book import Book, Goods, Transaction
from reports.books.names import ROOTS, account_names, quoted

ROUNDING = "Equity:Rounding-of-lots"


def beancount(book: Book, *, currency: str) -> Iterator[str]:
    """The file, line by line."""
    names = account_names(book)
    first, after = book.period.first, book.period.last + ONE_DAY
    yield f'option "title" {quoted(book.title)}'
    yield f'option "operating_currency" "{currency}"'
    yield from (f'option "name_{root.lower()}" "{root}"' for root in ROOTS.values())
    for code, name in names.items():
        yield f"{first} open {name} {currency}" + f"  ; {code}"
    yield f"{first} open {ROUNDING} {currency}"
    for store_id, product_id in sorted(book.stock):
        yield f'{first} open {_shelf(store_id, product_id)} P{product_id} "FIFO"'
    for product_id in sorted({product_id for _, product_id in book.stock}):
        code, name = book.products[product_id]
        yield f"{first} commodity P{product_id}"
        yield f"  name: {quoted(name)}"
        yield f"  code: {quoted(code)}"
    rounding = Decimal(0)
    for transaction in (book.opening, *book.transactions):
        if transaction.goods or transaction.money:
            yield from _transaction(transaction, names, currency)
            rounding += transaction.rounding
    for code, name in names.items():
        amount = book.balances.get(code, Decimal(0))
        yield f"{after} balance {name}  {amount:f} ~ 0.000 {currency}"
    yield f"{after} balance {ROUNDING}  {rounding:f} ~ 0.000 {currency}"
    for (store_id, product_id), units in sorted(book.stock.items()):
        yield f"{after} balance {_shelf(store_id, product_id)}  {units:f} ~ 0.000 P{product_id}"


def _transaction(transaction: Transaction, names: dict[str, str], currency: str) -> Iterator[str]:
    party = next((line.party for line in transaction.money if line.party), None)
    told = " ".join(filter(None, (transaction.event, transaction.reference, transaction.memo)))
    yield f"{transaction.day} * {quoted(party or '')} {quoted(told)}"
    if transaction.entry_id:
        yield f"  entry: {transaction.entry_id}"
    for goods in transaction.goods:
        yield f"  {_shelf(goods.store_id, goods.product_id)}  {_units(goods, currency)}"
    for line in transaction.money:
        yield f"  {names[line.account]}  {line.amount:f} {currency}"
    if transaction.rounding:
        yield f"  {ROUNDING}  {transaction.rounding:f} {currency}"


def _units(goods: Goods, currency: str) -> str:
    units = f"{goods.units:f} P{goods.product_id}"
    if goods.lot is None:
        return f"{units} {{}}"
    return f'{units} {{{goods.lot.unit_cost:f} {currency}, {goods.lot.day}, "{goods.lot.id}"}}'


def _shelf(store_id: int, product_id: int) -> str:
    return f"Assets:Inventory:Store{store_id}:P{product_id}"
