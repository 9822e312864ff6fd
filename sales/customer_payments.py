"""A customer pays what is owed, oldest sale first; more than that is an advance."""

from functools import partial

from ledger import chart, dues
from ledger.models import JournalEntry, Payment
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
    owed="debt",
    still_open="Customer still owes",
    paid_ahead="the customer has paid {} in advance",
    names_editors=True,
)

receive_due_payment = partial(dues.pay, CUSTOMER_DUES)
