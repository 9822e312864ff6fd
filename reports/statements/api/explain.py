"""`GET /api/sales/:id/explain`: where a sale's figures come from."""

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.cost import require_sight_of_cost
from pos_project.core.db.replica import report_snapshot
from pos_project.core.http.endpoints import path_id
from pos_project.core.http.fields import MoneyField
from pos_project.core.http.permissions import AnyUser
from reports.statements.explain.sale import explain_sale


class NodeOut(serializers.Serializer):
    """A figure and the figures it is the sum of, each of the same shape."""

    label = serializers.CharField()  # type: ignore[assignment]  # (the tree's own word)
    amount = MoneyField()
    unit = serializers.ChoiceField(choices=("money", "units"))
    about = serializers.DictField()
    children = serializers.ListField(child=serializers.DictField())


class SaleExplanationOut(serializers.Serializer):
    title = serializers.CharField()
    about = serializers.DictField()
    figures = NodeOut(many=True)


class SaleExplainView(APIView):
    # As the sale itself (docs/api.md §22), but for staff who do not see costs.
    permission_classes: tuple[Any, ...] = (AnyUser,)

    @extend_schema(
        responses=inline_serializer(
            "SaleExplainAnswer",
            {
                "success": serializers.BooleanField(),
                "message": serializers.CharField(),
                "data": SaleExplanationOut(),
            },
        ),
        tags=["sales"],
    )
    def get(self, request: Request, pk: str) -> Response:
        """Total, tax, cost, profit, due and journal of a sale as trees: batches, purchase lines
        and suppliers' invoices are the leaves, and the leaves of a tree add up to its figure."""
        require_sight_of_cost(request)
        sale_id = path_id(pk, "sale")
        with report_snapshot():
            told = explain_sale(sale_id)
        data = {
            "title": told.title,
            "about": dict(told.about),
            "figures": [figure.as_data() for figure in told.figures],
        }
        return Response({"success": True, "message": "Sale explained", "data": data})
