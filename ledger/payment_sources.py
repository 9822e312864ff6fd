"""Payments as the histories of customers, suppliers and users show them.

A strand has one payment type, so that an index over the type and the moment yields it in order.
What was paid out for a refund is no payment there: the refund itself is shown, or it would
show twice.
"""

from collections.abc import Mapping

from django.db.models import Expression, QuerySet
from django.db.models.functions import Coalesce

from ledger.models import Payment
from pos_project.core.db.merged_list import Source

PAYMENT, DUE_PAYMENT, ADVANCE = "Payment", "DuePayment", "Advance"

_COLUMNS: Mapping[str, str | Expression] = {
    "ref_id": "pk",
    # The number of the document it was paid for; the tender's own reference is another thing.
    "reference": Coalesce("sale__invoice_no", "purchase__invoice_no"),
    "amount": "amount",
    "customer_id": "customer_id",
    "customer_name": "customer__name",
    "supplier_id": "supplier_id",
    "supplier_name": "supplier__name",
    "user_id": "user_id",
    "user_name": "user__name",
    "status": "payment_type",
    "paid": "amount",
    "method": "method_id",
    "direction": "direction",
    "party_type": "payment_party",
    "created_at": "created_at",
}


def payment_sources(payments: QuerySet[Payment], *, advances: str) -> list[Source]:
    """The strands of these payments; `advances` is the wire's word for those paid ahead."""
    kinds = {
        Payment.Type.PAYMENT: PAYMENT,
        Payment.Type.ADVANCE: advances,
        Payment.Type.DUE_PAYMENT: DUE_PAYMENT,
    }
    return [
        Source(kind, payments.filter(payment_type=type_), _COLUMNS, {"due": None})
        for type_, kind in kinds.items()
    ]
