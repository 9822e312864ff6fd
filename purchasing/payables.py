"""What the shop owes suppliers: the statement of one, and the age of all open dues as of a day."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Case, F, OuterRef, Subquery, Sum, When

from ledger import ageing
from ledger.models import DueCredit, Payment
from ledger.party_statement import Statement, credits_as_rows, named, payments_as_rows, rows_of
from pos_project.core.money import ZERO, money
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
                Purchase.objects.exclude(status=Purchase.Status.DRAFT).filter(**theirs),
                kind=Case(
                    When(status=Purchase.Status.OPENING, then=named("opening_due")),
                    When(reverses__isnull=False, then=named("purchase_taken_back")),
                    When(returns__isnull=False, then=named("goods_returned")),
                    default=named("purchase"),
                ),
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
            credits_as_rows(DueCredit.objects.filter(**theirs), document="purchase_id"),
        ]
    )


def payables_ageing(as_of: date, *, store_id: int | None = None) -> list[ageing.Aged]:
    """Whom we owed what at the end of the day, by the date on their papers. Five statements."""
    dates = ("purchase__purchase_date", "purchase_date")
    return ageing.aged(
        [
            *ageing.open_parts(SUPPLIER_DUES, as_of, dates=dates, store_id=store_id),
            *_taken_back_since(as_of, store_id),
            *_returned_since(as_of, store_id),
        ]
    )


def _taken_back_since(as_of: date, store_id: int | None) -> Iterator[ageing.Open]:
    """What was owed of purchases that were reversed after the day: all that was not paid on
    delivery, for payments of their dues had to be taken back first."""
    on_delivery = (
        Payment.objects.filter(
            purchase_id=OuterRef("reverses_id"), payment_type=Payment.Type.PAYMENT
        )
        .order_by()
        .values("purchase_id")
        .annotate(paid=Sum("amount"))
        .values("paid")
    )
    opposites = Purchase.objects.filter(business_date__gt=as_of, reverses__business_date__lte=as_of)
    of_store: dict[str, Any] = {} if store_id is None else {"store_id": store_id}
    for supplier_id, dated, amount, advance, paid in (
        opposites.filter(**of_store)
        .annotate(paid=Subquery(on_delivery))
        .values_list(
            "supplier_id",
            "reverses__purchase_date",
            "reverses__total_amount",
            "reverses__advance_used",
            "paid",
        )
    ):
        owed = amount - advance - money(paid or ZERO)
        yield ageing.Open(supplier_id, ageing.bucket_of(dated, as_of), owed)


def _returned_since(as_of: date, store_id: int | None) -> Iterator[ageing.Open]:
    """What was owed for goods that went back after the day."""
    returned = Purchase.objects.filter(
        due_reduced__gt=0, business_date__gt=as_of, returns__business_date__lte=as_of
    )
    of_store: dict[str, Any] = {} if store_id is None else {"store_id": store_id}
    by = ("supplier_id", "returns__purchase_date")
    return ageing.grouped(returned.filter(**of_store), as_of, by=by, amount=F("due_reduced"))
