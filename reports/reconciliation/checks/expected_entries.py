"""Which lines the entry of each kind of document must have, as its documents say."""

from dataclasses import dataclass

# Every branch yields: key, account, customer, supplier, debit − credit as the document says it,
# and 0 for what was posted.
# The marks are where a part of the documents goes; a branch whose sum is zero needs no line.
_TENDERED = (
    "SELECT p.{key}, m.account_id, NULL, NULL,"
    " CASE WHEN p.direction = 'in' THEN p.amount ELSE -p.amount END, 0"
    " FROM payments p JOIN payment_methods m ON m.code = p.method"
    " WHERE p.payment_type IN ({types}) AND PART(p.{key})"
)


@dataclass(frozen=True)
class Booked:
    """An event and the lines that its documents ask for.

    `row` names a document; entries for dues have no document and go by their own id.
    """

    event: str
    source: str
    row: str
    branches: tuple[str, ...]
    key: str = "e.document_id"
    account: str = "l.account_id"
    # Of the document `x`: the day and the store in which the event is booked.
    day: str = "x.business_date"
    store: str = "x.store_id"


def _sale(account: str, amount: str, customer: str = "NULL") -> str:
    return (
        f"SELECT s.id, '{account}', {customer}, NULL, {amount}, 0 FROM sales s"
        f" WHERE s.status = 'completed' AND {amount} <> 0 AND PART(s.id)"
    )


def _costs(document: str, source: str) -> str:
    """What goods cost, on both accounts; the cost rows are read once."""
    return (
        f"SELECT doc, account, NULL, NULL, sign * cost, 0 FROM (SELECT i.{document} AS doc,"
        f" SUM(c.total_cost) AS cost FROM {source} AND PART(i.{document})"
        f" GROUP BY i.{document}) costed CROSS JOIN (SELECT 'COST_OF_GOODS_SOLD' AS account,"
        " 1 AS sign UNION ALL SELECT 'INVENTORY', -1) sides"
    )


def _refund(account: str, amount: str, customer: str = "NULL") -> str:
    return (
        f"SELECT r.id, '{account}', {customer}, NULL, {amount}, 0 FROM refunds r WHERE PART(r.id)"
    )


def _purchase(account: str, amount: str, supplier: str = "NULL") -> str:
    return (
        f"SELECT x.id, '{account}', NULL, {supplier}, {amount}, 0 FROM purchases x"
        " WHERE x.status = 'received' AND PART(x.id)"
    )


def _by_hand(kind: str, against: str) -> tuple[str, ...]:
    return tuple(
        f"SELECT g.id, {account}, NULL, NULL, {sign}g.cost, 0 FROM inventory_log g"
        f" WHERE g.kind = '{kind}' AND PART(g.id)"
        for account, sign in (("'INVENTORY'", ""), (against, "-"))
    )


def _dues(party: str, control: str, advances: str) -> tuple[str, ...]:
    whose = "p.customer_id, NULL" if party == "customer" else "NULL, p.supplier_id"
    signed = "CASE WHEN p.direction = 'in' THEN p.amount ELSE -p.amount END"
    of_entry = (
        " FROM payments p JOIN payment_methods m ON m.code = p.method"
        f" WHERE p.payment_party = '{party}' AND p.payment_type IN ('due_payment', 'advance')"
        " AND PART(p.entry_id)"
    )
    account = f"CASE p.payment_type WHEN 'advance' THEN '{advances}' ELSE '{control}' END"
    return (
        f"SELECT p.entry_id, m.account_id, NULL, NULL, {signed}, 0{of_entry}",
        f"SELECT p.entry_id, {account}, {whose}, -({signed}), 0{of_entry}",
    )


# What a lot is worth, to the cent. (On SQLite a half cent is a float a little below it.)
_LOT = "ROUND(l.quantity * l.unit_cost + 0.00000001, 2)"


def _lots(account: str, sign: str, which: str) -> str:
    """What the lots of transfers are worth, on an account."""
    return (
        f"SELECT t.id, {account}, NULL, NULL, {sign}{_LOT}, 0 FROM transfers t"
        " JOIN transfer_lines n ON n.transfer_id = t.id JOIN transfer_lots l ON l.line_id = n.id"
        f" WHERE {which} AND PART(t.id)"
    )


