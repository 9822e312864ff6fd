"""Ways of tampering with what was numbered, by invariant."""

from ledger import kept_heads, numbering
from reports.reconciliation.tests.corruption.by_hand import Breaking, change, change_first, row_of
from reports.tests.a_shops_week import Week


def number_documents() -> None:
    """As the job does, within what will be undone."""
    numbering._number_some(None, {})


def _first_number_gone(week: Week) -> str:
    number_documents()
    change_first("document_numbers", "number = 1", "number = 100000")
    return "document numbers of store 1: expected 1 to "


def _another_total(week: Week) -> str:
    number_documents()
    row = change_first("document_numbers", "kind = 'sale'", "total = total + 1")
    return f"number {row_of(f'SELECT number FROM document_numbers WHERE id = {row}')} of store 1"


def _kept_outside(week: Week) -> str:
    number_documents()
    kept_heads.keep_each_number()
    newest = row_of("SELECT MAX(number) FROM document_numbers")
    change_first("document_numbers", f"number = {newest}", "number = 100000")
    return f"number {newest} of store 1, kept outside: expected"


def _another_note(week: Week) -> str:
    number_documents()
    change("sales", week.cash_sale.pk, "note = 'x'")
    return f"sale {week.cash_sale.pk}, {week.cash_sale.total_amount} of "


def _another_lot(week: Week) -> str:
    """Of a transfer that was received: its line, its lot and what came of it agree."""
    number_documents()
    lot = change_first("transfer_lots", "quantity > 1", "unit_cost = unit_cost + 1")
    transfer = row_of(
        "SELECT n.transfer_id FROM transfer_lots l JOIN transfer_lines n ON n.id = l.line_id"
        f" WHERE l.id = {lot}"
    )
    change_first("batches", f"transfer_lot_id = {lot}", "unit_cost = unit_cost + 1")
    return f"transfer {transfer}, 0.00 of "


def _never_numbered(week: Week) -> str:
    number_documents()
    newest = row_of("SELECT id FROM document_numbers ORDER BY id DESC")
    change("document_numbers", newest, "numbered_at = '2027-01-01 00:00:00'")
    gone = row_of("SELECT id FROM document_numbers WHERE kind = 'refund' ORDER BY id")
    refund = row_of(f"SELECT document_id FROM document_numbers WHERE id = {gone}")
    change("document_numbers", gone, "document_id = 100000")
    return f"refund {refund} of "


BROKEN: dict[str, list[Breaking]] = {
    "document_numbers_have_no_gaps": [_first_number_gone],
    "document_numbers_are_a_chain": [_another_total, _kept_outside],
    "numbered_documents_are_as_they_were": [_another_note, _another_lot],
    "documents_are_numbered": [_never_numbered],
}
