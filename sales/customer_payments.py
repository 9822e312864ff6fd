"""A customer pays what is owed, oldest sale first; more than that is an advance."""

from datetime import datetime

from ledger import advances, chart, dues, payments
from ledger.models import JournalEntry, Payment
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.errors import NotFound
from pos_project.core.posting_context import Actor, PostingContext
from sales.models import Customer, CustomerDue, Sale

CUSTOMER_DUES = dues.DueBook(
    party=Payment.Party.CUSTOMER,
    party_model=Customer,
    due_model=CustomerDue,
    document_model=Sale,
    document="sale",
    oldest_first="completed_at",
    direction=Payment.Direction.IN,
    event=JournalEntry.Event.CUSTOMER_PAYMENT,
    control_account=chart.RECEIVABLES,
    advance_account=chart.CUSTOMER_ADVANCES,
    advance_balance=advances.customer_balance,
)


def receive_due_payment(
    customer_id: int,
    tender: payments.Tender,
    *,
    note: str | None = None,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
) -> dues.DuePayment:
    """Take a payment for open dues, oldest first. The amount is in shop currency, above zero.

    Raises NotFound for an unknown customer, Invalid for an unknown method or when nothing is
    owed; nothing is written then.
    """
    with kept_answer_first(key):
        if not Customer.objects.listed().filter(pk=customer_id).exists():
            raise NotFound("Customer not found")
        payments.require_method(tender.method, field="method")
    return once(
        key,
        lambda: dues.pay(
            CUSTOMER_DUES, customer_id, tender, note=note, context=PostingContext.of(by, at)
        ),
    )