def _moved(account: str, sign: str, kind: str, store: str, day: str) -> str:
    """What goods cost as they left a shelf for a transfer, or came onto one, on an account."""
    return (
        f"SELECT t.id, '{account}', NULL, NULL, {sign}g.cost, 0 FROM transfers t"
        f" JOIN inventory_log g ON g.store_id = {store} AND g.kind = '{kind}'"
        f" AND g.business_date = {day} AND g.reference = t.number WHERE PART(t.id)"
    )


_RECEIVER = "CASE WHEN {0}.turned_back_at IS NULL THEN {0}.to_store_id ELSE {0}.from_store_id END"
_SENT = ("sent", "t.from_store_id", "t.sent_on")
_ARRIVED = ("arrived", _RECEIVER.format("t"), "t.business_date")
_CAME = "t.status = 'received'"


def _opened(source: str, control: str, whose: str, sign: str) -> tuple[str, ...]:
    """A due from before the books, on both accounts."""
    of_opening = f" FROM {source} x WHERE x.status = 'opening' AND PART(x.id)"
    return (
        f"SELECT x.id, '{control}', {whose}, {sign}x.total_amount, 0{of_opening}",
        "SELECT x.id, 'OPENING_BALANCE_EQUITY', NULL, NULL,"
        f" 0 - ({sign}x.total_amount), 0{of_opening}",
    )


# A customer's credit lowers receivables, a supplier's payables; the kind says against what.
_CREDITED = (
    "SELECT c.entry_id, 'RECEIVABLES', c.customer_id, NULL, -c.amount, 0 FROM due_credits c"
    " WHERE c.sale_id IS NOT NULL AND PART(c.entry_id)",
    "SELECT c.entry_id, 'PAYABLES', NULL, c.supplier_id, c.amount, 0 FROM due_credits c"
    " WHERE c.purchase_id IS NOT NULL AND PART(c.entry_id)",
    "SELECT c.entry_id, CASE WHEN c.sale_id IS NULL THEN 'INPUT_TAX' ELSE 'TAX_PAYABLE' END,"
    " NULL, NULL, CASE WHEN c.sale_id IS NULL THEN -c.tax ELSE c.tax END, 0 FROM due_credits c"
    " WHERE PART(c.entry_id)",
    "SELECT c.entry_id, CASE c.kind WHEN 'bad_debt' THEN 'BAD_DEBTS'"
    " WHEN 'write_off' THEN 'OTHER_INCOME' WHEN 'opening' THEN 'OPENING_BALANCE_EQUITY'"
    " ELSE CASE WHEN c.sale_id IS NULL THEN 'DISCOUNTS_RECEIVED' ELSE 'DISCOUNTS_ALLOWED' END END,"
    " NULL, NULL, CASE WHEN c.sale_id IS NULL THEN c.tax - c.amount ELSE c.amount - c.tax END, 0"
    " FROM due_credits c WHERE PART(c.entry_id)",
)

_PAID_AT_ONCE = (
    "SELECT p.{key}, '{account}', {customer}, {supplier},"
    " CASE WHEN p.direction = '{direction}' THEN p.amount ELSE -p.amount END, 0"
    " FROM payments p JOIN {source} x ON x.id = p.{key}"
    " WHERE p.payment_type = 'payment' AND PART(p.{key})"
)

# Entries with no document: their lines are what an accountant wrote.
BY_HAND = ("manual", "opening_balance")

