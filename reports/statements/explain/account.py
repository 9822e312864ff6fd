"""A ledger account: its balance by month, then day, then line."""

from datetime import date

from ledger.account_lines import account_named
from ledger.journal_sums import lines_between
from pos_project.core.period import Period
from reports.statements import financial_statements
from reports.statements.account_movements import BEGINNING, days_of
from reports.statements.explain.by_month import by_month_and_day
from reports.statements.explain.journal import lines_as_nodes
from reports.statements.explain.node import Explanation, Node, explained

DAYS_IN_LINES = 3


def explain_account(name: str, *, as_of: date) -> Explanation:
    """The account with this code or number at the end of a day. Raises NotFound.

    The last three days on which it moved show their lines: to see another day's, explain the
    account as of that day.
    """
    account = account_named(name)
    lines = lines_between(None, as_of).filter(account=account)
    days = days_of(account.code, Period(BEGINNING, as_of))
    in_lines = {each.day for each in days[-DAYS_IN_LINES:]}
    nodes: dict[date, list[Node]] = {}
    for each in days:
        nodes[each.day] = [Node("", each.sums.net)]
        if each.day in in_lines:
            of_day = lines.filter(entry__business_date=each.day).order_by("-entry_id", "-id")
            nodes[each.day] = [explained("", each.sums.net, lines_as_nodes(of_day))]
    balance = financial_statements.balance_of(account.code, as_of)
    return Explanation(
        f"{account} as of {as_of.isoformat()}",
        {"account": account.code, "number": account.number, "kind": account.kind},
        (explained("Balance (debit +, credit −)", balance, by_month_and_day(nodes)),),
    )
