"""What one customer or supplier owes or is owed: documents and payments with the balance after
each. The balance is dues less advances."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from ledger.ageing import Aged
from ledger.dues import DueBook
from ledger.party_balances import PartyBalance, standing
from ledger.party_statement import Statement
from pos_project.core.http.endpoints import found
from pos_project.core.period import ONE_DAY, Period
from purchasing.models import Supplier
from purchasing.payables import payables_ageing, supplier_statement
from purchasing.supplier_payments import SUPPLIER_DUES
from reports.documents.document import (
    Column,
    Document,
    Letterhead,
    Row,
    Subject,
    Sum,
    Table,
    amount,
    day,
)
from sales.customer_payments import CUSTOMER_DUES
from sales.models import Customer
from sales.receivables import customer_statement, receivables_ageing


@dataclass(frozen=True)
class Side:
    """Customers, or suppliers: their dues, and what their statements are made of."""

    book: DueBook
    people: QuerySet[Any]
    lines: Callable[..., Statement]
    ageing: Callable[..., list[Aged]]
    title: str
    closing: str  # what the last balance is called


CUSTOMERS = Side(
    CUSTOMER_DUES,
    Customer.objects.all(),
    customer_statement,
    receivables_ageing,
    "Customer statement",
    "Balance to pay",
)
SUPPLIERS = Side(
    SUPPLIER_DUES,
    Supplier.objects.all(),
    supplier_statement,
    payables_ageing,
    "Supplier statement",
    "Balance we owe",
)


@dataclass(frozen=True)
class PartyStatement:
    """Archived people's too; what they stood at before and at the end of the days."""

    side: Side
    party: Any
    period: Period
    opening: PartyBalance
    closing: PartyBalance
    lines: Statement


def party_statement(
    side: Side, party_id: str | int, period: Period, *, store_id: int | None = None
) -> PartyStatement:
    """Raises NotFound, and Invalid for what is no id."""
    party = found(side.people.all(), party_id, side.book.party)

    def balance(until: date) -> PartyBalance:
        standings = standing(side.book, until, store_id=store_id, party_id=party.pk)
        return standings.get(party.pk, PartyBalance())

    return PartyStatement(
        side,
        party,
        period,
        balance(period.first - ONE_DAY),
        balance(period.last),
        side.lines(party.pk, period.first, period.last, store_id=store_id),
    )


def document(
    statement: PartyStatement,
    shop: Letterhead,
    *,
    name: str = "",
    start: int = 0,
    limit: int | None = None,
) -> Document:
    """The statement for the party itself; its lines are read when it is rendered. With `limit`,
    so many of them from position `start` on."""
    side, party, period = statement.side, statement.party, statement.period
    opening, closing = statement.opening, statement.closing
    charges, payments = statement.lines.sides()

    def rows() -> Iterator[Row]:
        carried = statement.lines.carried(opening.balance, start)
        first = [period.first, "Balance before", None, None, None, carried]
        yield Row(first, "total")
        lines = (
            statement.lines.every(carried)
            if limit is None
            else statement.lines.page(carried, start, limit)
        )
        for line in lines:
            kind = line.kind.replace("_", " ").capitalize()
            what = f"{kind}, {line.method}" if line.method else kind
            of_line = Subject(side.book.document, line.document_id)
            yield Row(
                [line.day, what, line.reference, line.charge, line.payment, line.balance],
                about=dict.fromkeys((1, 2, 3, 4), of_line) if line.document_id else {},
            )

    contact = (("Name", party.name), ("Phone", party.phone), ("E-mail", party.email))
    return Document(
        side.title,
        f"No. {party.pk}",
        shop,
        [
            *((label, value) for label, value in contact if value),
            ("Period", f"{day(period.first)} to {day(period.last)}"),
        ],
        [
            Table(
                [
                    Column("Date", "day", 1.2),
                    Column("What", width=2),
                    Column("Reference", width=1.6),
                    Column("Charge", "charge", 1.2),
                    Column("Payment", "charge", 1.2),
                    Column("Balance", "money", 1.3),
                ],
                rows(),
                [
                    Sum("Balance before", opening.balance),
                    Sum("Charges", charges),
                    Sum("Payments and refunds", -payments),
                    Sum(side.closing, closing.balance, is_total=True),
                ],
            )
        ],
        notes=[
            f"The balance is open dues of {amount(closing.dues)}"
            f" less advances of {amount(closing.advances)}."
        ],
        name=name,
    )
