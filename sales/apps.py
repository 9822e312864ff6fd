from django.apps import AppConfig
from django.db.models import F, Q


def held_sales(store_id: int) -> str | None:
    """Why a store cannot be closed while a sale is held there."""
    from sales.models import Sale

    held = Sale.objects.filter(store_id=store_id, status=Sale.Status.PENDING)
    return "It has held sales." if held.exists() else None


class SalesConfig(AppConfig):
    name = "sales"
    verbose_name = "Selling"  # as in the side bar

    def ready(self) -> None:
        from accounts import audit
        from accounts.stores import HINDRANCES
        from ledger import dues, numbering, sealing
        from sales.customer_payments import CUSTOMER_DUES
        from sales.models import (
            Customer,
            CustomerDue,
            Refund,
            RefundItem,
            Sale,
            SaleCogs,
            SaleItem,
            SaleItemBatch,
        )

        HINDRANCES.append(held_sales)
        audit.watch(Customer)
        dues.BOOKS[CUSTOMER_DUES.party] = CUSTOMER_DUES
        for document in (Sale, Refund):
            sealing.covers(document)
        sealing.covers(SaleItem, "sale__business_date")
        sealing.covers(RefundItem, "refund__business_date")
        sealing.covers(CustomerDue, "sale__business_date")
        part, taken_by_sale = numbering.Part, Q(refund_item=None)
        numbering.numbers(
            "sale",
            Sale,
            *numbering.with_entry(
                part(SaleItem, "sale_id"),
                *(part(m, "sale_item__sale_id", taken_by_sale) for m in (SaleItemBatch, SaleCogs)),
                part(CustomerDue, "sale_id"),
                events=("sale",),
            ),
            total=F("total_amount"),
            which=Q(status=Sale.Status.COMPLETED),
            may_wait=True,  # held, with its id
        )
        numbering.numbers(
            "refund",
            Refund,
            *numbering.with_entry(
                part(RefundItem, "refund_id"),
                *(part(m, "refund_item__refund_id") for m in (SaleItemBatch, SaleCogs)),
                events=("refund",),
            ),
            total=F("refund_amount"),
        )
        for taken in (SaleItemBatch, SaleCogs):  # what went out with the sale, or came back
            sealing.covers(
                taken,
                sealing.Way("sale_item__sale__business_date", Q(refund_item=None)),
                "refund_item__refund__business_date",
            )
