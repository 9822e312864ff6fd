"""The statement of one customer or supplier: documents and payments, with a running balance.

The rooms that own the documents describe them as rows of one shape (`COLUMNS`); here they are put
in order, paged and summed up. The balance is what the party owes us, or we owe them: dues less
advances, so that every document counts in full and every payment as it was made.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, DecimalField, F, QuerySet, Value, When
from django.db.models.expressions import Combinable

from ledger.models import DueCredit, Payment
from pos_project.core.money import ZERO, money

# What a row of a statement is made of. `signed` adds to the balance where it is plus; `step` puts
# a document before the payments of the same moment. No model has a column of these names.
COLUMNS = ("day", "at", "step", "row_id", "what", "about_id", "ref", "how", "signed")
ORDER = COLUMNS[:4]
PAYMENT_STEP = 9
AMOUNT = DecimalField(max_digits=14, decimal_places=2)
STREAMED = 2000  # rows read at a time


@dataclass(frozen=True)
class StatementLine:
    """A document or a payment, and the balance after it."""

    day: date
    at: datetime
    kind: str
    document_id: int | None
    reference: str | None
    method: str | None
    amount: Decimal
    balance: Decimal

    @property
    def charge(self) -> Decimal:
        return max(self.amount, ZERO)

    @property
    def payment(self) -> Decimal:
        return max(-self.amount, ZERO)


def named(kind: str) -> Value:
    """The kind of every document of a source."""
    return Value(kind, output_field=CharField())


def rows_of(
    documents: QuerySet[Any],
    *,
    kind: Combinable,
    step: int,
    at: str,
    reference: str,
    document: str,
    amount: Combinable,
) -> QuerySet[Any]:
    """Documents as rows of a statement; `at`, `reference` and `document` name their columns."""
    return _rows(
        documents,
        at=F(at),
        step=Value(step),
        what=kind,
        about_id=F(document),
        ref=F(reference),
        how=named(""),
        signed=amount,
    )


def payments_as_rows(payments: QuerySet[Payment], *, document: str, lowers: str) -> QuerySet[Any]:
    """Payments as rows of a statement: in the direction `lowers` they lower the balance."""
    return _rows(
        payments,
        at=F("created_at"),
        step=Value(PAYMENT_STEP),
        what=F("payment_type"),
        about_id=F(document),
        ref=F("reference_no"),
        how=F("method_id"),
        signed=Case(
            When(direction=lowers, then=-F("amount")), default=F("amount"), output_field=AMOUNT
        ),
    )


def credits_as_rows(credits: QuerySet[DueCredit], *, document: str) -> QuerySet[Any]:
    """What was settled without money as rows of a statement: it lowers the balance."""
    return _rows(
        credits,
        at=F("created_at"),
        step=Value(PAYMENT_STEP),
        what=F("kind"),
        about_id=F(document),
        ref=named(""),
        how=named(""),
        signed=-F("amount"),
    )


def _rows(events: QuerySet[Any], **columns: Any) -> QuerySet[Any]:
    columns = {"day": F("business_date"), "row_id": F("id"), **columns}
    return events.order_by().annotate(**columns).values_list(*COLUMNS)


class Statement:
    """The rows of several sources in one order: by day, moment, documents before payments."""

    def __init__(self, sources: Sequence[QuerySet[Any]]) -> None:
        first, *others = sources
        self._rows = first.union(*others, all=True).order_by(*ORDER)

    def count(self) -> int:
        return self._rows.count()

    def sides(self) -> tuple[Decimal, Decimal]:
        """Σ of what added to the balance, and of what lowered it."""
        plus, minus = self._sums(
            self._rows,
            "SUM(CASE WHEN signed > 0 THEN signed ELSE 0 END),"
            " SUM(CASE WHEN signed < 0 THEN -signed ELSE 0 END)",
        )
        return plus, minus

    def carried(self, opening: Decimal, start: int) -> Decimal:
        """The balance before the row at position `start`."""
        if not start:
            return opening
        [moved] = self._sums(self._rows[:start], "SUM(signed)")
        return opening + moved

    @staticmethod
    def _sums(rows: QuerySet[Any], sums: str) -> list[Decimal]:
        # Django cannot aggregate over a union.
        sql, parameters = rows.query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {sums} FROM ({sql}) listed", parameters)  # noqa: S608  (ours)
            [found] = cursor.fetchall()
        return [money(Decimal(str(each or 0))) for each in found]

    def page(self, carried: Decimal, start: int, limit: int) -> list[StatementLine]:
        """`limit` lines from position `start` on, `carried` being the balance before them."""
        return list(_running(self._rows[start : start + limit], carried))

    def every(self, opening: Decimal) -> Iterator[StatementLine]:
        """All lines, read some thousands at a time."""
        balance, start = opening, 0
        while lines := self.page(balance, start, STREAMED):
            yield from lines
            balance, start = lines[-1].balance, start + len(lines)


def _running(rows: QuerySet[Any], balance: Decimal) -> Iterator[StatementLine]:
    for day, at, _, _, kind, document_id, reference, method, signed in rows:
        amount = money(signed)
        balance += amount
        yield StatementLine(day, at, kind, document_id, reference, method or None, amount, balance)
