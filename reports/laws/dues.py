"""What customers owe the shop and the shop owes suppliers: documents, dues and control accounts."""

from collections.abc import Iterator

from ledger import chart
from reports.laws.law import Violation, law
from reports.laws.reading import breaking, differing

# Which side of the shop: due table, document table, key, party, the document's status that counts,
# control account, and the sign its lines give to what is owed.
CUSTOMERS = ("customer_dues", "sales", "sale", "customer", "completed", chart.RECEIVABLES, "")
SUPPLIERS = ("supplier_dues", "purchases", "purchase", "supplier", "received", chart.PAYABLES, "-")
Side = tuple[str, str, str, str, str, str, str]


def _dues_match_documents(side: Side) -> Iterator[Violation]:
    dues, documents, key, party, counts, _, _ = side
    yield from differing(
        f"""
        SELECT x.id, x.invoice_no, x.due_amount AS expected, d.due_amount AS found
        FROM {documents} x LEFT JOIN {dues} d ON d.{key}_id = x.id
        WHERE x.status = '{counts}'
        """,
        f"due of {key} {{0}} ({{1}})",
    )
    yield from breaking(
        f"""
        SELECT d.id, d.{key}_id, x.status, d.{party}_id, x.{party}_id
        FROM {dues} d JOIN {documents} x ON x.id = d.{key}_id
        WHERE x.status <> '{counts}' OR x.{party}_id IS NULL OR x.{party}_id <> d.{party}_id
        """,
        f"due {{0}} of {key} {{1}}",
        expected=f"{party} {{4}} of a {counts} {key}",
        found=f"{party} {{3}} of a {{2}} one",
    )
    yield from breaking(
        f"""
        SELECT id, {key}_id, due_amount, status FROM {dues}
        WHERE due_amount < 0 OR status <> CASE WHEN due_amount > 0.004 THEN 'open' ELSE 'paid' END
        """,
        f"due {{0}} of {key} {{1}}, status",
        expected="open above 0.00, paid at 0.00",
        found="{3} at {2}",
    )


def _debts_match_accounts(side: Side) -> Iterator[Violation]:
    dues, documents, _, party, counts, account, sign = side
    of_documents = (
        f"SELECT {party}_id AS party, due_amount AS owed, 0 AS other"
        f" FROM {documents} WHERE status = '{counts}'"
    )
    of_dues = f"SELECT {party}_id, 0, due_amount FROM {dues} WHERE status = 'open'"
    of_account = (
        f"SELECT {party}_id, 0, {sign}(debit - credit) FROM journal_lines"
        f" WHERE account_id = '{account}'"
    )
    for what, found in (("open dues", of_dues), (f"lines on {account}", of_account)):
        yield from differing(
            "SELECT COALESCE(party, 'nobody') AS who, 'debt' AS what,"
            f" SUM(owed) AS expected, SUM(other) AS found"
            f" FROM ({of_documents} UNION ALL {found}) both_sides GROUP BY party",
            f"{party} {{0}}, {what}",
        )


@law("I7", "A completed sale's due is its due row: the same amount, the same customer.")
def dues_are_those_of_sales() -> Iterator[Violation]:
    return _dues_match_documents(CUSTOMERS)


@law("I7", "A customer's debt is the same by sales, by open dues and by the receivables account.")
def debts_are_the_receivables() -> Iterator[Violation]:
    return _debts_match_accounts(CUSTOMERS)


@law("I22", "Dues and refunds stand under the business day of their sale, where reports look.")
def dues_and_refunds_know_their_sale_s_day() -> Iterator[Violation]:
    for noun, table in (("due", "customer_dues"), ("refund", "refunds")):
        yield from breaking(
            f"""
            SELECT x.id, x.sale_id, s.business_date, x.sale_date
            FROM {table} x JOIN sales s ON s.id = x.sale_id
            WHERE s.business_date IS NULL OR x.sale_date <> s.business_date
            """,
            f"{noun} {{0}} of sale {{1}}, sale_date",
            expected="{2}",
            found="{3}",
        )


@law("I8", "A purchase's due is its due row: the same amount, the same supplier.")
def dues_are_those_of_purchases() -> Iterator[Violation]:
    return _dues_match_documents(SUPPLIERS)


@law("I8", "What a supplier is owed is the same by purchases, open dues and the payables account.")
def debts_are_the_payables() -> Iterator[Violation]:
    return _debts_match_accounts(SUPPLIERS)
