"""What a retail file comes to: which documents, on which day, in which order. Pure: no query.

A row is sold, counted (a stock correction), returned, or skipped with a reason; never lost.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pos_project.core.db.unique_keys import key_of
from pos_project.core.money import ZERO, money
from pos_project.tools.imports.retail_file import Row

_NO_SALE = "no earlier sale to {} has {} left to return at this price"
COST_SHARE = Decimal("0.60")  # of the price, where the file does not say what the goods cost
# What the data set calls what is sold and not kept: postage, discounts, fees.
SERVICES = frozenset(
    {"POST", "C2", "DOT", "D", "M", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK", "POSTAGE"}
)


@dataclass
class Good:
    """A stock code, as the file shows it first. Services keep no stock."""

    sku: str
    keeps_stock: bool
    name: str = ""
    price: Decimal = ZERO


@dataclass(frozen=True)
class Invoice:
    """A sale of everything on these rows."""

    number: str
    customer: str | None
    rows: Sequence[Row]


@dataclass(frozen=True)
class Correction:
    """Units written off (−) or found (+). `position` is the row's place in its invoice, from 1."""

    row: Row
    position: int


@dataclass(frozen=True)
class Return:
    """Rows of a cancellation that give back units of one sale: (line of the sale from 0, units)."""

    number: str
    of_invoice: str
    rows: Sequence[Row]
    units: Sequence[tuple[int, int]]


Document = Invoice | Correction | Return


@dataclass(frozen=True)
class Skip:
    row: Row
    reason: str


@dataclass(frozen=True)
class Day:
    """One day's documents in file order, and what the goods cost that it takes off the shelves."""

    date: date
    documents: Sequence[Document]
    costs: Mapping[str, Decimal]  # code key → cost per unit, 2 decimals


@dataclass(frozen=True)
class Plan:
    days: Sequence[Day]
    goods: Mapping[str, Good]  # by code key
    customers: Mapping[str, str]  # their number → country
    skipped: Sequence[Skip]
    row_count: int


class ServicesInDoubt(Exception):
    """The file has codes without a digit that may be goods; the message names some of them."""


def plan(rows: Sequence[Row], *, services: Collection[str] | None = None) -> Plan:
    """Turn the rows into documents. Days in calendar order, documents in file order.

    `services` are the codes that keep no stock; without it they are told by their looks, and
    ServicesInDoubt is raised where most codes of the file look so.
    """
    goods = _goods(rows, services)
    invoices: dict[str, list[Row]] = {}
    for row in rows:
        invoices.setdefault(row.invoice, []).append(row)
    sorting = _Sorting(goods)
    documents: dict[date, list[Document]] = {}
    for number, lines in sorted(invoices.items(), key=lambda item: item[1][0].day):
        documents.setdefault(lines[0].day, []).extend(sorting.documents(number, lines))
    days = [Day(day, of_day, _costs(of_day, goods)) for day, of_day in documents.items() if of_day]
    return Plan(
        days,
        goods,
        {row.customer: row.country for row in reversed(rows) if row.customer},
        sorted(sorting.skipped, key=lambda skip: skip.row.number),
        len(rows),
    )


def code_key(row: Row) -> str:
    """Codes compare without case."""
    key = key_of(row.code)
    assert key is not None, row
    return key


def _looks_like_a_service(code: str) -> bool:
    """Postage, carriage, discounts, bank charges: sold, but not kept on a shelf."""
    return code.upper() in SERVICES or not any(character.isdigit() for character in code)


def _services(rows: Sequence[Row]) -> set[str]:
    """The keys of codes that look like services. Raises ServicesInDoubt."""
    codes = {code_key(row): row.code for row in rows}
    found = {key for key, code in codes.items() if _looks_like_a_service(code)}
    unknown = sorted(codes[key] for key in found if codes[key].upper() not in SERVICES)
    if 2 * len(unknown) > len(codes):
        some = ", ".join(unknown[:5]) + (" …" if len(unknown) > 5 else "")
        raise ServicesInDoubt(
            f"{len(unknown)} of {len(codes)} codes have no digit ({some}) and would be services,"
            " which keep no stock. Say which are: --services POST,DISCOUNT, or --services none."
        )
    return found


def _goods(rows: Sequence[Row], services: Collection[str] | None) -> dict[str, Good]:
    kept_no_stock = _services(rows) if services is None else {key_of(code) for code in services}
    goods: dict[str, Good] = {}
    for row in rows:
        key = code_key(row)
        good = goods.setdefault(key, Good(row.code, key not in kept_no_stock))
        if row.price > 0 and not good.price:
            good.price = money(row.price)
        # Rows without a price carry the staff's notes ("damages", "?") where a name should be.
        if row.price > 0 and not good.name and any(map(str.isalpha, row.description)):
            good.name = row.description
    for good in goods.values():
        good.name = good.name or good.sku
    return goods


