"""`/api/ledger/…`: what customers and suppliers owe and are owed, and the stock, as of a day."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from ledger.ageing import BUCKETS, Aged
from ledger.dues import DueBook
from ledger.party_balances import PartyBalance, standing
from ledger.party_statement import Statement
from pos_project.core.http.endpoints import found
from pos_project.core.http.period_query import day_of, period_of
from pos_project.core.money import total
from pos_project.core.period import ONE_DAY
from purchasing.models import Supplier
from purchasing.payables import payables_ageing, supplier_statement
from purchasing.supplier_payments import SUPPLIER_DUES
from reports.documents.table import Sheet
from reports.statements import financial_statements
from reports.statements import tables as sheets
from reports.statements.api import serializers as shapes
from reports.statements.api.base import Shop, StatementView, statement_schema
from reports.statements.api.views import of_period
from sales.customer_payments import CUSTOMER_DUES
from sales.models import Customer
from sales.receivables import customer_statement, receivables_ageing

NAMES_AT_ONCE = 10_000


def names_of(people: QuerySet[Any], ids: Sequence[int]) -> dict[int, str]:
    """Names by id, archived people's too; one statement for each ten thousand."""
    names: dict[int, str] = {}
    for start in range(0, len(ids), NAMES_AT_ONCE):
        some = people.filter(pk__in=ids[start : start + NAMES_AT_ONCE])
        names |= dict(some.values_list("id", "name"))
    return names


def of_day(day: date, shop: Shop) -> dict[str, Any]:
    return dict(shapes.OfDay({"as_of": day, "store_id": shop.store_id}).data)


# --- The statement of one party ---


class _PartyStatementView(StatementView):
    """Documents and payments of one party with a running balance: dues less advances."""

    paged = True
    people: ClassVar[QuerySet[Any]]
    book: ClassVar[DueBook]
    statement: ClassVar[Callable[..., Statement]]

    def shown(self, request: Request, shop: Shop, **path: str) -> Any:
        party = found(self.people.all(), path["pk"], self.book.party)
        period = period_of(request.query_params)
        opening = self._standing(party.pk, period.first - ONE_DAY, shop)
        closing = self._standing(party.pk, period.last, shop)
        lines = type(self).statement(party.pk, period.first, period.last, store_id=shop.store_id)
        start, limit = self.window(request, lines.count())
        carried = lines.carried(opening.balance, start)
        charges, payments = lines.sides()
        shown = shapes.PartyStatementOut(
            {
                "party": party,
                "opening": opening.balance,
                "carried": carried,
                "lines": lines.page(carried, start, limit),
                "charges": charges,
                "payments": payments,
                "closing": closing.balance,
                "dues": closing.dues,
                "advances": closing.advances,
            }
        )
        return {**of_period(period, shop), **shown.data}

    def sheet(self, request: Request, shop: Shop, **path: str) -> Sheet:
        party = found(self.people.all(), path["pk"], self.book.party)
        period = period_of(request.query_params)
        opening = self._standing(party.pk, period.first - ONE_DAY, shop)
        lines = type(self).statement(party.pk, period.first, period.last, store_id=shop.store_id)
        return sheets.party_statement_sheet(
            self.message,
            f"{party.name} (no. {party.pk})",
            opening.balance,
            lines.every(opening.balance),
            self._standing(party.pk, period.last, shop),
            period,
            file_name=f"{self.book.party}-{party.pk}",
        )

    def _standing(self, party_id: int, day: date, shop: Shop) -> PartyBalance:
        standings = standing(self.book, day, store_id=shop.store_id, party_id=party_id)
        return standings.get(party_id, PartyBalance())


class CustomerStatementView(_PartyStatementView):
    message = "Customer statement"
    people = Customer.objects.all()
    book = CUSTOMER_DUES
    statement = customer_statement

    @statement_schema(shapes.PartyStatementOut, period=True, paged=True)
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        """Sales, refunds and payments of a customer; the balance is dues less advances."""
        return self.answer(request, pk=pk)


class SupplierStatementView(_PartyStatementView):
    message = "Supplier statement"
    people = Supplier.objects.all()
    book = SUPPLIER_DUES
    statement = supplier_statement

    @statement_schema(shapes.PartyStatementOut, period=True, paged=True)
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        """Purchases from a supplier and payments; the balance is what we owe less advances."""
        return self.answer(request, pk=pk)


# --- Ageing ---


