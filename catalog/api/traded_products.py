"""The products traded with a customer or supplier: by product, in total, and line by line."""

from collections.abc import Callable
from typing import Any, ClassVar

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from catalog.models import Product
from catalog.product_labels import named
from pos_project.core.http.day_range import DayRangeIn, asked
from pos_project.core.http.endpoints import ContractViewSet, found
from pos_project.core.http.histories import PAGE_LIMIT
from pos_project.core.http.permissions import AnyUser


class TradedProductViewSet(ContractViewSet):
    """`row` shows a product, `totals` their sums, `line` a line of one.

    `history` makes what a query asks for of whom the path names: it has `products()`, a dict per
    product with its `product_id`; `products_summary()`, their totals; and `lines_of(product)`.
    """

    page_limit = PAGE_LIMIT
    permission_classes = (AnyUser,)
    counts_lines = False  # whether an answer with lines says how many it has
    history: Callable[..., Any]
    row: ClassVar[type[Serializer]]
    totals: ClassVar[type[Serializer]]
    line: ClassVar[type[Serializer]]

    def list(self, request: Request, **path: str) -> Response:
        context = self.get_serializer_context()
        return self.page(
            self.history(asked(DayRangeIn, request), **path).products(),
            lambda rows: self.row(named(rows), many=True, context=context).data,
        )

    @action(detail=True)
    def summary(self, request: Request, **path: str) -> Response:
        """The totals of that list."""
        sums = self.history(asked(DayRangeIn, request), **path).products_summary()
        context = self.get_serializer_context()
        return Response(self.totals({"data": sums}, context=context).data)

    @action(detail=True)
    def lines(self, request: Request, product: str, **path: str) -> Response:
        history = self.history(asked(DayRangeIn, request), **path)
        traded = found(Product.objects.all(), product, "product")
        answer = self.page(history.lines_of(traded), lambda rows: self.line(rows, many=True).data)
        if self.counts_lines:
            answer.data["count"] = len(answer.data["data"])
        return answer