def needs(documents: Sequence[Document]) -> dict[str, int]:
    """What documents take off the shelves: code key → units."""
    wanted: dict[str, int] = {}
    for row in _taking(documents):
        wanted[code_key(row)] = wanted.get(code_key(row), 0) + abs(row.quantity)
    return wanted


def _costs(documents: Sequence[Document], goods: Mapping[str, Good]) -> dict[str, Decimal]:
    """What a unit of each code costs that day: as the file says, or a share of the price."""
    costs: dict[str, Decimal] = {}
    rows = list(_taking(documents))
    for row in rows:
        if row.cost is not None:
            costs.setdefault(code_key(row), row.cost)
    for row in rows:
        if row.price > 0:
            costs.setdefault(code_key(row), money(row.price * COST_SHARE))
    for row in rows:
        key = code_key(row)
        costs.setdefault(key, money(goods[key].price * COST_SHARE))
    return costs


def _taking(documents: Sequence[Document]) -> Iterable[Row]:
    for document in documents:
        if isinstance(document, Invoice):
            yield from document.rows
        elif isinstance(document, Correction) and document.row.quantity < 0:
            yield document.row


@dataclass
class _SoldLine:
    """A line of a sale and how many of its units have not come back."""

    invoice: str
    position: int
    left: int


@dataclass
class _Sorting:
    """Sorts invoices into documents, remembering what has been sold so far."""

    goods: Mapping[str, Good]
    skipped: list[Skip] = field(default_factory=list)
    _sold: dict[tuple[str | None, str, Decimal], list[_SoldLine]] = field(default_factory=dict)

    def documents(self, number: str, rows: Sequence[Row]) -> Sequence[Document]:
        usable = [row for row in rows if self._is_usable(row)]
        if number.startswith("C"):
            return self._returns(number, usable)
        if any(row.price > 0 for row in rows):
            return self._sale(number, usable)
        return self._corrections(rows, usable)

    def _skip(self, row: Row, reason: str) -> None:
        self.skipped.append(Skip(row, reason))

    def _is_usable(self, row: Row) -> bool:
        reason = None
        if row.quantity == 0:
            reason = "no units"
        elif row.price < 0:
            reason = "a price below 0"
        elif row.price != money(row.price):
            reason = "a price with more than 2 decimals"
        if reason:
            self._skip(row, reason)
        return reason is None

    def _sale(self, number: str, rows: Sequence[Row]) -> Sequence[Document]:
        sold = [row for row in rows if row.quantity > 0]
        for row in rows:
            if row.quantity < 0:
                self._skip(row, "units below 0 in an invoice that is no cancellation")
        for position, row in enumerate(sold):
            lines = self._sold.setdefault(_match(row), [])
            lines.append(_SoldLine(number, position, row.quantity))
        return [Invoice(number, sold[0].customer, sold)] if sold else []

    def _corrections(self, rows: Sequence[Row], usable: Sequence[Row]) -> Sequence[Document]:
        corrections = []
        for position, row in enumerate(rows, start=1):
            if row not in usable:
                continue
            if self.goods[code_key(row)].keeps_stock:
                corrections.append(Correction(row, position))
            else:
                self._skip(row, "a service keeps no stock that could be corrected")
        return corrections

    def _returns(self, number: str, rows: Sequence[Row]) -> Sequence[Document]:
        """One return per sale that the rows give back units of."""
        found: dict[str, tuple[list[Row], list[tuple[int, int]]]] = {}
        for row in rows:
            if row.quantity > 0:
                self._skip(row, "units above 0 in a cancellation")
                continue
            lines = self._newest_sale_with_enough(row)
            if not lines:
                self._skip(row, _NO_SALE.format(row.customer or "a walk-in", -row.quantity))
                continue
            of_rows, units = found.setdefault(lines[0].invoice, ([], []))
            of_rows.append(row)
            units += _taken_back(lines, -row.quantity)
        return [Return(number, invoice, *parts) for invoice, parts in found.items()]

    def _newest_sale_with_enough(self, row: Row) -> list[_SoldLine]:
        by_invoice: dict[str, list[_SoldLine]] = {}
        for line in self._sold.get(_match(row), ()):
            by_invoice.setdefault(line.invoice, []).append(line)
        for lines in reversed(by_invoice.values()):
            if sum(line.left for line in lines) >= -row.quantity:
                return lines
        return []


def _match(row: Row) -> tuple[str | None, str, Decimal]:
    return row.customer, code_key(row), row.price


def _taken_back(lines: Sequence[_SoldLine], units: int) -> list[tuple[int, int]]:
    taken = []
    for line in lines:
        back = min(line.left, units)
        if back:
            line.left -= back
            units -= back
            taken.append((line.position, back))
    return taken
