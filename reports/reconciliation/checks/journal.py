"""The journal: every entry balances, and each control account equals its sub-ledger."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from inventory.fifo import value
from ledger import chart
from pos_project.core.money import ZERO
from reports.reconciliation.invariant import MOST, Violation, invariant
from reports.reconciliation.rows import amount, breaking, differing, exact, rows, rows_of
from reports.reconciliation.scope import Scope


@invariant("I15", "Every entry is posted, has two lines or more, and its debits equal its credits.")
def entries_balance(scope: Scope) -> Iterator[Violation]:
    yield from breaking(
        "SELECT id, event, status FROM journal_entries WHERE status <> 'posted' AND PART(id)",
        "entry {0} ({1}), status",
        expected="posted",
        found="{2}",
        parts=scope.parts("journal_entries"),
    )
    yield from breaking(
        """
        SELECT e.id, e.event FROM journal_entries e WHERE PART(e.id)
            AND NOT EXISTS (SELECT 1 FROM journal_lines l WHERE l.entry_id = e.id)
        """,
        "entry {0} ({1}), lines",
        expected="2 or more",
        found="0",
        parts=scope.parts("journal_entries"),
    )
    # Lines are read in the order of their own ids, which is much quicker than entry by entry. An
    # entry whose lines do not balance has lines in some part that do not.
    for part in scope.parts("journal_lines"):
        odd = [
            str(entry_id)
            for (entry_id,) in rows_of(
                [part],
                "SELECT entry_id FROM journal_lines WHERE PART(id) GROUP BY entry_id"
                " HAVING COUNT(*) < 2 OR ABS(SUM(debit) - SUM(credit)) > 0.004"
                f" ORDER BY entry_id LIMIT {MOST}",
            )
        ]
        for entry_id, event, count, debits, credits in _balances_of(odd):
            name = f"entry {entry_id} ({event})"
            if count < 2:
                yield Violation(f"{name}, lines", "2 or more", str(count))
            if amount(debits) != amount(credits):
                yield Violation(
                    f"{name}, credits against debits", str(amount(debits)), str(amount(credits))
                )


def _balances_of(entries: list[str]) -> Iterator[tuple[Any, ...]]:
    """Entry, event, count of lines, debits and credits of these entries, as a whole."""
    if entries:
        yield from rows(
            "SELECT e.id, e.event, COUNT(l.id), SUM(l.debit), SUM(l.credit)"
            " FROM journal_entries e JOIN journal_lines l ON l.entry_id = e.id"
            f" WHERE e.id IN ({', '.join(entries)}) GROUP BY e.id, e.event ORDER BY e.id"
        )


@invariant("I15", "A journal line has exactly one side, above zero.")
def lines_have_one_side(scope: Scope) -> Iterator[Violation]:
    return breaking(
        """
        SELECT id, entry_id, account_id, debit, credit FROM journal_lines
        WHERE PART(id)
            AND NOT ((debit > 0.004 AND credit = 0) OR (debit = 0 AND credit > 0.004))
        """,
        "line {0} of entry {1} on {2}",
        expected="a debit or a credit above 0.00",
        found="debit {3}, credit {4}",
        parts=scope.parts("journal_lines"),
    )


@invariant("I15", "The trial balance is zero.")
def trial_balance_is_zero(scope: Scope) -> Iterator[Violation]:
    difference = ZERO
    # Part by part, because SQLite would add up floats.
    for debits, credits in rows_of(
        scope.parts("journal_lines"),
        "SELECT SUM(debit), SUM(credit) FROM journal_lines WHERE PART(id)",
    ):
        difference += amount(debits) - amount(credits)
    if difference:
        yield Violation("all accounts, debits less credits", str(ZERO), str(difference))


@invariant("I18", "A line names a customer or supplier exactly when its account is one of theirs.")
def control_lines_name_their_party(scope: Scope) -> Iterator[Violation]:
    return breaking(
        f"""
        SELECT id, entry_id, account_id, customer_id, supplier_id FROM journal_lines
        WHERE PART(id) AND ((customer_id IS NOT NULL) <>
                (account_id IN ('{chart.RECEIVABLES}', '{chart.CUSTOMER_ADVANCES}'))
            OR (supplier_id IS NOT NULL) <>
                (account_id IN ('{chart.PAYABLES}', '{chart.SUPPLIER_ADVANCES}')))
        """,
        "line {0} of entry {1} on {2}",
        expected="the party of its account",
        found="customer {3}, supplier {4}",
        parts=scope.parts("journal_lines"),
    )


@invariant("I18", "A customer's advances, less what sales used of them, are on their account.")
def customer_advances_are_on_their_account(scope: Scope) -> Iterator[Violation]:
    return _advances(
        scope, "customer", "sales", "completed", "in", chart.CUSTOMER_ADVANCES, sign="-"
    )


@invariant("I18", "Advances to a supplier, less what purchases used of them, are on their account.")
def supplier_advances_are_on_their_account(scope: Scope) -> Iterator[Violation]:
    return _advances(
        scope, "supplier", "purchases", "received", "out", chart.SUPPLIER_ADVANCES, sign=""
    )


def _advances(
    scope: Scope,
    party: str,
    documents: str,
    counts: str,
    direction: str,
    account: str,
    *,
    sign: str,
) -> Iterator[Violation]:
    asked = scope.touched(f"{party}_id", f"{party}s")
    both_sides = f"""
        SELECT {party}_id AS party, 0 AS booked,
            CASE WHEN direction = '{direction}' THEN amount ELSE -amount END AS paid
        FROM payments WHERE payment_type = 'advance' AND payment_party = '{party}' AND {asked}
        UNION ALL
        SELECT {party}_id, 0, -advance_used FROM {documents}
        WHERE status = '{counts}' AND advance_used <> 0 AND {asked}
        UNION ALL
        SELECT {party}_id, {sign}(debit - credit), 0 FROM journal_lines
        WHERE account_id = '{account}' AND {asked}
        """
    yield from differing(
        "SELECT COALESCE(party, 'nobody') AS who, 'advance' AS what, SUM(paid) AS expected,"
        f" SUM(booked) AS found FROM ({both_sides}) sides GROUP BY party",
        f"{party} {{0}}, lines on {account}",
    )
    yield from breaking(
        "SELECT COALESCE(party, 'nobody'), SUM(paid)"
        f" FROM ({both_sides}) sides GROUP BY party HAVING SUM(paid) < -0.004",
        f"{party} {{0}}, advance left",
        expected="0.00 or more",
        found="{1}",
    )


@invariant(
    "I18",
    "A tender's account is payments in less out, less expenses, plus manual lines and counts.",
)
def tender_accounts_are_their_payments(scope: Scope) -> Iterator[Violation]:
    # Every row that moves an account has the business day of its entry: any run of days agrees.
    expected: dict[str, Decimal] = {}
    found: dict[str, Decimal] = {}

    def add(side: dict[str, Decimal], table: str, sql: str) -> None:
        for account, moved in rows_of(scope.parts(table), sql):
            side[account] = side.get(account, ZERO) + amount(moved)

    add(
        expected,
        "payments",
        """
        SELECT m.account_id, SUM(CASE WHEN p.direction = 'in' THEN p.amount ELSE -p.amount END)
        FROM payments p JOIN payment_methods m ON m.code = p.method
        WHERE PART(p.id) GROUP BY m.account_id
        """,
    )
    add(
        expected,
        "expenses",
        """
        SELECT m.account_id, -SUM(x.amount)
        FROM expenses x JOIN payment_methods m ON m.code = x.payment_method
        WHERE PART(x.id) GROUP BY m.account_id
        """,
    )
    add(
        expected,
        "journal_entries",
        """
        SELECT l.account_id, SUM(l.debit - l.credit)
        FROM journal_entries e JOIN journal_lines l ON l.entry_id = e.id
        WHERE PART(e.id) AND e.event IN
            ('manual', 'opening_balance', 'cash_count', 'cash_movement', 'shift')
        GROUP BY l.account_id
        """,
    )
    add(
        found,
        "journal_lines",
        """
        SELECT account_id, SUM(debit - credit) FROM journal_lines
        WHERE PART(id) AND account_id IN (SELECT account_id FROM payment_methods)
        GROUP BY account_id
        """,
    )
    for code, account in rows("SELECT code, account_id FROM payment_methods ORDER BY code"):
        told, booked = expected.get(account, ZERO), found.get(account, ZERO)
        if told != booked:
            yield Violation(f"lines on {account}, the account of {code}", str(told), str(booked))


@invariant("I18", "The inventory account is the value of all batches.")
def inventory_account_is_the_stock_value(scope: Scope) -> Iterator[Violation]:
    worth = booked = ZERO
    if scope.since is None:
        for remaining, cost in rows_of(
            scope.parts("batches"),
            "SELECT remaining, unit_cost FROM batches WHERE PART(id) AND remaining > 0",
        ):
            worth += value(exact(remaining), exact(cost, 4))
    else:
        # What the account moved by since then is what the goods that moved cost.
        for (cost,) in rows_of(
            scope.parts("inventory_log"), "SELECT SUM(cost) FROM inventory_log WHERE PART(id)"
        ):
            worth += amount(cost)
    for (moved,) in rows_of(
        scope.parts("journal_lines"),
        "SELECT SUM(debit - credit) FROM journal_lines"
        f" WHERE PART(id) AND account_id = '{chart.INVENTORY}'",
    ):
        booked += amount(moved)
    if worth != booked:
        yield Violation(f"lines on {chart.INVENTORY}", str(worth), str(booked))
