"""What customers owe the shop and the shop owes suppliers: documents, dues and control accounts."""

from collections.abc import Iterator

from ledger import chart
from reports.reconciliation.invariant import MOST, Violation, law
from reports.reconciliation.rows import amount, breaking, differing, rows
from reports.reconciliation.scope import Scope

# Which side of the shop: due table, document table, key, party, the document's status that counts,
# control account, and the sign its lines give to what is owed.
CUSTOMERS = ("customer_dues", "sales", "sale", "customer", "completed", chart.RECEIVABLES, "")
SUPPLIERS = ("supplier_dues", "purchases", "purchase", "supplier", "received", chart.PAYABLES, "-")
Side = tuple[str, str, str, str, str, str, str]


def _dues_match_documents(side: Side, scope: Scope) -> Iterator[Violation]:
    dues, documents, key, party, counts, _, _ = side
    yield from differing(
        f"""
        SELECT x.id, x.invoice_no, x.due_amount AS expected, d.due_amount AS found
        FROM {documents} x LEFT JOIN {dues} d ON d.{key}_id = x.id
        WHERE x.status = '{counts}' AND {{x.id in part}}
        """,
        f"due of {key} {{0}} ({{1}})",
        parts=scope.parts(documents),
    )
    yield from breaking(
        f"""
        SELECT d.id, d.{key}_id, x.status, d.{party}_id, x.{party}_id
        FROM {dues} d JOIN {documents} x ON x.id = d.{key}_id
        WHERE {{x.id in part}} AND (x.status <> '{counts}' OR x.{party}_id IS NULL
            OR x.{party}_id <> d.{party}_id)
        """,
        f"due {{0}} of {key} {{1}}",
        expected=f"{party} {{4}} of a {counts} {key}",
        found=f"{party} {{3}} of a {{2}} one",
        parts=scope.parts(documents),
    )
    yield from breaking(
        f"""
        SELECT id, {key}_id, due_amount, status FROM {dues}
        WHERE {{{key}_id in part}} AND (due_amount < 0
            OR status <> CASE WHEN due_amount > 0.004 THEN 'open' ELSE 'paid' END)
        """,
        f"due {{0}} of {key} {{1}}, status",
        expected="open above 0.00, paid at 0.00",
        found="{3} at {2}",
        parts=scope.parts(documents),
    )


def _debts_match_accounts(side: Side, scope: Scope) -> Iterator[Violation]:
    dues, documents, _, party, counts, account, sign = side
    asked = scope.touched(f"{party}_id", f"{party}s")
    of_documents = (
        f"SELECT {party}_id AS party, due_amount AS owed, 0 AS due, 0 AS booked"
        f" FROM {documents} WHERE status = '{counts}' AND due_amount <> 0 AND {asked}"
    )
    of_dues = f"SELECT {party}_id, 0, due_amount, 0 FROM {dues} WHERE status = 'open' AND {asked}"
    # Summed up first: a busy customer has thousands of lines.
    of_account = (
        f"SELECT {party}_id, 0, 0, {sign}SUM(debit - credit) FROM journal_lines"
        f" WHERE account_id = '{account}' AND {asked} GROUP BY {party}_id"
    )
    for who, owed, due, booked in rows(
        "SELECT COALESCE(party, 'nobody'), SUM(owed), SUM(due), SUM(booked)"
        f" FROM ({of_documents} UNION ALL {of_dues} UNION ALL {of_account}) sides GROUP BY party"
        " HAVING ABS(SUM(owed) - SUM(due)) > 0.004 OR ABS(SUM(owed) - SUM(booked)) > 0.004"
        f" ORDER BY party LIMIT {MOST}"
    ):
        for what, found in (("open dues", due), (f"lines on {account}", booked)):
            if amount(owed) != amount(found):
                yield Violation(f"{party} {who}, {what}", str(amount(owed)), str(amount(found)))


@law("I7", "A completed sale's due is its due row: the same amount, the same customer.")
def dues_are_those_of_sales(scope: Scope) -> Iterator[Violation]:
    return _dues_match_documents(CUSTOMERS, scope)


@law("I7", "A customer's debt is the same by sales, by open dues and by the receivables account.")
def debts_are_the_receivables(scope: Scope) -> Iterator[Violation]:
    return _debts_match_accounts(CUSTOMERS, scope)


@law("I22", "Dues and refunds stand under the business day of their sale, where reports look.")
def dues_and_refunds_know_their_sale_s_day(scope: Scope) -> Iterator[Violation]:
    for noun, table in (("due", "customer_dues"), ("refund", "refunds")):
        yield from breaking(
            f"""
            SELECT x.id, x.sale_id, s.business_date, x.sale_date
            FROM {table} x JOIN sales s ON s.id = x.sale_id
            WHERE (s.business_date IS NULL OR x.sale_date <> s.business_date)
                AND {{x.id in part}}
            """,
            f"{noun} {{0}} of sale {{1}}, sale_date",
            expected="{2}",
            found="{3}",
            parts=scope.parts(table),
        )


@law("I8", "A purchase's due is its due row: the same amount, the same supplier.")
def dues_are_those_of_purchases(scope: Scope) -> Iterator[Violation]:
    return _dues_match_documents(SUPPLIERS, scope)


@law("I8", "What a supplier is owed is the same by purchases, open dues and the payables account.")
def debts_are_the_payables(scope: Scope) -> Iterator[Violation]:
    return _debts_match_accounts(SUPPLIERS, scope)
