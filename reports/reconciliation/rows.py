"""Reading the tables for an invariant, the same on both databases and in bounded memory.

SQLite keeps decimals as floats, so sums are compared within half of their last digit: what is
stored has 2 to 4 decimals, so a real difference is at least one whole unit of the last.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, models

from pos_project.core.money import money
from reports.reconciliation.invariant import MOST, Derived, Violation
from reports.reconciliation.scope import EVERYTHING, Part


def exact(value: Any, places: int = 3) -> Decimal:
    """A column's value as the decimal that was written; NULL is nothing, so zero."""
    if value is None:
        return Decimal(0)
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places))


def amount(value: Any) -> Decimal:
    """A money column's value, or a sum of them."""
    return money(exact(value, 2))


def rows(sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """Run a SELECT and yield its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))
        while part := cursor.fetchmany(2000):
            yield from part


def rows_of(parts: Iterable[Part], sql: str) -> Iterator[tuple[Any, ...]]:
    """Run a SELECT for each part, whose place in it is marked `PART(t.id)`."""
    for part in parts:
        yield from rows(part.within(sql))


# Given a row's names and the value expected, what the repair would write.
Derives = Callable[..., Derived | None]


def column(name: str) -> Derives:
    """`sales.paid_amount` of the row whose id is the first name should hold what is expected."""
    table, _, its_column = name.partition(".")
    return lambda row_id, *rest: Derived(table, row_id, {its_column: rest[-1]})


def differing(
    sql: str,
    row: str,
    *,
    places: int = 2,
    parts: Iterable[Part] = (EVERYTHING,),
    derives: Derives = lambda *_: None,
) -> Iterator[Violation]:
    """Rows of `sql` whose columns `expected` and `found` (its last two) differ, part by part.

    `row` names the row in words by the columns before them; NULL in either stands for zero.
    """
    shown = (
        f"SELECT * FROM ({sql}) compared"
        f" WHERE ABS(COALESCE(expected, 0) - COALESCE(found, 0)) > {0.4 * 10**-places:.9f}"
        f" ORDER BY 1, 2 LIMIT {MOST}"
    )
    for *names, expected, found in rows_of(parts, shown):
        value = exact(expected, places)
        yield Violation(
            row.format(*names), str(value), str(exact(found, places)), derives(*names, value)
        )


def breaking(
    sql: str,
    row: str,
    *,
    expected: str,
    found: str = "{0}",
    parts: Iterable[Part] = (EVERYTHING,),
) -> Iterator[Violation]:
    """Every row of `sql` breaks the invariant. All three texts may name its columns by position."""
    for columns in rows_of(parts, f"{sql} ORDER BY 1 LIMIT {MOST}"):
        yield Violation(row.format(*columns), expected.format(*columns), found.format(*columns))


def table(model: type[models.Model]) -> str:
    return model._meta.db_table
