"""Paying what the shop owes a supplier, oldest purchase first; more than that is an advance."""

from functools import partial

from ledger import chart, dues
from ledger.models import JournalEntry, Payment
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
    owed="payable",
    still_open="The supplier is still owed",
    paid_ahead="the supplier has been paid {} in advance",
)

pay_supplier = partial(dues.pay, SUPPLIER_DUES)
