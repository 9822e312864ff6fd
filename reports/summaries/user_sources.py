"""What counts as recorded by a user: their sales of any status, payments, and refunds.

The lists, their live counts and the built counts all begin here.
"""

from django.db.models import Q

from ledger.models import Payment
from ledger.payment_sources import DUE_PAYMENT, PAYMENT, payment_sources
from pos_project.core.db.merged_list import Source
from sales.models import Refund, Sale
from sales.sale_sources import REFUND, refund_source, sale_source

SALE = "Sale"
KINDS = (SALE, PAYMENT, DUE_PAYMENT, REFUND)


def recorded(which: Q) -> list[Source]:
    """The strands of those rows; `which` speaks of what they share: `user` and `created_at`."""
    return [
        sale_source(Sale.objects.filter(which), kind=SALE),
        *payment_sources(Payment.objects.filter(which), advances=PAYMENT),
        refund_source(Refund.objects.filter(which)),
    ]
