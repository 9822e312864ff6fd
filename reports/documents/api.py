"""Links to printed documents, which are pages outside `/api`."""

from typing import Any

from django.db.models import Q
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.cost import require_sight_of_cost
from inventory.transfer_models import Transfer
from ledger.api.shifts import require_sight
from ledger.till_models import Shift
from pos_project.core.db.store_rows import of_store
from pos_project.core.http.endpoints import found
from pos_project.core.http.permissions import AnyUser
from purchasing.models import Purchase
from reports.documents.links import link
from sales.models import Sale


class PaperLinks(serializers.Serializer):
    html = serializers.URLField()
    pdf = serializers.URLField()


def _described(name: str, *kinds: str) -> Any:
    return inline_serializer(
        f"{name}Papers",
        {
            "success": serializers.BooleanField(),
            "data": inline_serializer(f"{name}PaperLinks", {kind: PaperLinks() for kind in kinds}),
        },
    )


def _answer(request: Request, document_id: int, *kinds: str) -> Response:
    data = {
        kind: {
            form: request.build_absolute_uri(link(kind, document_id, pdf=form == "pdf"))
            for form in ("html", "pdf")
        }
        for kind in kinds
    }
    return Response({"success": True, "data": data})


class SaleDocumentsView(APIView):
    permission_classes = (AnyUser,)

    @extend_schema(responses=_described("Sale", "receipt", "invoice"), tags=["sales"])
    def get(self, request: Request, sale: str) -> Response:
        """Links to the receipt and the invoice of a completed sale, good for ninety days."""
        sold = found(Sale.objects.completed(), sale, "sale")
        return _answer(request, sold.pk, "receipt", "invoice")


class ShiftDocumentsView(APIView):
    permission_classes = (AnyUser,)

    @extend_schema(responses=_described("Shift", "shift"), tags=["tills"])
    def get(self, request: Request, shift: str) -> Response:
        """A link to the X report of an open shift, to the Z report of a closed one."""
        by: Any = request.user
        row = found(of_store(Shift.objects.all(), by.reads_store), shift, "shift")
        require_sight(row, request.user)
        return _answer(request, row.pk, "shift")


class TransferDocumentsView(APIView):
    permission_classes = (AnyUser,)

    @extend_schema(responses=_described("Transfer", "transfer", "pick-list"), tags=["transfers"])
    def get(self, request: Request, transfer: str) -> Response:
        """Links to the note that goes with the goods and to the pick list, good for ninety days."""
        by: Any = request.user
        rows = Transfer.objects.all()
        if (store_id := by.reads_store) is not None:
            rows = rows.filter(Q(from_store_id=store_id) | Q(to_store_id=store_id))
        return _answer(request, found(rows, transfer, "transfer").pk, "transfer", "pick-list")


class PurchaseDocumentsView(APIView):
    permission_classes = (AnyUser,)

    @extend_schema(responses=_described("Purchase", "purchase-order"), tags=["purchases"])
    def get(self, request: Request, purchase: str) -> Response:
        """A link to the goods received note of a purchase, good for ninety days."""
        require_sight_of_cost(request)
        completed = Purchase.objects.filter(status=Purchase.Status.RECEIVED)
        return _answer(request, found(completed, purchase, "purchase").pk, "purchase-order")
