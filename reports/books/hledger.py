"""The books for hledger: balanced, strictly declared, and asserted at the end.

hledger knows no lots: goods are units at the value they moved at, as our books have it.
"""

from collections.abc import Iterator
from decimal import Decimal

from reports.books.book import Book, Transaction
from reports.books.names import account_names


def hledger(book: Book, *, currency: str) -> Iterator[str]:
    """The file, line by line."""
    names = {code: name.lower() for code, name in account_names(book).items()}
    yield f"; {book.title}"
    yield f"commodity 1,000.00 {currency}".replace(",", "")
    for product_id in sorted({product_id for _, product_id in book.stock}):
        code, name = book.products[product_id]
        yield f'commodity 1000.000 "P{product_id}"  ; {_plain(code)} {_plain(name)}'
    yield from (f"account {name}" for name in names.values())
    yield from (f"account {_shelf(*shelf)}" for shelf in sorted(book.stock))
    for transaction in (book.opening, *book.transactions):
        if transaction.goods or transaction.money:
            yield ""
            yield from _transaction(transaction, names, currency)
    yield ""
    yield f"{book.period.last} * What must be there at the end"
    for code, name in names.items():
        yield f"    {name}  0 {currency} = {book.balances.get(code, Decimal(0)):f} {currency}"
    for shelf, units in sorted(book.stock.items()):
        yield f'    {_shelf(*shelf)}  0 "P{shelf[1]}" = {units:f} "P{shelf[1]}"'


def _transaction(transaction: Transaction, names: dict[str, str], currency: str) -> Iterator[str]:
    party = next((line.party for line in transaction.money if line.party), None)
    told = (party, transaction.event, transaction.reference, transaction.memo)
    yield f"{transaction.day} * {' '.join(_plain(text) for text in told if text)}"
    for goods in transaction.goods:
        cost = f"@@ {abs(goods.value):f} {currency}"
        shelf = _shelf(goods.store_id, goods.product_id)
        yield f'    {shelf}  {goods.units:f} "P{goods.product_id}" {cost}'
    for line in transaction.money:
        yield f"    {names[line.account]}  {line.amount:f} {currency}"


def _shelf(store_id: int, product_id: int) -> str:
    return f"assets:inventory:store{store_id}:p{product_id}"


def _plain(text: str) -> str:
    """Without what would begin a comment, a payee's note or a new line."""
    return " ".join(text.replace(";", ",").replace("|", "/").split())
