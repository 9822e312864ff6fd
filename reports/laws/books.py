"""The journal: every entry balances, and each control account equals its sub-ledger."""

from collections.abc import Iterator

from inventory.fifo import value
from ledger import chart
from pos_project.core.money import ZERO
from reports.laws.law import Violation, law
from reports.laws.reading import amount, breaking, differing, exact, rows, slices


@law("I15", "Every entry is posted, has two lines or more, and its debits equal its credits.")
def entries_balance() -> Iterator[Violation]:
    yield from breaking(
        "SELECT id, event, status FROM journal_entries WHERE status <> 'posted'",
        "entry {0} ({1}), status",
        expected="posted",
        found="{2}",
    )
    yield from breaking(
        """
        SELECT e.id, e.event, COUNT(l.id) FROM journal_entries e
        LEFT JOIN journal_lines l ON l.entry_id = e.id
        GROUP BY e.id, e.event HAVING COUNT(l.id) < 2
        """,
        "entry {0} ({1}), lines",
        expected="2 or more",
        found="{2}",
    )
    yield from differing(
        """
        SELECT e.id, e.event, SUM(l.debit) AS expected, SUM(l.credit) AS found
        FROM journal_entries e JOIN journal_lines l ON l.entry_id = e.id
        GROUP BY e.id, e.event
        """,
        "entry {0} ({1}), credits against debits",
    )


@law("I15", "A journal line has exactly one side, above zero.")
def lines_have_one_side() -> Iterator[Violation]:
    return breaking(
        """
        SELECT id, entry_id, account_id, debit, credit FROM journal_lines
        WHERE NOT ((debit > 0.004 AND credit = 0) OR (debit = 0 AND credit > 0.004))
        """,
        "line {0} of entry {1} on {2}",
        expected="a debit or a credit above 0.00",
        found="debit {3}, credit {4}",
    )


@law("I15", "The trial balance is zero.")
def trial_balance_is_zero() -> Iterator[Violation]:
    difference = ZERO
    for first, last in slices("journal_lines"):
        # Slice by slice, because SQLite would add up floats.
        [(debits, credits)] = rows(
            "SELECT SUM(debit), SUM(credit) FROM journal_lines WHERE id BETWEEN %s AND %s",
            [first, last],
        )
        difference += amount(debits) - amount(credits)
    if difference:
        yield Violation("all accounts, debits less credits", str(ZERO), str(difference))


@law("I18", "Lines on an account of customers or suppliers name exactly that party; others none.")
def control_lines_name_their_party() -> Iterator[Violation]:
    return breaking(
        f"""
        SELECT id, entry_id, account_id, customer_id, supplier_id FROM journal_lines
        WHERE (customer_id IS NOT NULL) <>
                (account_id IN ('{chart.RECEIVABLES}', '{chart.CUSTOMER_ADVANCES}'))
            OR (supplier_id IS NOT NULL) <>
                (account_id IN ('{chart.PAYABLES}', '{chart.SUPPLIER_ADVANCES}'))
        """,
        "line {0} of entry {1} on {2}",
        expected="the party of its account",
        found="customer {3}, supplier {4}",
    )


@law("I18", "What a customer paid ahead, less what sales used of it, is on the advances account.")
def customer_advances_are_on_their_account() -> Iterator[Violation]:
    return _advances("customer", "sales", "completed", "in", chart.CUSTOMER_ADVANCES, sign="-")


@law("I18", "What was paid a supplier ahead, less what was used of it, is on its account.")
def supplier_advances_are_on_their_account() -> Iterator[Violation]:
    return _advances("supplier", "purchases", "received", "out", chart.SUPPLIER_ADVANCES, sign="")


def _advances(
    party: str, documents: str, counts: str, direction: str, account: str, *, sign: str
) -> Iterator[Violation]:
    both_sides = f"""
        SELECT {party}_id AS party, 0 AS booked,
            CASE WHEN direction = '{direction}' THEN amount ELSE -amount END AS paid
        FROM payments WHERE payment_type = 'advance' AND payment_party = '{party}'
        UNION ALL
        SELECT {party}_id, 0, -advance_used FROM {documents}
        WHERE status = '{counts}' AND advance_used <> 0
        UNION ALL
        SELECT {party}_id, {sign}(debit - credit), 0 FROM journal_lines
        WHERE account_id = '{account}'
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


@law("I18", "A tender's account is its payments in less out, less expenses, plus lines by hand.")
def tender_accounts_are_their_payments() -> Iterator[Violation]:
    return differing(
        """
        SELECT code, account_id, SUM(paid) AS expected, SUM(booked) AS found FROM (
            SELECT m.code, m.account_id, 0 AS booked,
                CASE WHEN p.direction = 'in' THEN p.amount ELSE -p.amount END AS paid
            FROM payment_methods m JOIN payments p ON p.method = m.code
            UNION ALL
            SELECT m.code, m.account_id, 0, -x.amount
            FROM payment_methods m JOIN expenses x ON x.payment_method = m.code
            UNION ALL
            SELECT m.code, m.account_id, 0, l.debit - l.credit
            FROM payment_methods m JOIN journal_lines l ON l.account_id = m.account_id
            JOIN journal_entries e ON e.id = l.entry_id
            WHERE e.event IN ('manual', 'opening_balance')
            UNION ALL
            SELECT m.code, m.account_id, l.debit - l.credit, 0
            FROM payment_methods m JOIN journal_lines l ON l.account_id = m.account_id
        ) sides GROUP BY code, account_id
        """,
        "lines on {1}, the account of {0}",
    )


@law("I18", "The inventory account is the value of all batches.")
def inventory_account_is_the_stock_value() -> Iterator[Violation]:
    worth = ZERO
    for first, last in slices("batches"):
        for remaining, cost in rows(
            "SELECT remaining, unit_cost FROM batches WHERE id BETWEEN %s AND %s AND remaining > 0",
            [first, last],
        ):
            worth += value(exact(remaining), exact(cost, 4))
    booked = ZERO
    for first, last in slices("journal_lines"):
        [(moved,)] = rows(
            "SELECT SUM(debit - credit) FROM journal_lines"
            " WHERE account_id = %s AND id BETWEEN %s AND %s",
            [chart.INVENTORY, first, last],
        )
        booked += amount(moved)
    if worth != booked:
        yield Violation(f"lines on {chart.INVENTORY}", str(worth), str(booked))
