"""The lines of sales as lists show them: what was sold, to whom, and how much came back."""

from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from sales.models import RefundItem, SaleItem


def sale_lines() -> QuerySet[SaleItem]:
    """Lines with `refunded_quantity`, their product's picture, sale, customer and seller."""
    return (
        SaleItem.objects.select_related("product", "sale__customer", "sale__user")
        .annotate(refunded_quantity=refunded_of_each())
        .order_by("-id")
    )


def refunded_of_each() -> Coalesce:
    """The units of a line that came back, as an expression over a query of lines."""
    refunded = (
        RefundItem.objects.filter(sale_item=OuterRef("pk"))
        .order_by()
        .values("sale_item")
        .annotate(units=Sum("quantity"))
        .values("units")
    )
    units = DecimalField(max_digits=12, decimal_places=3)
    return Coalesce(Subquery(refunded), Value(0), output_field=units)
