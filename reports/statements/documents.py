"""The papers of the office: what a day came to, and what one customer or supplier owes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet

from accounts.models import Store
from ledger.dues import DueBook
from ledger.models import DaySeal, PaymentMethod
from ledger.party_balances import PartyBalance, standing
from ledger.party_statement import Statement
from pos_project.core.errors import Invalid, NotFound
from pos_project.core.money import total
from pos_project.core.period import ONE_DAY, Period
from purchasing.models import Supplier
from purchasing.payables import supplier_statement
from purchasing.supplier_payments import SUPPLIER_DUES
from reports.documents.document import Column, Paper, Shop, Sum, Table, amount
from reports.statements import financial_statements
from reports.statements.day_report import (
    COLUMNS,
    DUES,
    EXPENSES,
    REFUNDS,
    SALES,
    SUPPLIERS,
    day_reports,
)
from sales.customer_payments import CUSTOMER_DUES
from sales.models import Customer
from sales.receivables import customer_statement

MAX_LINES = 2000  # some fifty pages; whoever needs more wants the CSV of the API
_WRITTEN = "%d-%m-%Y"
_HEADINGS = {
    SALES: "Sales",
    DUES: "Dues",
    REFUNDS: "Refunds",
    SUPPLIERS: "Suppliers",
    EXPENSES: "Expenses",
}
_FIGURES = (Column("", 3), Column("Amount", 1.4, is_number=True))


def day_closing(day: date) -> Paper:
    """What a business day came to, in all stores; with its seal once it is closed."""
    [report] = day_reports(day, day)
    shop = replace(_shop(), header="", footer="")  # those are for customers
    rates = financial_statements.tax(Period(day, day)).by_rate
    seal = DaySeal.objects.filter(day=day).defer("checksums").first()
    names = dict(PaymentMethod.objects.values_list("code", "name"))
    drawer = report.drawer
    methods = [
        (
            names[method],
            *(amount(moved[column]) for column in COLUMNS),
            amount(total(moved.values())),
        )
        for method, moved in report.by_method.items()
    ]
    if methods:
        sums = [amount(report.of(column)) for column in COLUMNS]
        net = amount(total(report.of(column) for column in COLUMNS))
        methods.append(("All methods", *sums, net))
    return Paper(
        "Day closing",
        day.strftime(_WRITTEN),
        shop,
        [
            ("Sales", f"{report.sales:,}"),
            ("Refunds", f"{report.refunds:,}"),
            ("Journal", f"{report.entries:,} entries, debit = credit {amount(report.credits)}"),
            ("State", "Closed and sealed" if seal else "Open: figures may still change"),
        ],
        [
            Table(
                _FIGURES,
                [
                    ("Sales", amount(report.sales_total)),
                    ("of it on credit", amount(report.sold_on_credit)),
                    ("of it from what was paid ahead", amount(report.sales_from_advances)),
                    ("Refunds", amount(-report.refunds_total)),
                    ("Tax in the sales", amount(total(rate.collected for rate in rates))),
                    ("Tax in the refunds", amount(-total(rate.refunded for rate in rates))),
                    ("Dues collected, and paid ahead", amount(report.of(DUES))),
                    ("Expenses", amount(report.of(EXPENSES))),
                ],
                title="The day",
            ),
            Table(
                [
                    Column("Method", 1.6),
                    *(Column(_HEADINGS[column], 1.2, is_number=True) for column in COLUMNS),
                    Column("Net", 1.3, is_number=True),
                ],
                methods,
                title="Money in and out",
            ),
            Table(
                _FIGURES,
                [
                    ("In the morning", amount(drawer.opening)),
                    ("Received", amount(drawer.received)),
                    ("Paid out", amount(-drawer.paid)),
                ],
                [Sum("Must lie there", amount(drawer.expected, sign=shop.currency_sign), True)],
                title="The drawer",
            ),
        ],
        notes=[
            "Money in is plus, money out minus. From the posted rows of this business day.",
            *([f"Seal of the day, to be kept elsewhere: {seal.seal}"] if seal else ()),
        ],
    )


@dataclass(frozen=True)
class _Side:
    """Customers, or suppliers: whose statement it is and where it comes from."""

    title: str
    people: QuerySet[Any]
    book: DueBook
    statement: Callable[[int, date, date], Statement]
    owes: str


_SIDES = {
    "customer-statement": _Side(
        "Customer statement",
        Customer.objects.all(),
        CUSTOMER_DUES,
        customer_statement,
        "Balance to pay",
    ),
    "supplier-statement": _Side(
        "Supplier statement",
        Supplier.objects.all(),
        SUPPLIER_DUES,
        supplier_statement,
        "Balance we owe",
    ),
}
STATEMENTS = tuple(_SIDES)


def statement(kind: str, party_id: int, period: Period) -> Paper:
    """Documents and payments of one party with the balance after each: dues less advances.

    Raises NotFound, and Invalid for more lines than a paper should have.
    """
    side = _SIDES[kind]
    party = side.people.filter(pk=party_id).first()
    if party is None:
        raise NotFound(f"{side.book.party.capitalize()} not found")
    shop = _shop()
    lines = side.statement(party_id, period.first, period.last)
    if lines.count() > MAX_LINES:
        raise Invalid(f"More than {MAX_LINES} lines: choose fewer days.")
    opening = _balance(side.book, party_id, period.first - ONE_DAY)
    closing = _balance(side.book, party_id, period.last)
    charges, payments = lines.sides()
    rows = [
        (period.first.strftime(_WRITTEN), "Balance before", "", "", "", amount(opening.balance))
    ]
    for line in lines.every(opening.balance):
        what = line.kind.replace("_", " ").capitalize()
        rows.append(
            (
                line.day.strftime(_WRITTEN),
                f"{what}, {line.method}" if line.method else what,
                line.reference or "",
                amount(line.charge) if line.charge else "",
                amount(line.payment) if line.payment else "",
                amount(line.balance),
            )
        )
    sums = [
        Sum("Balance before", amount(opening.balance)),
        Sum("Charges", amount(charges)),
        Sum("Payments and refunds", amount(-payments)),
        Sum(side.owes, amount(closing.balance, sign=shop.currency_sign), is_total=True),
    ]
    contact = (("Phone", party.phone), ("E-mail", party.email))
    return Paper(
        side.title,
        f"No. {party_id}",
        shop,
        [
            ("Name", party.name),
            *((label, value) for label, value in contact if value),
            ("Days", f"{period.first.strftime(_WRITTEN)} to {period.last.strftime(_WRITTEN)}"),
        ],
        [
            Table(
                [
                    Column("Date", 1.2),
                    Column("What", 2),
                    Column("Reference", 1.6),
                    Column("Charge", 1.2, is_number=True),
                    Column("Payment", 1.2, is_number=True),
                    Column("Balance", 1.3, is_number=True),
                ],
                rows,
                sums,
            )
        ],
        notes=[
            f"The balance is open dues of {amount(closing.dues)}"
            f" less {amount(closing.advances)} paid ahead."
        ],
    )


def _shop() -> Shop:
    return Shop.of(Store.objects.get(pk=Store.FIRST_ID))


def _balance(book: DueBook, party_id: int, day: date) -> PartyBalance:
    return standing(book, day, party_id=party_id).get(party_id, PartyBalance())
