"""What customers owe the shop and the shop owes suppliers: documents, dues and control accounts."""

from collections.abc import Iterator
from decimal import Decimal

from ledger import chart
from reports.reconciliation.invariant import MOST, Derived, Violation, invariant
from reports.reconciliation.rows import amount, breaking, differing, rows, rows_of
from reports.reconciliation.scope import Scope

# Which side of the shop: due table, document table, key, party, the document's status that counts,
# control account, and the sign its lines give to what is owed.
# (Those of status `opening` were open when the books began.)
CUSTOMERS = ("customer_dues", "sales", "sale", "customer", "completed", chart.RECEIVABLES, "")
SUPPLIERS = ("supplier_dues", "purchases", "purchase", "supplier", "received", chart.PAYABLES, "-")
Side = tuple[str, str, str, str, str, str, str]


def _dues_match_documents(side: Side, scope: Scope) -> Iterator[Violation]:
    dues, documents, key, party, counts, _, _ = side
    yield from differing(
        f"""
        SELECT d.id, x.id AS document_id, x.invoice_no, x.due_amount AS expected,
            d.due_amount AS found
        FROM {documents} x LEFT JOIN {dues} d ON d.{key}_id = x.id
        WHERE x.status IN ('{counts}', 'opening') AND PART(x.id)
        """,
        f"due of {key} {{1}} ({{2}})",
        parts=scope.parts(documents),
        derives=lambda due_id, *rest: _due(dues, due_id, rest[-1]),
    )
    yield from breaking(
        f"""
        SELECT d.id, d.{key}_id, x.status, d.{party}_id, x.{party}_id
        FROM {dues} d JOIN {documents} x ON x.id = d.{key}_id
        WHERE PART(x.id) AND (x.status NOT IN ('{counts}', 'opening') OR x.{party}_id IS NULL
            OR x.{party}_id <> d.{party}_id)
        """,
        f"due {{0}} of {key} {{1}}",
        expected=f"{party} {{4}} of a {counts} {key}",
        found=f"{party} {{3}} of a {{2}} one",
        parts=scope.parts(documents),
    )
    for due_id, document_id, due, status, owed in rows_of(
        scope.parts(documents),
        f"""
        SELECT d.id, x.id, d.due_amount, d.status, x.due_amount
        FROM {dues} d JOIN {documents} x ON x.id = d.{key}_id
        WHERE PART(x.id) AND (d.due_amount < 0
            OR d.status <> CASE WHEN d.due_amount > 0.004 THEN 'open' ELSE 'paid' END)
        ORDER BY d.id LIMIT {MOST}
        """,
    ):
        yield Violation(
            f"due {due_id} of {key} {document_id}, status",
            "open above 0.00, paid at 0.00",
            f"{status} at {amount(due)}",
            _due(dues, due_id, amount(owed)),
        )


def _due(dues: str, due_id: int | None, owed: Decimal) -> Derived | None:
    """Both in one: the database holds that a due is open exactly above zero."""
    if due_id is None:
        return None
    status = "open" if owed > 0 else "paid"
    return Derived(dues, due_id, {"due_amount": owed, "status": status})


def _debts_match_accounts(side: Side, scope: Scope) -> Iterator[Violation]:
    dues, documents, _, party, counts, account, sign = side
    asked = scope.touched(f"{party}_id", f"{party}s")
    of_documents = (
        f"SELECT {party}_id AS party, due_amount AS owed, 0 AS due, 0 AS booked"
        f" FROM {documents} WHERE status IN ('{counts}', 'opening') AND due_amount <> 0 AND {asked}"
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


@invariant(
    "I7",
    "A completed sale's due is its due row: the same amount, the same customer.",
    derives=("customer_dues.due_amount", "customer_dues.status"),
)
def dues_are_those_of_sales(scope: Scope) -> Iterator[Violation]:
    return _dues_match_documents(CUSTOMERS, scope)


@invariant("I7", "A customer owes the same by sales, by open dues and on the receivables account.")
def debts_are_the_receivables(scope: Scope) -> Iterator[Violation]:
    return _debts_match_accounts(CUSTOMERS, scope)


@invariant("I22", "Dues and refunds carry the business day of their sale, by which reports look.")
def dues_and_refunds_know_their_sale_s_day(scope: Scope) -> Iterator[Violation]:
    # (A due from before the books carries the date on its paper.)
    for noun, table, unless in (
        ("due", "customer_dues", " AND x.is_opening = 0"),
        ("refund", "refunds", ""),
    ):
        yield from breaking(
            f"""
            SELECT x.id, x.sale_id, s.business_date, x.sale_date
            FROM {table} x JOIN sales s ON s.id = x.sale_id
            WHERE (s.business_date IS NULL OR x.sale_date <> s.business_date){unless}
                AND PART(x.id)
            """,
            f"{noun} {{0}} of sale {{1}}, sale_date",
            expected="{2}",
            found="{3}",
            parts=scope.parts(table),
        )


@invariant(
    "I8",
    "A purchase's due is its due row: the same amount, the same supplier.",
    derives=("supplier_dues.due_amount", "supplier_dues.status"),
)
def dues_are_those_of_purchases(scope: Scope) -> Iterator[Violation]:
    return _dues_match_documents(SUPPLIERS, scope)


@invariant(
    "I8", "A supplier is owed the same by purchases, by open dues and on the payables account."
)
def debts_are_the_payables(scope: Scope) -> Iterator[Violation]:
    return _debts_match_accounts(SUPPLIERS, scope)


@invariant("I22", "A due is one from before the books exactly when its document is.")
def opening_dues_are_of_opening_documents(scope: Scope) -> Iterator[Violation]:
    return breaking(
        """
        SELECT d.id, d.sale_id, d.is_opening, s.status
        FROM customer_dues d JOIN sales s ON s.id = d.sale_id
        WHERE d.is_opening <> CASE s.status WHEN 'opening' THEN 1 ELSE 0 END AND PART(s.id)
        """,
        "due {0} of sale {1}, is_opening",
        expected="as the sale's status is {3}",
        found="{2}",
        parts=scope.parts("sales"),
    )
