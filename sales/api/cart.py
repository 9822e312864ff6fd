"""`/api/cart` (docs/api.md §26)."""

from decimal import Decimal
from typing import Any, cast

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.approvals import approval_of
from accounts.models import User
from inventory.models import Batch
from ledger.api.tenders import tenders_offered
from pos_project.core.http.aliases import AliasedSerializer
from pos_project.core.http.endpoints import answer_once, checked, path_id, shown
from pos_project.core.http.fields import IdField, MomentField, MoneyField, QuantityField
from pos_project.core.http.permissions import AnyUser
from pos_project.core.images.pictures import ImageUrlField
from pos_project.core.money import money, total
from sales import carts
from sales.api.sale_serializers import CartCheckoutIn, CartCheckoutOut, order_of
from sales.models import Cart


class CartLineIn(AliasedSerializer):
    aliases = {"price": "unit_price"}

    product_id = IdField()
    quantity = QuantityField(required=False, default=1)
    unit_price = MoneyField(required=False, exact=True)


class CartQuantityIn(serializers.Serializer):
    quantity = QuantityField()


class CartItemOut(serializers.Serializer):
    id = serializers.IntegerField()
    product_id = serializers.IntegerField()
    name = serializers.CharField(source="product.name")
    sku = serializers.CharField(source="product.sku")
    image_url = ImageUrlField(source="product.image_public_id")
    stock = serializers.IntegerField()
    quantity = QuantityField()
    unit_price = MoneyField()
    price = MoneyField(source="unit_price")
    subtotal = MoneyField()


class CartOut(serializers.Serializer):
    id = serializers.IntegerField()
    items = CartItemOut(many=True)
    item_count = serializers.IntegerField()
    subtotal = MoneyField()
    updated_at = MomentField()


CartAnswer = inline_serializer(
    "CartAnswer",
    {
        "success": serializers.BooleanField(),
        "message": serializers.CharField(required=False),
        "data": CartOut(),
    },
)


def contents(cart: Cart, request: Request) -> dict[str, Any]:
    """The cart as its owner sees it: lines with the stock of now."""
    user = cast(User, request.user)
    items: list[Any] = list(carts.items_of(cart))  # (to which two figures are added)
    stock = Batch.objects.all().stock([item.product_id for item in items], store_id=user.store_id)
    for item in items:
        item.stock = stock.get(item.product_id, 0)
        item.subtotal = money(item.quantity * item.unit_price)
    return CartOut(
        {
            "id": cart.pk,
            "items": items,
            "item_count": sum(item.quantity for item in items),
            "subtotal": total(item.subtotal for item in items),
            "updated_at": cart.updated_at,
        },
        context={"request": request},
    ).data


class CartView(APIView):
    """The caller's own open cart."""

    permission_classes = (AnyUser,)

    @extend_schema(responses=CartAnswer, tags=["cart"])
    def get(self, request: Request) -> Response:
        """What is in the cart."""
        cart = carts.open_cart(cast(User, request.user))
        return Response({"success": True, "data": contents(cart, request)})

    @extend_schema(responses={200: CartAnswer}, tags=["cart"])
    def delete(self, request: Request) -> Response:
        """Empty the cart."""
        cart = carts.clear(cast(User, request.user))
        return _answer("Cart cleared", cart, request)


class CartItemsView(APIView):
    permission_classes = (AnyUser,)

    @extend_schema(request=CartLineIn, responses={201: CartAnswer}, tags=["cart"])
    def post(self, request: Request) -> Response:
        """Add a product; the same product at the same price adds up."""
        body = checked(CartLineIn, request)
        cart = carts.add(
            cast(User, request.user),
            body["product_id"],
            Decimal(body["quantity"]),
            body.get("unit_price"),
        )
        return _answer("Added to cart", cart, request, status=201)


class CartItemView(APIView):
    permission_classes = (AnyUser,)

    @extend_schema(request=CartQuantityIn, responses={200: CartAnswer}, tags=["cart"])
    def put(self, request: Request, item: str) -> Response:
        """Change a line's quantity."""
        item_id = path_id(item, "cart line")
        quantity = Decimal(checked(CartQuantityIn, request)["quantity"])
        cart = carts.set_quantity(cast(User, request.user), item_id, quantity)
        return _answer("Cart line updated", cart, request)

    @extend_schema(responses={200: CartAnswer}, tags=["cart"])
    def delete(self, request: Request, item: str) -> Response:
        """Take a line out."""
        cart = carts.remove(cast(User, request.user), path_id(item, "cart line"))
        return _answer("Cart line removed", cart, request)


class CartCheckoutView(APIView):
    permission_classes = (AnyUser,)

    def is_keyed(self) -> bool:
        return True

    @extend_schema(request=CartCheckoutIn, responses={201: CartCheckoutOut}, tags=["cart"])
    def post(self, request: Request) -> Response:
        """Sell the cart and close it, in one transaction."""
        body = checked(CartCheckoutIn, request)
        by = cast(User, request.user)
        return answer_once(
            request,
            lambda key: carts.check_out(
                order_of(body, lines=[]),
                tenders_offered(body),
                by=by,
                key=key,
                approval=approval_of(request, body),
            ),
            lambda sold: shown(CartCheckoutOut, sold),
        )


def _answer(message: str, cart: Cart, request: Request, status: int = 200) -> Response:
    body = {"success": True, "message": message, "data": contents(cart, request)}
    return Response(body, status=status)
