"""All reports, in the order in which they are offered."""

from pos_project.back_office.reports import books, owing, reordering, selling, stock
from pos_project.back_office.reports.report import Report

GROUPS: tuple[tuple[str, tuple[Report, ...]], ...] = (
    ("Books", books.REPORTS),
    ("Sales", selling.REPORTS),
    ("Dues and suppliers", owing.REPORTS),
    ("Stock", (*stock.REPORTS, *reordering.REPORTS)),
)
REPORTS = {report.name: report for _, reports in GROUPS for report in reports}
# Of one account, party or product, to which the others lead.
OF_ONE = {
    report.name: report for each in (books, selling, owing, reordering) for report in each.OF_ONE
}
# What an accountant gets, a sheet each; the journal comes after them.
FOR_THE_ACCOUNTANT = (
    *("profit-loss", "cash-flow", "tax", "tax-quarters", "balance-sheet", "trial-balance"),
    *("receivables", "payables", "receivables-balances", "payables-balances", "stock"),
)
