"""Reports of what is owed to the shop and by it, and of its suppliers."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from ledger.party_balances import PartyBalance, standing
from pos_project.back_office.reports.report import (
    Asked,
    Chart,
    Field,
    Report,
    Window,
    listing,
    statement,
)
from purchasing.supplier_payments import SUPPLIER_DUES
from purchasing.suppliers import Bought, bought_in
from reports.documents.document import Document, Subject
from reports.statements import party_statement
from reports.statements.api.party_views import (
    AgeingView,
    PartyBalancesView,
    PayablesAgeingView,
    PayablesView,
    ReceivablesAgeingView,
    ReceivablesView,
)
from reports.statements.party_statement import CUSTOMERS, SUPPLIERS, PartyStatement, Side

MOST_OWED = Chart((6,), label=1, most=10)


@dataclass(frozen=True)
class SupplierBought:
    """What was bought of a supplier, and what they are owed at the end of the days."""

    bought: Bought
    owed: Decimal


def _suppliers(asked: Asked) -> list[SupplierBought]:
    period, store = asked.period, asked.scope.store_id
    owed = standing(SUPPLIER_DUES, period.last, store_id=store)
    return [
        SupplierBought(each, owed.get(each.supplier_id, PartyBalance()).balance)
        for each in bought_in(period.first, period.last, store_id=store)
    ]


def _supplier(row: SupplierBought) -> Subject:
    return Subject("supplier", row.bought.supplier_id)


def _of(side: Side, asked: Asked) -> PartyStatement:
    scope = asked.scope
    return party_statement.party_statement(side, asked.of, scope.period, store_id=scope.store_id)


def _party_report(side: Side) -> Report:
    party = side.book.party

    def build(asked: Asked) -> Document:
        name = f"{party}-{asked.of}-{asked.scope.days}"
        return party_statement.document(_of(side, asked), asked.scope.shop, name=name)

    def window(asked: Asked, start: int, limit: int) -> Window:
        of_party = _of(side, asked)
        shown = party_statement.document(of_party, asked.scope.shop, start=start, limit=limit)
        return Window(shown, of_party.lines.count())

    return Report(
        party,
        side.title,
        "Documents and payments, with the balance after each.",
        build,
        window=window,
        explains=party,
    )


def _window(view: type[AgeingView | PartyBalancesView]) -> Callable[[Asked, int, int], Window]:
    """Some lines of the statement of all parties: nobody else's name is read."""

    def window(asked: Asked, start: int, limit: int) -> Window:
        shown, scope = view(), asked.scope
        figures = shown.read(scope)
        made = shown.document(figures, scope, slice(start, start + limit))
        has_the_most = start == 0 and limit >= MOST_OWED.most
        most = made if has_the_most else shown.document(figures, scope, slice(MOST_OWED.most))
        return Window(made, len(figures), list(most.tables[0].rows))

    return window


REPORTS = (
    Report(
        "receivables",
        "Receivables by age",
        "Who owes how much, and since when; the most first.",
        statement(ReceivablesAgeingView),
        window=_window(ReceivablesAgeingView),
        of_day=True,
        usual="today",
        chart=MOST_OWED,
    ),
    Report(
        "payables",
        "Payables by age",
        "Whom the shop owes how much, and since when; the most first.",
        statement(PayablesAgeingView),
        window=_window(PayablesAgeingView),
        of_day=True,
        usual="today",
        chart=MOST_OWED,
    ),
    Report(
        "receivables-balances",
        "Receivables",
        "What each customer owes, less their deposits.",
        statement(ReceivablesView),
        window=_window(ReceivablesView),
        of_day=True,
        usual="today",
    ),
    Report(
        "payables-balances",
        "Payables",
        "What the shop owes each supplier, less the deposits it has there.",
        statement(PayablesView),
        window=_window(PayablesView),
        of_day=True,
        usual="today",
    ),
    Report(
        "suppliers",
        "Suppliers",
        "What was bought of whom, and what is still owed; the most first.",
        listing(
            "Suppliers",
            "suppliers",
            _suppliers,
            (
                Field("Name", "bought.name", width=2.5, about=_supplier),
                Field("Purchases", "bought.count", "count", about=_supplier, is_summed=True),
                Field("Bought", "bought.total", "accounting", about=_supplier, is_summed=True),
                Field("Owed at the end", "owed", "accounting", about=_supplier, is_summed=True),
            ),
            "By the day a purchase reached the books; what was reversed is taken off.",
        ),
        chart=Chart((2,), most=10),
    ),
)
OF_ONE = (_party_report(CUSTOMERS), _party_report(SUPPLIERS))
