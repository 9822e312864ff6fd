"""Paying what the shop owes a supplier, oldest purchase first; more than that is an advance."""

from datetime import datetime

from ledger import advances, chart, dues, payments
from ledger.models import JournalEntry, Payment
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.errors import NotFound
from pos_project.core.posting_context import Actor, PostingContext
from purchasing.models import Purchase, Supplier, SupplierDue

SUPPLIER_DUES = dues.DueBook(
    party=Payment.Party.SUPPLIER,
    party_model=Supplier,
    due_model=SupplierDue,
    document_model=Purchase,
    document="purchase",
    oldest_first="purchase_date",
    direction=Payment.Direction.OUT,
    event=JournalEntry.Event.SUPPLIER_PAYMENT,
    control_account=chart.PAYABLES,
    advance_account=chart.SUPPLIER_ADVANCES,
    advance_balance=advances.supplier_balance,
)


def pay_supplier(
    supplier_id: int,
    tender: payments.Tender,
    *,
    note: str | None = None,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
) -> dues.DuePayment:
    """Pay open purchases, oldest first. The amount is in shop currency and above zero.

    Raises NotFound for an unknown supplier, Invalid for an unknown method or when nothing is
    owed; nothing is written then.
    """
    with kept_answer_first(key):
        if not Supplier.objects.listed().filter(pk=supplier_id).exists():
            raise NotFound("Supplier not found")
        payments.require_method(tender.method, field="method")
    return once(
        key,
        lambda: dues.pay(
            SUPPLIER_DUES, supplier_id, tender, note=note, context=PostingContext.of(by, at)
        ),
    )
