"""`/api/transfers/suggestions` (docs/api.md §25): what shops should get from a warehouse, and
asking for it, a transfer for each shop."""

from typing import Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from inventory.ask_for_several import AskedFor, ForShop, ask_for_several
from inventory.suggestions import COVER_DAYS, DAYS, MOST_DAYS, choose_stores, suggest
from inventory.transfers import Wanted
from pos_project.core.days import today
from pos_project.core.errors import Invalid
from pos_project.core.http.aliases import MovesMoneyIn
from pos_project.core.http.endpoints import answer_once, checked
from pos_project.core.http.fields import (
    FlagField,
    FreeText,
    IdField,
    QuantityField,
    WholeNumberField,
)
from pos_project.core.http.permissions import AdminStaff

MOST_ROWS = 500  # the sums are of all
MAX_LINES = 500
_PARAMETERS = [
    OpenApiParameter(
        "from_store_id",
        OpenApiTypes.INT,
        description="The store that sends; by default the one that the caller acts in.",
    ),
    OpenApiParameter(
        "to_store_id",
        OpenApiTypes.STR,
        description="Ids of stores with commas between them; every open shop by default.",
    ),
    OpenApiParameter(
        "days", OpenApiTypes.INT, description=f"1 to {MOST_DAYS} days of sales; {DAYS} by default."
    ),
    OpenApiParameter(
        "cover_days",
        OpenApiTypes.INT,
        description=f"0 to {MOST_DAYS} days that goods should last; {COVER_DAYS} by default.",
    ),
    OpenApiParameter(
        "all_goods",
        OpenApiTypes.BOOL,
        description="Also what a store never had, and has no level or place for.",
    ),
]


class SuggestionsQuery(serializers.Serializer):
    from_store_id = IdField(required=False)
    to_store_id = serializers.CharField(required=False, allow_blank=True, max_length=1000)
    days = WholeNumberField(least=1, most=MOST_DAYS, required=False)
    cover_days = WholeNumberField(least=0, most=MOST_DAYS, required=False)
    all_goods = FlagField(required=False)


class SuggestionOut(serializers.Serializer):
    product_id = serializers.IntegerField(source="product.pk")
    product_name = serializers.CharField(source="product.name")
    sku = serializers.CharField(source="product.sku")
    place = serializers.CharField(help_text="In the warehouse.")
    to_store_id = serializers.IntegerField(source="store.pk")
    to_store_name = serializers.CharField(source="store.name")
    free = WholeNumberField(help_text="In the warehouse, and promised to nobody.")
    stock = WholeNumberField()
    coming = WholeNumberField(help_text="Asked for, or on the way.")
    reorder_level = serializers.IntegerField(source="level")
    units_sold = WholeNumberField(source="sold")
    missing = serializers.IntegerField()
    quantity = serializers.IntegerField(source="units", help_text="To send.")


class SuggestionsOut(serializers.Serializer):
    class Summary(serializers.Serializer):
        lines = serializers.IntegerField()
        missing = serializers.IntegerField()
        quantity = serializers.IntegerField()

    from_store_id = serializers.IntegerField()
    days = serializers.IntegerField()
    cover_days = serializers.IntegerField()
    summary = Summary()
    suggestions = SuggestionOut(many=True)


class SuggestionsAnswer(serializers.Serializer):
    success = serializers.BooleanField()
    message = serializers.CharField()
    data: Any = SuggestionsOut()


class AskedLineIn(serializers.Serializer):
    to_store_id = IdField()
    product_id = IdField()
    quantity = QuantityField()


class AskForSeveralIn(MovesMoneyIn):
    from_store_id = IdField()
    items = serializers.ListField(child=AskedLineIn(), allow_empty=False, max_length=MAX_LINES)
    note = FreeText(max_length=1000)


class AskedTransferOut(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.CharField()
    to_store_id = serializers.IntegerField()


class AskedForSeveralOut(serializers.Serializer):
    success = serializers.BooleanField()
    message = serializers.CharField()
    transfers = AskedTransferOut(many=True)


class SuggestionsView(APIView):
    permission_classes = (AdminStaff,)

    def is_keyed(self) -> bool:
        return self.request.method == "POST"

    @extend_schema(parameters=_PARAMETERS, responses=SuggestionsAnswer, tags=["transfers"])
    def get(self, request: Request) -> Response:
        """What each shop should get from a warehouse: what it is short of by its levels and by what
        it sells, fairly shared where there is less. 500 lines at most; the summary is of all."""
        by = cast(User, request.user)
        asked = _query(request, by)
        warehouse, shops = choose_stores(by, asked["from_store_id"], asked["shops"])
        found = suggest(
            warehouse,
            shops,
            today=today(),
            days=asked["days"],
            cover_days=asked["cover_days"],
            all_goods=asked["all_goods"],
        )
        data = {
            "from_store_id": warehouse.pk,
            "days": asked["days"],
            "cover_days": asked["cover_days"],
            "summary": {
                "lines": len(found),
                "missing": sum(each.missing for each in found),
                "quantity": sum(each.units for each in found),
            },
            "suggestions": found[:MOST_ROWS],
        }
        answer = {"success": True, "message": "What shops should get", "data": data}
        return Response(SuggestionsAnswer(answer).data)

    @extend_schema(request=AskForSeveralIn, responses={201: AskedForSeveralOut}, tags=["transfers"])
    def post(self, request: Request) -> Response:
        """Ask for goods for several shops at once: a transfer for each of them, all or none."""
        body, by = checked(AskForSeveralIn, request), cast(User, request.user)
        lines = [
            ForShop(line["to_store_id"], Wanted(line["product_id"], line["quantity"]))
            for line in body["items"]
        ]
        return answer_once(
            request,
            lambda key: ask_for_several(
                body["from_store_id"], lines, by=by, note=body.get("note"), key=key
            ),
            _asked,
        )


def _asked(done: AskedFor) -> dict[str, Any]:
    transfers = AskedTransferOut(done.transfers, many=True).data
    return {"success": True, "message": "Goods asked for", "transfers": transfers}


def _query(request: Request, by: User) -> dict[str, Any]:
    """Raises Invalid (400) for what is no number, no yes or no, or no store's id."""
    names = [str(name) for name in SuggestionsQuery().fields]
    sent = {name: request.query_params.get(name) for name in names}
    said: dict[str, Any] = SuggestionsQuery().run_validation(
        {name: value for name, value in sent.items() if value is not None}
    )
    shops = [each.strip() for each in said.get("to_store_id", "").split(",") if each.strip()]
    if not all(each.isascii() and each.isdigit() and len(each) < 20 for each in shops):
        text = "Ids of stores, with commas between them."
        raise Invalid(text, fields={"to_store_id": [text]})
    days, cover_days = said.get("days"), said.get("cover_days")
    return {
        "from_store_id": said.get("from_store_id") or by.store_id,
        "shops": [int(each) for each in shops],
        "days": DAYS if days is None else days,
        "cover_days": COVER_DAYS if cover_days is None else cover_days,
        "all_goods": said.get("all_goods", False),
    }
