"""Who did it, when and under which number: what was written together says the same.

A document, its entry, its payments, what it moved of stock and the due that it left are written in
one moment by one person. Each is a witness of the others: who forges one has to forge them all.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reports.reconciliation.checks.expected_entries import COUNTS
from reports.reconciliation.invariant import Violation, invariant
from reports.reconciliation.rows import breaking, rows_of
from reports.reconciliation.scope import Scope


@dataclass(frozen=True)
class _Pair:
    """Rows `a` of a table and the rows `b` that were written with them, and which of their
    expressions agree: (what is told, in `a`, in `b`)."""

    table: str
    source: str
    same: tuple[tuple[str, str, str], ...]


def _text(told: str, ours: str, theirs: str) -> tuple[str, str, str]:
    """Texts agree letter by letter; MySQL takes `Tea` for `tea`."""
    return told, f"HEX({ours})", f"HEX({theirs})"


def _who(ours: str, theirs: str) -> tuple[str, str, str]:
    return "person", ours, theirs


def _when(ours: str, theirs: str) -> tuple[str, str, str]:
    return "moment", ours, theirs


# A held sale is completed by whoever is at the till then: its own person is who held it. Its
# number tells it behind its store's prefix, for both may come in one moment.
_HELD = "SUBSTR({0}.invoice_no, INSTR({0}.invoice_no, '-') + 1, 1)"
_AT_ONCE = f"CASE WHEN b.created_at = b.completed_at AND {_HELD.format('b')} <> 'P' THEN {{}} END"
_SELLER = (_AT_ONCE.format("a.{}"), _AT_ONCE.format("b.user_id"))
_NO_MEMO = _text("memo", "a.memo", "NULL")


def _entry(event: str, of: str, *same: tuple[str, str, str]) -> _Pair:
    counts = COUNTS.get(event, "1 = 1").replace("x.", "b.")
    source = f"journal_entries a JOIN {of} b ON b.id = a.document_id AND {counts}"
    return _Pair("journal_entries", f"{source} WHERE a.event = '{event}'", same)


def _part(table: str, key: str, of: str, *same: tuple[str, str, str]) -> _Pair:
    # (A due from before the books has the day since when it is owed.)
    is_told = " AND b.status <> 'opening'" if table.endswith("_dues") else ""
    return _Pair(table, f"{table} a JOIN {of} b ON b.id = a.{key} WHERE 1 = 1{is_told}", same)


_MADE = _when("a.created_at", "b.created_at")
_ENTERED = "entered", "a.entered_at", "b.entered_at"
PAIRS = (
    _entry(
        "sale",
        "sales",
        _who(_SELLER[0].format("created_by_id"), _SELLER[1]),
        _when("a.created_at", "b.completed_at"),
        _text("number", "a.reference", "b.invoice_no"),
        _NO_MEMO,
    ),
    _entry(
        "refund",
        "refunds",
        _who("a.created_by_id", "b.user_id"),
        _MADE,
        _text("number", "a.reference", "(SELECT s.invoice_no FROM sales s WHERE s.id = b.sale_id)"),
        _NO_MEMO,
    ),
    _entry(
        "purchase",
        "purchases",
        _who("a.created_by_id", "b.user_id"),
        _MADE,
        _ENTERED,
        _text("number", "a.reference", "b.invoice_no"),
        _text(
            "memo",
            "a.memo",
            "CASE WHEN COALESCE(b.reverses_id, b.returns_id) IS NOT NULL THEN b.note END",
        ),
    ),
    _entry(
        "expense",
        "expenses",
        _who("a.created_by_id", "b.created_by_id"),
        _MADE,
        _ENTERED,
        _text("title", "a.reference", "SUBSTR(b.title, 1, 100)"),
        _text("memo", "a.memo", "CASE WHEN b.reverses_id IS NOT NULL THEN b.description END"),
    ),
    _entry(
        "cash_count",
        "cash_counts",
        _who("a.created_by_id", "b.user_id"),
        _MADE,
        _ENTERED,
        _text("reason", "a.memo", "b.reason"),
    ),
    _entry(
        "cash_movement",
        "cash_movements",
        _who("a.created_by_id", "b.user_id"),
        _MADE,
        _text("reason", "a.memo", "b.reason"),
    ),
    _entry(
        "shift",
        "shifts",
        _who("a.created_by_id", "b.closed_by_id"),
        _when("a.created_at", "b.closed_at"),
        _text("reason", "a.memo", "b.reason"),
    ),
    *(
        _entry(
            event,
            "inventory_log",
            _who("a.created_by_id", "b.user_id"),
            _MADE,
            _text("reference", "a.reference", "b.reference"),
        )
        for event in ("opening", "adjustment", "void")
    ),
    *(
        _entry(
            event,
            "transfers",
            _who("a.created_by_id", f"b.{did}_by_id"),
            _when("a.created_at", f"b.{did}_at"),
            _text("number", "a.reference", "b.number"),
            _NO_MEMO,
        )
        for event, did in (
            ("transfer_sent", "sent"),
            ("transfer_arrived", "ended"),
            ("transfer_received", "ended"),
        )
    ),
    *(
        _entry(event, of, _who("a.created_by_id", "b.user_id"), number)
        for event, of in (("opening_receivable", "sales"), ("opening_payable", "purchases"))
        for number in [_text("number", "a.reference", "b.invoice_no")]
    ),
    _part("payments", "entry_id", "journal_entries", _who("a.user_id", "b.created_by_id"), _MADE),
    _part(
        "customer_dues",
        "sale_id",
        "sales",
        _who(_SELLER[0].format("user_id"), _SELLER[1]),
        _when("a.created_at", "COALESCE(b.completed_at, a.created_at)"),
    ),
    _part("supplier_dues", "purchase_id", "purchases", _who("a.user_id", "b.user_id"), _MADE),
    _Pair(
        "batches",
        "batches a JOIN purchase_items i ON i.id = a.purchase_item_id"
        " JOIN purchases b ON b.id = i.purchase_id WHERE 1 = 1",
        (_MADE,),
    ),
    _Pair(
        "inventory_log_batches",
        "inventory_log_batches a JOIN inventory_log l ON l.id = a.log_id"
        " JOIN batches b ON b.id = a.batch_id"
        " WHERE a.quantity > 0 AND l.kind IN ('opening', 'adjustment', 'arrived')",
        (_when("l.created_at", "b.created_at"),),
    ),
)


@invariant("I34", "What was written together says the same of who, when and under which number.")
def rows_of_one_event_agree(scope: Scope) -> Iterator[Violation]:
    for pair in PAIRS:
        differ = " OR ".join(
            f"COALESCE({ours} <> {theirs}, {ours} IS NOT NULL OR {theirs} IS NOT NULL)"
            for _, ours, theirs in pair.same
        )
        columns = ", ".join(f"{ours}, {theirs}" for _, ours, theirs in pair.same)
        for row_id, *values in rows_of(
            scope.parts(pair.table),
            f"SELECT a.id, {columns} FROM {pair.source} AND PART(a.id) AND ({differ})"
            " ORDER BY a.id",
        ):
            for (told, *_), found, expected in zip(
                pair.same, values[::2], values[1::2], strict=True
            ):
                # As text: SQLite answers a column as a moment, and an expression as text.
                if str(found) != str(expected):
                    yield Violation(f"{pair.table} {row_id}, {told}", f"{expected}", f"{found}")


# What a movement's document has to be, by the movement's kind.
_DOCUMENTS = {
    "sale": "FROM sales s WHERE s.invoice_no = l.reference AND s.completed_at = l.created_at"
    f" AND (s.created_at <> s.completed_at OR {_HELD.format('s')} = 'P'"
    " OR s.user_id = l.user_id)",
    "refund": "FROM sales s JOIN refunds r ON r.sale_id = s.id WHERE s.invoice_no = l.reference"
    " AND r.created_at = l.created_at AND r.user_id = l.user_id",
    "purchase": "FROM purchases x WHERE x.business_date = l.business_date"
    " AND x.invoice_no = l.reference AND x.created_at = l.created_at AND x.user_id = l.user_id"
    " AND l.reason = CASE WHEN x.reverses_id IS NOT NULL THEN 'REVERSAL'"
    " WHEN x.returns_id IS NOT NULL THEN 'RETURN' ELSE 'PURCHASE' END",
    "sent": "FROM transfers x WHERE x.number = l.reference AND x.sent_at = l.created_at"
    " AND x.sent_by_id = l.user_id AND x.from_store_id = l.store_id"
    " AND x.sent_on = l.business_date",
    "arrived": "FROM transfers x WHERE x.number = l.reference AND x.ended_at = l.created_at"
    " AND x.ended_by_id = l.user_id AND x.business_date = l.business_date AND l.store_id ="
    " CASE WHEN x.turned_back_at IS NULL THEN x.to_store_id ELSE x.from_store_id END",
}


@invariant("I34", "What a document moved of stock bears its number, person, moment and reason.")
def movements_are_of_their_document(scope: Scope) -> Iterator[Violation]:
    for kind, document in _DOCUMENTS.items():
        reasons = f"'{kind.upper()}'" + (", 'REVERSAL', 'RETURN'" if kind == "purchase" else "")
        yield from breaking(
            f"""
            SELECT l.id, l.reference, l.user_id, l.created_at, l.reason FROM inventory_log l
            WHERE l.kind = '{kind}' AND PART(l.id) AND (NOT EXISTS (SELECT 1 {document})
                OR l.reason NOT IN ({reasons}) OR l.note IS NOT NULL)
            """,
            f"inventory_log {{0}} of {kind} {{1}}",
            expected=f"the {kind} of that number, person and moment, and no reason but that",
            found="user {2}, {3}, {4}",
            parts=scope.parts("inventory_log"),
        )


@invariant("I34", "A document says by which method it was paid: one of those of its payments.")
def documents_name_how_they_were_paid(scope: Scope) -> Iterator[Violation]:
    for table, key, method, kind in (
        ("sales", "sale_id", "payment_method", "payment"),
        ("purchases", "purchase_id", "payment_method", "payment"),
        ("refunds", "refund_id", "refund_method", "refund"),
    ):
        paid = f"FROM payments p WHERE p.{key} = d.id AND p.payment_type = '{kind}'"
        yield from breaking(
            f"""
            SELECT d.id, d.{method} FROM {table} d WHERE PART(d.id) AND EXISTS (SELECT 1 {paid})
                AND NOT EXISTS (SELECT 1 {paid} AND p.method = d.{method})
            """,
            f"{table} {{0}}, {method}",
            expected="the method of one of its payments",
            found="{1}",
            parts=scope.parts(table),
        )


@invariant("I34", "What was tendered for a sale, less the change, is what its payments took.")
def tendered_less_change_is_paid(scope: Scope) -> Iterator[Violation]:
    yield from breaking(
        """
        SELECT s.id, s.invoice_no, s.tendered_amount, s.change_amount FROM sales s
        WHERE PART(s.id) AND s.status = 'completed' AND s.tendered_amount IS NOT NULL
            AND ABS(s.tendered_amount - COALESCE(s.change_amount, 0) - COALESCE((
                SELECT SUM(p.amount) FROM payments p
                WHERE p.sale_id = s.id AND p.payment_type = 'payment'
            ), 0)) > 0.004
        """,
        "sale {0} ({1}), tendered",
        expected="its payments and the change",
        found="tendered {2}, change {3}",
        parts=scope.parts("sales"),
    )


@invariant("I35", "An entry says when it was entered: not before the moment that it counts at.")
def entries_say_when_they_were_entered(scope: Scope) -> Iterator[Violation]:
    """Those from before it was kept do not; all later ones do."""
    yield from breaking(
        """
        SELECT e.id, e.event, e.created_at, e.entered_at FROM journal_entries e
        WHERE PART(e.id) AND (e.entered_at < e.created_at OR e.entered_at IS NULL AND e.id >
            (SELECT MIN(f.id) FROM journal_entries f WHERE f.entered_at IS NOT NULL))
        """,
        "entry {0} ({1}), entered",
        expected="at {2} or later",
        found="{3}",
        parts=scope.parts("journal_entries"),
    )
