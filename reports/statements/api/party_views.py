"""`/api/ledger/…`: what customers and suppliers owe and are owed, and the stock, as of a day."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet

from ledger.ageing import BUCKETS, Aged
from ledger.party_balances import PartyBalance, standing
from pos_project.core.money import total
from reports.documents.document import Document
from reports.statements import documents, financial_statements, party_statement
from reports.statements.api import serializers as shapes
from reports.statements.api.base import StatementView, statement
from reports.statements.documents import ALL
from reports.statements.party_statement import CUSTOMERS, SUPPLIERS, PartyStatement, Side
from reports.statements.scope import Scope

NAMES_AT_ONCE = 10_000


def names_of(people: QuerySet[Any], ids: Sequence[int]) -> dict[int, str]:
    """Names by id, archived people's too; one statement for each ten thousand."""
    names: dict[int, str] = {}
    for start in range(0, len(ids), NAMES_AT_ONCE):
        some = people.filter(pk__in=ids[start : start + NAMES_AT_ONCE])
        names |= dict(some.values_list("id", "name"))
    return names


# --- The statement of one party ---


class _PartyStatementView(StatementView):
    """Documents and payments of one party with a running balance: dues less advances."""

    side: ClassVar[Side]

    def read(self, scope: Scope, **path: str) -> Any:
        return party_statement.party_statement(
            self.side, path["pk"], scope.period, store_id=scope.store_id
        )

    def wire(self, figures: PartyStatement, scope: Scope) -> dict[str, Any]:
        opening, closing, lines = figures.opening, figures.closing, figures.lines
        start = self.window(lines.count()).start
        carried = lines.carried(opening.balance, start)
        charges, payments = lines.sides()
        return super().wire(
            {
                "party": figures.party,
                "opening": opening.balance,
                "carried": carried,
                "lines": lines.page(carried, start, self.pages.limit),
                "charges": charges,
                "payments": payments,
                "closing": closing.balance,
                "dues": closing.dues,
                "advances": closing.advances,
            },
            scope,
        )

    def document(self, figures: PartyStatement, scope: Scope) -> Document:
        name = f"{self.side.book.party}-{figures.party.pk}-{scope.days}"
        return party_statement.document(figures, scope.shop, name=name)


@statement(shapes.PartyStatementOut, period=True, paged=True)
class CustomerStatementView(_PartyStatementView):
    """Sales, refunds and payments of a customer; the balance is dues less advances."""

    message = "Customer statement"
    side = CUSTOMERS


@statement(shapes.PartyStatementOut, period=True, paged=True)
class SupplierStatementView(_PartyStatementView):
    """Purchases from a supplier and payments; the balance is what we owe less advances."""

    message = "Supplier statement"
    side = SUPPLIERS


# --- Ageing ---


class AgeingView(StatementView):
    """Open dues by age, the largest first."""

    side: ClassVar[Side]
    file_name: ClassVar[str]

    def read(self, scope: Scope, **path: str) -> Any:
        rows = self.side.ageing(scope.day, store_id=scope.store_id)
        return sorted(rows, key=lambda row: (-row.total, row.party_id))

    def wire(self, figures: list[Aged], scope: Scope) -> dict[str, Any]:
        page = figures[self.window(len(figures))]
        columns = tuple(total(row.buckets[at] for row in figures) for at in range(len(BUCKETS)))
        control = financial_statements.balance_of(
            self.side.book.control_account, scope.day, store_id=scope.store_id
        )
        shown = self.shape(
            {"rows": page, "totals": Aged(0, columns), "control_account": abs(control)},
            context={"names": names_of(self.side.people, [row.party_id for row in page])},
        )
        return dict(shown.data)

    def document(self, figures: list[Aged], scope: Scope, shown: slice = ALL) -> Document:
        """With all rows, or those that a page shows."""
        names = names_of(self.side.people, [row.party_id for row in figures[shown]])
        return documents.ageing(
            self.message, self.file_name, figures, names, scope, self.side.book.party, shown
        )


@statement(shapes.AgeingOut, as_of=True, paged=True)
class ReceivablesAgeingView(AgeingView):
    """What customers owed at the end of a day, by the age of their sales."""

    message = "Receivables by age"
    side = CUSTOMERS
    file_name = "receivables-ageing"


@statement(shapes.AgeingOut, as_of=True, paged=True)
class PayablesAgeingView(AgeingView):
    """What the shop owed suppliers at the end of a day, by the date on their documents."""

    message = "Payables by age"
    side = SUPPLIERS
    file_name = "payables-ageing"


# --- Balances as of a day ---


class PartyBalancesView(StatementView):
    """Everybody's dues and advances at the end of a day, the largest balance first."""

    side: ClassVar[Side]
    file_name: ClassVar[str]

    def read(self, scope: Scope, **path: str) -> Any:
        rows = standing(self.side.book, scope.day, store_id=scope.store_id).items()
        return sorted(rows, key=lambda row: (-row[1].balance, row[0]))

    def wire(self, figures: list[tuple[int, PartyBalance]], scope: Scope) -> dict[str, Any]:
        page = figures[self.window(len(figures))]
        names = names_of(self.side.people, [party for party, _ in page])
        rows = [
            {
                "party_id": party,
                "name": names[party],
                "dues": at.dues,
                "advances": at.advances,
                "balance": at.balance,
            }
            for party, at in page
        ]
        return super().wire({"rows": rows, "totals": documents.sum_of(figures)}, scope)

    def document(
        self, figures: list[tuple[int, PartyBalance]], scope: Scope, shown: slice = ALL
    ) -> Document:
        """With all rows, or those that a page shows."""
        names = names_of(self.side.people, [party for party, _ in figures[shown]])
        return documents.party_balances(
            self.message, self.file_name, figures, names, scope, self.side.book.party, shown
        )


@statement(shapes.PartyBalancesOut, as_of=True, paged=True)
class ReceivablesView(PartyBalancesView):
    """What each customer owed, and their advances, at the end of a day."""

    message = "Receivables"
    side = CUSTOMERS
    file_name = "receivables"


@statement(shapes.PartyBalancesOut, as_of=True, paged=True)
class PayablesView(PartyBalancesView):
    """What the shop owed each supplier, and its advances, at the end of a day."""

    message = "Payables"
    side = SUPPLIERS
    file_name = "payables"


@statement(shapes.StockOut, as_of=True, paged=True)
class StockView(StatementView):
    """Units and value of each product at the end of a day, from the movements alone."""

    message = "Stock"
    figures, printed = financial_statements.stock, documents.stock

    def wire(self, figures: financial_statements.Stock, scope: Scope) -> dict[str, Any]:
        return super().wire(
            {
                "rows": figures.rows[self.window(len(figures.rows))],
                "units": figures.units,
                "value": figures.value,
                "inventory_account": figures.account,
            },
            scope,
        )
