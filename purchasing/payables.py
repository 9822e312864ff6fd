"""What the shop owes suppliers: the statement of one, and the age of all open dues as of a day."""

from datetime import date

from django.db.models import F

from ledger import ageing
from ledger.models import Payment
from ledger.party_statement import Statement, payments_as_rows, rows_of
from purchasing.models import Purchase
from purchasing.supplier_payments import SUPPLIER_DUES


def supplier_statement(
    supplier_id: int, first: date, last: date, *, store_id: int | None = None
) -> Statement:
    """Purchases and payments of the days first…last. Plus is what we owe the supplier."""
    theirs = {"supplier_id": supplier_id, "business_date__range": (first, last)}
    if store_id is not None:
        theirs["store_id"] = store_id
    return Statement(
        [
            rows_of(
                Purchase.objects.filter(status=Purchase.Status.RECEIVED, **theirs),
                kind="purchase",
                step=1,
                at="created_at",
                reference="invoice_no",
                document="id",
                amount=F("total_amount"),
            ),
            payments_as_rows(
                Payment.objects.filter(**theirs),
                document="purchase_id",
                lowers=Payment.Direction.OUT,
            ),
        ]
    )


def payables_ageing(as_of: date, *, store_id: int | None = None) -> list[ageing.Aged]:
    """Whom we owed what at the end of the day, by the date on their papers. Two statements."""
    parts = ageing.open_parts(SUPPLIER_DUES, as_of, dated="purchase_date", store_id=store_id)
    return ageing.aged(parts, as_of)
