"""How much of the books a run looks at, and in pieces of what size.

A check names the table it goes through. `Scope.parts` cuts it into pieces that the database
answers for in a moment and in bounded memory, and tells how far it has come. Where a part goes is
marked in its SQL: `PART(s.id)`. With `since`, the pieces hold only what counts on that business day
or later, and what rows of those days touched: an older sale that was paid or refunded since, the
batches of products that moved, the customers who bought.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from typing import Any

from django.db import connection

from pos_project.core.days import day_start

SLICE = 20_000  # ids looked at by one statement
NAMED = 1000  # ids named in one statement
AT_ONCE = 2**62  # for what an index finds at once, wherever it is

# The rows `c` of a table that count on a day or later. A restock is of the day of its refund.
_LATE = {
    **{
        table: (f"{table} c WHERE c.{day} >= {{day}}",)
        for table, day in (
            ("sales", "business_date"),
            ("purchases", "business_date"),
            ("payments", "business_date"),
            ("refunds", "business_date"),
            ("expenses", "business_date"),
            ("journal_entries", "business_date"),
            ("inventory_log", "business_date"),
            ("cash_counts", "business_date"),
            ("stock_counts", "business_date"),
            ("cash_movements", "business_date"),
            ("shifts", "business_date"),
            ("transfers", "business_date"),
            ("due_credits", "business_date"),
            ("customer_dues", "sale_date"),
        )
    },
    **{
        table: (f"{of} d JOIN {table} c ON c.{key} = d.id WHERE d.business_date >= {{day}}",)
        for table, of, key in (
            ("sale_items", "sales", "sale_id"),
            ("refund_items", "refunds", "refund_id"),
            ("purchase_items", "purchases", "purchase_id"),
            ("supplier_dues", "purchases", "purchase_id"),
            ("journal_lines", "journal_entries", "entry_id"),
            ("inventory_log_batches", "inventory_log", "log_id"),
            ("stock_count_lines", "stock_counts", "count_id"),
            ("transfer_lines", "transfers", "transfer_id"),
        )
    },
    **{
        table: (
            f"sales d JOIN sale_items i ON i.sale_id = d.id JOIN {table} c ON c.sale_item_id = i.id"
            " WHERE c.refund_item_id IS NULL AND d.business_date >= {day}",
            f"refunds d JOIN refund_items i ON i.refund_id = d.id"
            f" JOIN {table} c ON c.refund_item_id = i.id WHERE d.business_date >= {{day}}",
        )
        for table in ("sale_item_batches", "sale_cogs")
    },
}
_LATE["transfer_lots"] = (
    "transfers d JOIN transfer_lines i ON i.transfer_id = d.id"
    " JOIN transfer_lots c ON c.line_id = i.id WHERE d.sent_on >= {day}",
)
_LATE["idempotent_requests"] = ("idempotent_requests c WHERE c.created_at >= {moment}",)
# What rows of these days touched, though it is older or has no day of its own.
_TOUCHED = {
    "sales": (
        "SELECT t.sale_id AS id FROM payments t JOIN sales s ON s.id = t.sale_id"
        " WHERE t.business_date >= {day} AND s.business_date < {day}",
        "SELECT t.sale_id FROM refunds t JOIN sales s ON s.id = t.sale_id"
        " WHERE t.business_date >= {day} AND s.business_date < {day}",
        "SELECT t.sale_id FROM due_credits t JOIN sales s ON s.id = t.sale_id"
        " WHERE t.business_date >= {day} AND s.business_date < {day}",
        "SELECT id FROM sales WHERE business_date IS NULL",
    ),
    "purchases": (
        "SELECT t.purchase_id AS id FROM payments t JOIN purchases x ON x.id = t.purchase_id"
        " WHERE t.business_date >= {day} AND x.business_date < {day}",
        "SELECT t.purchase_id FROM due_credits t JOIN purchases x ON x.id = t.purchase_id"
        " WHERE t.business_date >= {day} AND x.business_date < {day}",
        "SELECT t.reverses_id FROM purchases t JOIN purchases x ON x.id = t.reverses_id"
        " WHERE t.business_date >= {day} AND x.business_date < {day}",
        "SELECT t.returns_id FROM purchases t JOIN purchases x ON x.id = t.returns_id"
        " WHERE t.business_date >= {day} AND x.business_date < {day}",
    ),
    "shifts": (
        "SELECT shift_id AS id FROM journal_entries"
        " WHERE shift_id IS NOT NULL AND business_date >= {day}",
        "SELECT id FROM shifts WHERE business_date IS NULL",
    ),
    # Those that are not at their end count on no day yet.
    "transfers": ("SELECT id FROM transfers WHERE business_date IS NULL",),
    "transfer_lines": (
        "SELECT n.id FROM transfer_lines n JOIN transfers t ON t.id = n.transfer_id"
        " WHERE t.business_date IS NULL",
    ),
    "products": ("SELECT product_id AS id FROM inventory_log WHERE business_date >= {day}",),
    "batches": (
        "SELECT b.id FROM batches b JOIN inventory_log l ON l.product_id = b.product_id"
        " WHERE l.business_date >= {day}",
    ),
    "customers": (
        "SELECT customer_id AS id FROM sales WHERE business_date >= {day}",
        "SELECT customer_id FROM payments WHERE business_date >= {day}",
        "SELECT customer_id FROM refunds WHERE business_date >= {day}",
        "SELECT customer_id FROM due_credits WHERE business_date >= {day}",
    ),
    "suppliers": (
        "SELECT supplier_id AS id FROM purchases WHERE business_date >= {day}",
        "SELECT supplier_id FROM payments WHERE business_date >= {day}",
        "SELECT supplier_id FROM due_credits WHERE business_date >= {day}",
    ),
}
_MARK = re.compile(r"\bPART\(([\w.]+)\)")


@dataclass(frozen=True)
class Part:
    """Some rows of a table: a SQL condition, `{0}` being the column that holds their ids."""

    condition: str

    def within(self, sql: str) -> str:
        """`sql` with its marks, such as `PART(s.id)`, replaced by the condition."""
        return _MARK.sub(lambda mark: f"({self.condition.format(mark[1])})", sql)


EVERYTHING = Part("1 = 1")


def named(ids: Sequence[int]) -> Iterator[Part]:
    """Parts that hold the rows with these ids."""
    for start in range(0, len(ids), NAMED):
        yield Part(f"{{0}} IN ({', '.join(map(str, ids[start : start + NAMED]))})")


@dataclass
class Scope:
    """The rows a run looks at. `since` is a business day, None for the whole history.

    `on_part` is told the table and the share of it that has been looked at, 0 to 1. `head` is a
    seal that somebody kept outside the database.
    """

    since: date | None = None
    on_part: Callable[[str, float], None] | None = None
    size: int = SLICE
    head: str | None = None
    _firsts: dict[str, int | None] = field(default_factory=dict, init=False)
    _lasts: dict[str, int] = field(default_factory=dict, init=False)
    _by_hand: list[Part] | None = field(default=None, init=False)

    def parts(self, table: str, *, size: int | None = None) -> Iterator[Part]:
        """Parts that hold every row in question once; those of these days come by their ids."""
        if self.since is None or table not in (_LATE | _TOUCHED):
            for first, last in self.ranges(table, size=size):
                yield Part(f"{{0}} BETWEEN {first} AND {last}")
            return
        if table in _LATE:
            for first, last in self.ranges(table, size=size):
                between = f"BETWEEN {first} AND {last}"
                late = [
                    f"SELECT c.id FROM {self._dated(rows)} AND c.id {between}"
                    for rows in _LATE[table]
                ]
                yield Part(f"{{0}} {between} AND {{0}} IN ({_either(late)})")
        if table in _TOUCHED:
            yield Part(f"{{0}} IN ({_either([self._dated(rows) for rows in _TOUCHED[table]])})")

    def ranges(self, table: str, *, size: int | None = None) -> Iterator[tuple[int, int]]:
        """Ranges of ids, first and last included, that hold every row in question; gaps are left
        out. (A range may hold others, too: `parts` says which.)"""
        if table not in self._firsts:
            self._firsts[table] = self._first(table)
            self._lasts[table] = _value(f"SELECT MAX(id) FROM {table}") or 0
        first, last = self._firsts[table], self._lasts[table]
        start, step = first, size or self.size
        while start is not None and first is not None:
            end = min(start + step - 1, last)
            yield start, end
            self.tell(table, (end - first + 1) / (last - first + 1))
            start = None if end >= last else end + 1
            if start is not None:
                start = _value(f"SELECT MIN(id) FROM {table} WHERE id >= {start}")

    def tell(self, what: str, share: float) -> None:
        """Say how much of something has been looked at."""
        if self.on_part:
            self.on_part(what, share)

    def moved_by_hand(self) -> list[Part]:
        """Parts that hold the log rows in question which no sale, refund or delivery wrote: few
        among millions, so they are found once."""
        if self._by_hand is None:
            found = [
                row_id
                for part in self.parts("inventory_log")
                for row_id in _column(
                    part.within(
                        "SELECT id FROM inventory_log WHERE PART(id) AND (voids_id IS NOT NULL"
                        " OR NOT (kind IN ('sale', 'refund')"
                        " OR (kind = 'purchase' AND change_qty > 0))) ORDER BY id"
                    )
                )
            ]
            self._by_hand = list(named(found))
        return self._by_hand

    def lines_of_sales(self) -> Iterator[Part]:
        """Parts that hold every line of the sales in question, by the line's id."""
        yield from self.parts("sale_items")
        if self.since is not None:
            touched = _either([self._dated(rows) for rows in _TOUCHED["sales"]])
            yield Part(f"{{0}} IN (SELECT id FROM sale_items WHERE sale_id IN ({touched}))")

    def whole(self) -> "Scope":
        """The same without a first day: for what has no business day."""
        return Scope(None, self.on_part, self.size)

    def touched(self, column: str, table: str) -> str:
        """A SQL condition: a column names one of the goods or parties in question."""
        if self.since is None:
            return "1 = 1"
        return f"{column} IN ({_either([self._dated(rows) for rows in _TOUCHED[table]])})"

    def late(self, column: str) -> str:
        """A SQL condition: a business day is one of those in question."""
        return "1 = 1" if self.since is None else f"{column} >= {self._day}"

    @property
    def _day(self) -> str:
        return f"'{self.since}'"

    def _dated(self, sql: str) -> str:
        if "{moment}" in sql:
            assert self.since is not None
            began = day_start(self.since).astimezone(UTC)
            sql = sql.replace("{moment}", f"'{began:%Y-%m-%d %H:%M:%S}'")
        return sql.replace("{day}", self._day)

    def _first(self, table: str) -> int | None:
        """The id of the first row in question."""
        sources: Sequence[str] = (f"{table} c WHERE 1 = 1",)
        if self.since is not None:
            sources = [self._dated(rows) for rows in _LATE.get(table, sources)]
        found = (_value(f"SELECT MIN(c.id) FROM {rows}") for rows in sources)
        return min((first for first in found if first is not None), default=None)


@dataclass
class Named(Scope):
    """These rows alone. `rows` has, by table, a SQL condition, `{0}` being the column of its ids;
    of a table that is not in it, none."""

    rows: Mapping[str, str] = field(default_factory=dict)

    def parts(self, table: str, *, size: int | None = None) -> Iterator[Part]:
        if table in self.rows:
            yield Part(self.rows[table])

    def whole(self) -> Scope:
        return self

    def touched(self, column: str, table: str) -> str:
        return self.rows.get(table, "1 = 0").format(column)


def is_dated(table: str) -> bool:
    """Whether the rows of a table count on some business day: the books, not master data."""
    return table in _LATE


def _either(selects: Sequence[str]) -> str:
    if len(selects) == 1:
        return selects[0]
    # (MySQL runs a bare UNION in IN anew for every row.)
    return f"SELECT id FROM ({' UNION '.join(selects)}) either"


def _column(sql: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row_id for (row_id,) in cursor.fetchall()]


def _value(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]
