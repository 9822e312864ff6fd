"""Sales and refunds as the histories of customers and users show them."""

from django.db.models import QuerySet

from pos_project.core.db.merged_list import Source
from sales.models import Refund, Sale

REFUND = "Refund"

_WHO = {
    "customer_id": "customer_id",
    "customer_name": "customer__name",
    "user_id": "user_id",
    "user_name": "user__name",
}
_NO_SUPPLIER = {"party_type": "customer", "supplier_id": None, "supplier_name": None}


def sale_source(sales: QuerySet[Sale], *, kind: str) -> Source:
    """Sales of any status, with what is paid and due of them today; `kind` is the wire's word."""
    columns = {
        **_WHO,
        "ref_id": "pk",
        "reference": "invoice_no",
        "amount": "total_amount",
        "status": "status",
        "paid": "paid_amount",
        "due": "due_amount",
        "method": "payment_method",
        "created_at": "created_at",
    }
    return Source(kind, sales, columns, {**_NO_SUPPLIER, "direction": None})


def refund_source(refunds: QuerySet[Refund]) -> Source:
    """Refunds: what came back, and how much of it was paid out."""
    columns = {
        **_WHO,
        "ref_id": "pk",
        "reference": "sale__invoice_no",
        "amount": "refund_amount",
        "paid": "paid_out",
        "method": "refund_method",
        "created_at": "created_at",
    }
    fixed = {**_NO_SUPPLIER, "status": "refund", "due": None, "direction": "out"}
    return Source(REFUND, refunds, columns, fixed)
