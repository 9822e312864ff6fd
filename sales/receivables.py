"""What customers owe: the statement of one, and the age of all open dues as of a day."""

from datetime import date

from django.db.models import F

from ledger import ageing
from ledger.models import DueCredit, Payment
from ledger.party_statement import Statement, credits_as_rows, named, payments_as_rows, rows_of
from sales.customer_payments import CUSTOMER_DUES
from sales.models import Refund, Sale


def customer_statement(
    customer_id: int, first: date, last: date, *, store_id: int | None = None
) -> Statement:
    """What was open, sold, refunded and paid in the days first…last. Plus is what they owe us."""
    theirs = {"customer_id": customer_id, "business_date__range": (first, last)}
    if store_id is not None:
        theirs["store_id"] = store_id
    return Statement(
        [
            rows_of(
                Sale.objects.completed().filter(**theirs),
                kind=named("sale"),
                step=1,
                at="completed_at",
                reference="invoice_no",
                document="id",
                amount=F("total_amount"),
            ),
            rows_of(
                Sale.objects.filter(status=Sale.Status.OPENING, **theirs),
                kind=named("opening_due"),
                step=1,
                at="created_at",
                reference="invoice_no",
                document="id",
                amount=F("total_amount"),
            ),
            rows_of(
                Refund.objects.filter(**theirs),
                kind=named("refund_of_sale"),
                step=2,
                at="created_at",
                reference="sale__invoice_no",
                document="sale_id",
                amount=-F("refund_amount"),
            ),
            payments_as_rows(
                Payment.objects.filter(**theirs), document="sale_id", lowers=Payment.Direction.IN
            ),
            credits_as_rows(DueCredit.objects.filter(**theirs), document="sale_id"),
        ]
    )


def receivables_ageing(as_of: date, *, store_id: int | None = None) -> list[ageing.Aged]:
    """Who owed us what at the end of the day, by the age of their sales. Four statements."""
    refunds = Refund.objects.filter(
        business_date__gt=as_of, due_reduced__gt=0, sale__business_date__lte=as_of
    )
    if store_id is not None:
        refunds = refunds.filter(sale__store_id=store_id)
    dates = ("sale_date", "due__sale_date")
    cancelled = ("customer_id", "sale__business_date")
    return ageing.aged(
        [
            *ageing.open_parts(CUSTOMER_DUES, as_of, dates=dates, store_id=store_id),
            *ageing.grouped(refunds, as_of, by=cancelled, amount=F("due_reduced")),
        ]
    )