BOOKED = (
    Booked(
        "sale",
        "sales",
        "sale {0}",
        (
            _sale("SALES", "-s.subtotal"),
            _sale("TAX_PAYABLE", "-s.tax"),
            _sale("DISCOUNTS_GIVEN", "s.discount"),
            _sale("CUSTOMER_ADVANCES", "s.advance_used", "s.customer_id"),
            # What was not covered at the counter is owed, whatever has been paid of it since.
            _sale("RECEIVABLES", "s.total_amount - s.advance_used", "s.customer_id"),
            _PAID_AT_ONCE.format(
                key="sale_id",
                account="RECEIVABLES",
                customer="x.customer_id",
                supplier="NULL",
                direction="out",
                source="sales",
            ),
            _TENDERED.format(key="sale_id", types="'payment'"),
            _costs(
                "sale_id",
                "sale_items i JOIN sale_cogs c ON c.sale_item_id = i.id"
                " WHERE c.refund_item_id IS NULL",
            ),
        ),
    ),
    Booked(
        "refund",
        "refunds",
        "refund {0}",
        (
            _refund("SALES_RETURNS", "r.refund_amount - r.tax_amount"),
            _refund("TAX_PAYABLE", "r.tax_amount"),
            _refund("RECEIVABLES", "-r.due_reduced", "r.customer_id"),
            _TENDERED.format(key="refund_id", types="'refund'"),
            _costs(
                "refund_id",
                "refund_items i JOIN sale_cogs c ON c.refund_item_id = i.id WHERE 1 = 1",
            ),
        ),
    ),
    Booked(
        "purchase",
        "purchases",
        "purchase {0}",
        (
            "SELECT i.purchase_id, 'INVENTORY', NULL, NULL, COALESCE(i.landed_cost, i.subtotal), 0"
            " FROM purchase_items i WHERE PART(i.purchase_id)",
            _purchase("INPUT_TAX", "COALESCE(x.tax, 0)"),
            # What the total is more or less than its goods and its tax.
            _purchase("ROUNDING", "x.total_amount - COALESCE(x.tax, 0)")
            + " AND EXISTS (SELECT 1 FROM purchase_items i"
            " WHERE i.purchase_id = x.id AND i.landed_cost IS NOT NULL)",
            "SELECT i.purchase_id, 'ROUNDING', NULL, NULL, -i.landed_cost, 0"
            " FROM purchase_items i WHERE i.landed_cost IS NOT NULL AND PART(i.purchase_id)",
            _purchase("SUPPLIER_ADVANCES", "-x.advance_used", "x.supplier_id"),
            _purchase("PAYABLES", "x.advance_used - x.total_amount", "x.supplier_id"),
            _PAID_AT_ONCE.format(
                key="purchase_id",
                account="PAYABLES",
                customer="NULL",
                supplier="x.supplier_id",
                direction="out",
                source="purchases",
            ),
            _TENDERED.format(key="purchase_id", types="'payment'"),
        ),
    ),
    Booked(
        "expense",
        "expenses",
        "expense {0}",
        (
            "SELECT x.id, 'expense', NULL, NULL, x.amount - COALESCE(x.tax, 0), 0"
            " FROM expenses x WHERE PART(x.id)",
            "SELECT x.id, 'INPUT_TAX', NULL, NULL, x.tax, 0 FROM expenses x"
            " WHERE x.tax IS NOT NULL AND PART(x.id)",
            "SELECT x.id, m.account_id, NULL, NULL, -x.amount, 0 FROM expenses x"
            " JOIN payment_methods m ON m.code = x.payment_method WHERE PART(x.id)",
        ),
        # Which expense account a category means is decided when it is booked.
        account="CASE a.kind WHEN 'expense' THEN 'expense' ELSE l.account_id END",
    ),
    Booked(
        "opening", "inventory_log", "log row {0}", _by_hand("opening", "'OPENING_BALANCE_EQUITY'")
    ),
    Booked(
        "adjustment",
        "inventory_log",
        "log row {0}",
        _by_hand(
            "adjustment",
            "CASE WHEN g.change_qty > 0 THEN 'INVENTORY_GAIN' ELSE 'INVENTORY_LOSS' END",
        ),
    ),
    Booked(
        "void",
        "inventory_log",
        "log row {0}",
        _by_hand(
            "void", "CASE WHEN g.change_qty < 0 THEN 'INVENTORY_GAIN' ELSE 'INVENTORY_LOSS' END"
        ),
    ),
    Booked(
        "cash_count",
        "cash_counts",
        "cash count {0}",
        (
            "SELECT x.id, 'CASH', NULL, NULL, x.counted - x.expected - x.banked, 0"
            " FROM cash_counts x WHERE PART(x.id)",
            "SELECT x.id, 'CASH_OVER_SHORT', NULL, NULL, x.expected - x.counted, 0"
            " FROM cash_counts x WHERE PART(x.id)",
            "SELECT x.id, x.bank_account_id, NULL, NULL, x.banked, 0"
            " FROM cash_counts x WHERE x.banked > 0 AND PART(x.id)",
        ),
    ),
    Booked(
        "cash_movement",
        "cash_movements",
        "cash movement {0}",
        tuple(
            f"SELECT x.id, {account}, NULL, NULL,"
            f" CASE WHEN x.kind = 'from_bank' THEN {sign}x.amount ELSE 0 - ({sign}x.amount) END, 0"
            " FROM cash_movements x WHERE x.account_id IS NOT NULL AND PART(x.id)"
            for account, sign in (("'CASH'", ""), ("x.account_id", "-"))
        ),
    ),
    Booked(
        "shift",
        "shifts",
        "shift {0}",
        (
            "SELECT x.id, 'CASH', NULL, NULL, x.counted - x.expected, 0"
            " FROM shifts x WHERE x.status = 'closed' AND PART(x.id)",
            "SELECT x.id, 'CASH_OVER_SHORT', NULL, NULL, x.expected - x.counted, 0"
            " FROM shifts x WHERE x.status = 'closed' AND PART(x.id)",
        ),
    ),
    Booked(
        "transfer_sent",
        "transfers",
        "transfer {0}",
        (
            _lots("'GOODS_IN_TRANSIT'", "", "1 = 1"),
            _moved("INVENTORY", "", *_SENT),
            # Cents that batches were rounded by.
            _lots("'ROUNDING'", "-", "1 = 1"),
            _moved("ROUNDING", "-", *_SENT),
        ),
        day="x.sent_on",
        store="x.from_store_id",
    ),
    Booked(
        "transfer_arrived",
        "transfers",
        "transfer {0}",
        (
            _lots("'BETWEEN_STORES'", "", f"{_CAME} AND t.turned_back_at IS NULL"),
            _lots("'GOODS_IN_TRANSIT'", "-", f"{_CAME} AND t.turned_back_at IS NULL"),
        ),
        store="x.from_store_id",
    ),
    Booked(
        "transfer_received",
        "transfers",
        "transfer {0}",
        (
            _moved("INVENTORY", "", *_ARRIVED),
            # What did not come, or cannot be sold.
            _lots("'INVENTORY_LOSS'", "", _CAME),
            _moved("INVENTORY_LOSS", "-", *_ARRIVED),
            _lots(
                "CASE WHEN t.turned_back_at IS NULL THEN 'BETWEEN_STORES'"
                " ELSE 'GOODS_IN_TRANSIT' END",
                "-",
                _CAME,
            ),
        ),
        store=_RECEIVER.format("x"),
    ),
    Booked(
        "opening_receivable",
        "sales",
        "opening due {0}",
        _opened("sales", "RECEIVABLES", "x.customer_id, NULL", ""),
    ),
    Booked(
        "opening_payable",
        "purchases",
        "opening due {0}",
        _opened("purchases", "PAYABLES", "NULL, x.supplier_id", "-"),
    ),
    Booked("due_credit", "journal_entries", "credit entry {0}", _CREDITED, key="e.id"),
    Booked(
        "customer_payment",
        "journal_entries",
        "payment entry {0}",
        _dues("customer", "RECEIVABLES", "CUSTOMER_ADVANCES"),
        key="e.id",
    ),
    Booked(
        "supplier_payment",
        "journal_entries",
        "payment entry {0}",
        _dues("supplier", "PAYABLES", "SUPPLIER_ADVANCES"),
        key="e.id",
    ),
)

# What makes a document count, where not every row does.
COUNTS = {
    "sale": "x.status = 'completed'",
    "purchase": "x.status = 'received'",
    "shift": "x.status = 'closed'",
    "transfer_sent": "x.sent_at IS NOT NULL",
    "transfer_arrived": "x.status = 'received' AND x.turned_back_at IS NULL",
    "transfer_received": "x.status = 'received'",
    "opening_receivable": "x.status = 'opening'",
    "opening_payable": "x.status = 'opening'",
    **{kind: f"x.kind = '{kind}'" for kind in ("opening", "adjustment", "void")},
}
