"""A customer pays what is owed, oldest sale first; more than that is an advance."""

from functools import partial
from typing import Any

from ledger import chart, dues
from ledger.journal_models import JournalEntry
from ledger.models import Payment
from ledger.opening_dues import OpeningDue
from ledger.payments import ON_CREDIT
from pos_project.core.days import business_day, moment_of
from pos_project.core.money import ZERO
from pos_project.core.posting_context import PostingContext
from sales.models import Customer, CustomerDue, Sale


def _document(opening: OpeningDue, name: str, context: PostingContext) -> dict[str, Any]:
    return {
        "customer_name": name,
        "subtotal": opening.amount,
        "discount": ZERO,
        "tax": ZERO,
        "refund_amount": ZERO,
        "payment_method": ON_CREDIT,
        "completed_at": moment_of(opening.dated or context.business_date, context.at),
    }


def _due(sale: Sale) -> dict[str, Any]:
    assert sale.completed_at is not None, sale
    since = sale.completed_at
    return {"sale_date": business_day(since), "created_at": since, "is_opening": True}


CUSTOMER_DUES = dues.DueBook(
    party=Payment.Party.CUSTOMER,
    party_model=Customer,
    due_model=CustomerDue,
    document_model=Sale,
    document="sale",
    oldest_first="completed_at",
    direction=Payment.Direction.IN,
    event=JournalEntry.Event.CUSTOMER_PAYMENT,
    opening=dues.Opening(
        event=JournalEntry.Event.OPENING_RECEIVABLE,
        document=_document,
        numbered=lambda number: {"invoice_no": number},
        due=_due,
    ),
    control_account=chart.RECEIVABLES,
    advance_account=chart.CUSTOMER_ADVANCES,
    owed="debt",
    still_open="Customer still owes",
    paid_ahead="the customer has paid {} in advance",
    names_editors=True,
)

receive_due_payment = partial(dues.pay, CUSTOMER_DUES)
