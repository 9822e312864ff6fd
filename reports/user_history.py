"""What users recorded: sales, payments and refunds; of one user, or of all of them."""

from django.db.models import Q

from accounts.models import User
from ledger.models import Payment
from ledger.payment_strands import DUE_PAYMENT, PAYMENT, payment_strands
from pos_project.core.day_range import DayRange
from pos_project.core.timeline import Timeline
from sales.models import Refund, Sale
from sales.sale_strands import REFUND, refund_strand, sale_strand

SALE = "Sale"
KINDS = (SALE, PAYMENT, DUE_PAYMENT, REFUND)


def transactions(*, days: DayRange, user: User | None = None, kind: str | None = None) -> Timeline:
    """Everything recorded, newest first; by one user, or of one kind, if named."""
    theirs = days.of_moments("created_at") & (Q(user=user) if user else Q())
    strands = [
        sale_strand(Sale.objects.filter(theirs), kind=SALE),
        *payment_strands(Payment.objects.filter(theirs), advances=PAYMENT),
        refund_strand(Refund.objects.filter(theirs)),
    ]
    return Timeline(strand for strand in strands if kind in (None, strand.kind))
