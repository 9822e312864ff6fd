"""Links to printed documents, which are pages outside `/api`."""

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pos_project.core.http.endpoints import found
from pos_project.core.http.permissions import AnyUser
from purchasing.models import Purchase
from reports.documents.links import link
from sales.models import Sale

_LINKS = inline_serializer(
    "PaperLinks",
    {"html": serializers.URLField(), "pdf": serializers.URLField()},
)


def _links(request: Request, *kinds: str, document_id: int) -> dict[str, dict[str, str]]:
    return {
        kind: {
            form: request.build_absolute_uri(link(kind, document_id, pdf=form == "pdf"))
            for form in ("html", "pdf")
        }
        for kind in kinds
    }


class SaleDocumentsView(APIView):
    permission_classes = (AnyUser,)

    @extend_schema(
        responses=inline_serializer(
            "SalePapers",
            {
                "success": serializers.BooleanField(),
                "data": inline_serializer("SalePaperLinks", {"receipt": _LINKS, "invoice": _LINKS}),
            },
        ),
        tags=["sales"],
    )
    def get(self, request: Request, sale: str) -> Response:
        """Links to the receipt and the invoice of a completed sale, good for ninety days."""
        sold = found(Sale.objects.completed(), sale, "sale")
        data = _links(request, "receipt", "invoice", document_id=sold.pk)
        return Response({"success": True, "data": data})


class PurchaseDocumentsView(APIView):
    permission_classes = (AnyUser,)

    @extend_schema(
        responses=inline_serializer(
            "PurchasePapers",
            {
                "success": serializers.BooleanField(),
                "data": inline_serializer("PurchasePaperLinks", {"purchase-order": _LINKS}),
            },
        ),
        tags=["purchases"],
    )
    def get(self, request: Request, purchase: str) -> Response:
        """A link to the goods received note of a purchase, good for ninety days."""
        received = found(
            Purchase.objects.exclude(status=Purchase.Status.DRAFT), purchase, "purchase"
        )
        data = _links(request, "purchase-order", document_id=received.pk)
        return Response({"success": True, "data": data})
