"""The day closing: what a business day came to, in all stores."""

from datetime import date

from ledger.chart_models import PaymentMethod
from ledger.closing_models import DaySeal
from ledger.models import Expense, Payment
from pos_project.core.money import total
from pos_project.core.period import Period
from reports.documents import document
from reports.documents.document import Column, Document, Letterhead, Row, Sum, Table, amount
from reports.statements import financial_statements
from reports.statements.day_report import (
    COLUMNS,
    DUES,
    EXPENSES,
    REFUNDS,
    SALES,
    SUPPLIERS,
    DayReport,
    day_reports,
)

_HEADINGS = {
    SALES: "Sales",
    DUES: "Dues",
    REFUNDS: "Refunds",
    SUPPLIERS: "Suppliers",
    EXPENSES: "Expenses",
}
_FIGURES = (Column("", width=3), Column("Amount", "money", 1.4))


def day_closing(day: date, shop: Letterhead) -> Document:
    """Sales, money by method and the drawer; with the day's seal once it is closed."""
    [report] = day_reports(day, day)
    seal = DaySeal.objects.filter(day=day).defer("checksums").first()
    return Document(
        "Day closing",
        document.day(day),
        shop.for_the_books,
        [
            ("Sales", f"{report.sales:,}"),
            ("Refunds", f"{report.refunds:,}"),
            ("Journal", f"{report.entries:,} entries, debit = credit {amount(report.credits)}"),
            ("State", "Closed and sealed" if seal else "Open: figures may still change"),
        ],
        [_the_day(report), _by_method(report), _drawer(report)],
        notes=[
            "Money in is plus, money out minus. From the posted rows of this business day.",
            *([f"Seal of the day, to be kept elsewhere: {seal.seal}"] if seal else ()),
        ],
    )


def _the_day(report: DayReport) -> Table:
    rates = financial_statements.tax(Period(report.day, report.day)).by_rate
    figures = {
        "Sales": report.sales_total,
        "of it on credit": report.sold_on_credit,
        "of it from advances": report.sales_from_advances,
        "Refunds": -report.refunds_total,
        "Tax in the sales": total(rate.collected for rate in rates),
        "Tax in the refunds": -total(rate.refunded for rate in rates),
        "Dues and advances received": report.of(DUES),
        "Expenses": report.of(EXPENSES),
    }
    return Table(_FIGURES, [Row(row) for row in figures.items()], title="The day")


def _by_method(report: DayReport) -> Table:
    names = _names_of_methods(report.day)
    rows = [
        Row([names[method], *(moved[each] for each in COLUMNS), total(moved.values())])
        for method, moved in report.by_method.items()
    ]
    if rows:
        sums = [report.of(each) for each in COLUMNS]
        rows.append(Row(["All methods", *sums, total(sums)], "total"))
    columns = [
        Column("Method", width=1.6),
        *(Column(_HEADINGS[each], "money", 1.2) for each in COLUMNS),
        Column("Net", "money", 1.3),
    ]
    return Table(columns, rows, title="Money in and out")


def _names_of_methods(day: date) -> dict[str, str]:
    """By code, as each was called on the day."""
    names = dict(PaymentMethod.objects.values_list("code", "name"))
    for rows, code in (
        (Payment.objects.all(), "method_id"),
        (Expense.objects.all(), "payment_method_id"),
    ):
        known = rows.filter(business_date=day, method_name__isnull=False).order_by("id")
        names |= dict(known.values_list(code, "method_name"))
    return names


def _drawer(report: DayReport) -> Table:
    drawer = report.drawer
    figures = {
        "Opening cash": drawer.opening,
        "Received": drawer.received,
        "Paid out": -drawer.paid,
    }
    rows = [Row(row) for row in figures.items()]
    expected = Sum("Expected cash", drawer.expected, is_total=True)
    if drawer.counted is None:
        rows.append(Row(["Counted: nobody counted", None]))
        return Table(_FIGURES, rows, [expected], title="The drawer")
    rows += [
        Row(["Expected cash", drawer.expected], "total"),
        Row([f"Difference: {drawer.reason}" if drawer.reason else "Difference", drawer.difference]),
        Row(["Counted", drawer.counted], "total"),
        Row(["To the bank", -drawer.banked]),
    ]
    left = Sum("Opening cash of the next day", drawer.left, is_total=True)
    return Table(_FIGURES, rows, [left], title="The drawer")
