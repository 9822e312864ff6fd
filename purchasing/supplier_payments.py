"""Paying what the shop owes a supplier, oldest purchase first; more than that is an advance."""

from functools import partial
from typing import Any

from ledger import chart, dues
from ledger.journal_models import JournalEntry
from ledger.models import Payment
from ledger.opening_dues import OpeningDue
from ledger.payments import ON_CREDIT
from pos_project.core.days import moment_of
from pos_project.core.db.unique_keys import key_of
from pos_project.core.posting_context import PostingContext
from purchasing.models import Purchase, Supplier, SupplierDue


def _document(opening: OpeningDue, name: str, context: PostingContext) -> dict[str, Any]:
    return {
        "supplier_name": name,
        "purchase_date": opening.dated or context.business_date,
        "payment_method": ON_CREDIT,
    }


def _due(purchase: Purchase) -> dict[str, Any]:
    return {"created_at": moment_of(purchase.purchase_date, purchase.created_at)}


SUPPLIER_DUES = dues.DueBook(
    party=Payment.Party.SUPPLIER,
    party_model=Supplier,
    due_model=SupplierDue,
    document_model=Purchase,
    document="purchase",
    oldest_first="purchase_date",
    direction=Payment.Direction.OUT,
    event=JournalEntry.Event.SUPPLIER_PAYMENT,
    opening=dues.Opening(
        event=JournalEntry.Event.OPENING_PAYABLE,
        document=_document,
        numbered=lambda number: {"invoice_no": number, "invoice_key": key_of(number)},
        due=_due,
    ),
    control_account=chart.PAYABLES,
    advance_account=chart.SUPPLIER_ADVANCES,
    owed="payable",
    still_open="The supplier is still owed",
    paid_ahead="the supplier has been paid {} in advance",
)

pay_supplier = partial(dues.pay, SUPPLIER_DUES)