class _AgeingView(StatementView):
    """Open dues by age, the largest first."""

    paged = True
    people: ClassVar[QuerySet[Any]]
    book: ClassVar[DueBook]
    ageing: ClassVar[Callable[..., list[Aged]]]
    file_name: ClassVar[str]

    def shown(self, request: Request, shop: Shop, **path: str) -> Any:
        day = day_of(request.query_params)
        rows = self._rows(day, shop)
        start, limit = self.window(request, len(rows))
        page = rows[start : start + limit]
        columns = tuple(total(row.buckets[at] for row in rows) for at in range(len(BUCKETS)))
        control = financial_statements.balance_of(
            self.book.control_account, day, store_id=shop.store_id
        )
        shown = shapes.AgeingOut(
            {"rows": page, "totals": Aged(0, columns), "control_account": abs(control)},
            context={"names": names_of(self.people, [row.party_id for row in page])},
        )
        return {**of_day(day, shop), **shown.data}

    def sheet(self, request: Request, shop: Shop, **path: str) -> Sheet:
        day = day_of(request.query_params)
        rows = self._rows(day, shop)
        names = names_of(self.people, [row.party_id for row in rows])
        return sheets.ageing_sheet(self.message, rows, names, day, file_name=self.file_name)

    def _rows(self, day: date, shop: Shop) -> list[Aged]:
        rows = type(self).ageing(day, store_id=shop.store_id)
        return sorted(rows, key=lambda row: (-row.total, row.party_id))


class ReceivablesAgeingView(_AgeingView):
    message = "Receivables by age"
    people = Customer.objects.all()
    book = CUSTOMER_DUES
    ageing = receivables_ageing
    file_name = "receivables-ageing"

    @statement_schema(shapes.AgeingOut, as_of=True, paged=True)
    def get(self, request: Request) -> HttpResponseBase:
        """What customers owed at the end of a day, by the age of their sales."""
        return self.answer(request)


class PayablesAgeingView(_AgeingView):
    message = "Payables by age"
    people = Supplier.objects.all()
    book = SUPPLIER_DUES
    ageing = payables_ageing
    file_name = "payables-ageing"

    @statement_schema(shapes.AgeingOut, as_of=True, paged=True)
    def get(self, request: Request) -> HttpResponseBase:
        """What the shop owed suppliers at the end of a day, by the date on their papers."""
        return self.answer(request)


# --- Balances as of a day ---


class _PartyBalancesView(StatementView):
    """Everybody's dues and advances at the end of a day, the largest balance first."""

    paged = True
    people: ClassVar[QuerySet[Any]]
    book: ClassVar[DueBook]
    file_name: ClassVar[str]

    def shown(self, request: Request, shop: Shop, **path: str) -> Any:
        day = day_of(request.query_params)
        rows = self._rows(day, shop)
        start, limit = self.window(request, len(rows))
        page = rows[start : start + limit]
        names = names_of(self.people, [party for party, _ in page])
        shown = shapes.PartyBalancesOut(
            {
                "rows": [_named(party, names, at) for party, at in page],
                "totals": PartyBalance(
                    total(at.dues for _, at in rows), total(at.advances for _, at in rows)
                ),
            }
        )
        return {**of_day(day, shop), **shown.data}

    def sheet(self, request: Request, shop: Shop, **path: str) -> Sheet:
        day = day_of(request.query_params)
        rows = self._rows(day, shop)
        names = names_of(self.people, [party for party, _ in rows])
        return sheets.party_balances_sheet(self.message, rows, names, day, file_name=self.file_name)

    def _rows(self, day: date, shop: Shop) -> list[tuple[int, PartyBalance]]:
        rows = standing(self.book, day, store_id=shop.store_id).items()
        return sorted(rows, key=lambda row: (-row[1].balance, row[0]))


def _named(party_id: int, names: Mapping[int, str], at: PartyBalance) -> dict[str, Any]:
    return {
        "party_id": party_id,
        "name": names[party_id],
        "dues": at.dues,
        "advances": at.advances,
        "balance": at.balance,
    }


class ReceivablesView(_PartyBalancesView):
    message = "Receivables"
    people = Customer.objects.all()
    book = CUSTOMER_DUES
    file_name = "receivables"

    @statement_schema(shapes.PartyBalancesOut, as_of=True, paged=True)
    def get(self, request: Request) -> HttpResponseBase:
        """What each customer owed and had paid ahead at the end of a day."""
        return self.answer(request)


class PayablesView(_PartyBalancesView):
    message = "Payables"
    people = Supplier.objects.all()
    book = SUPPLIER_DUES
    file_name = "payables"

    @statement_schema(shapes.PartyBalancesOut, as_of=True, paged=True)
    def get(self, request: Request) -> HttpResponseBase:
        """What the shop owed each supplier and had paid ahead at the end of a day."""
        return self.answer(request)


class StockView(StatementView):
    message = "Stock"
    paged = True

    @statement_schema(shapes.StockOut, as_of=True, paged=True)
    def get(self, request: Request) -> HttpResponseBase:
        """Units and value of each product at the end of a day, from the movements alone."""
        return self.answer(request)

    def shown(self, request: Request, shop: Shop, **path: str) -> Any:
        day = day_of(request.query_params)
        stock = financial_statements.stock(day, store_id=shop.store_id)
        start, limit = self.window(request, len(stock.rows))
        shown = shapes.StockOut(
            {
                "rows": stock.rows[start : start + limit],
                "units": stock.units,
                "value": stock.value,
                "inventory_account": stock.account,
            }
        )
        return {**of_day(day, shop), **shown.data}

    def sheet(self, request: Request, shop: Shop, **path: str) -> Sheet:
        day = day_of(request.query_params)
        return sheets.stock_sheet(financial_statements.stock(day, store_id=shop.store_id), day)
