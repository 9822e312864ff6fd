"""A cart kept on the server, one open per user; selling it is a checkout like any other."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils import timezone

from accounts import staff_rules
from catalog.models import Product
from inventory import fifo
from inventory.models import Batch
from inventory.store_stock import say_where_there_is_some
from ledger import payments
from pos_project.core.db.idempotency import RequestKey, once
from pos_project.core.db.transactions import transact
from pos_project.core.errors import Invalid, NotFound
from pos_project.core.http.fields import MAX_QUANTITY
from pos_project.core.money import MAX_AMOUNT
from pos_project.core.posting_context import Actor, PostingContext
from sales import checkout
from sales.completion import Sold
from sales.models import Cart, CartItem, Sale
from sales.pricing import Line, Order
from sales.staff_limits import order_breaches


def items_of(cart: Cart) -> QuerySet[CartItem]:
    """The cart's lines with their products, in the order they were added."""
    return cart.items.select_related("product").order_by("id")


def open_cart(by: Actor) -> Cart:
    """The user's open cart, made on first use."""
    return Cart.objects.get_or_create(open_for_id=by.pk, defaults={"user_id": by.pk})[0]


def add(by: Actor, product_id: int, quantity: Decimal, unit_price: Decimal | None = None) -> Cart:
    """Put units of a product into the cart, at its price of now unless another is given.

    Raises Invalid for a product that is not sold, InsufficientStock for more than there is.
    """
    product = Product.objects.sellable().filter(pk=product_id).first()
    if product is None:
        text = "This product is not sold."
        raise Invalid(text, fields={"product_id": [text]})
    price = product.price if unit_price is None else unit_price

    def put(cart: Cart) -> None:
        line = cart.items.filter(product=product, unit_price=price).first()
        held = line.quantity if line else Decimal(0)
        _require_stock(cart, product, extra=quantity, by=by)
        _require_bounds(held + quantity, price)
        if line:
            cart.items.filter(pk=line.pk).update(quantity=held + quantity)
        else:
            CartItem.objects.create(cart=cart, product=product, quantity=quantity, unit_price=price)

    return _change(by, put)


def set_quantity(by: Actor, item_id: int, quantity: Decimal) -> Cart:
    """Change a line of the caller's own cart. Raises NotFound for any other line."""

    def put(cart: Cart) -> None:
        item = _own(cart, item_id)
        _require_stock(cart, item.product, extra=quantity - item.quantity, by=by)
        _require_bounds(quantity, item.unit_price)
        cart.items.filter(pk=item.pk).update(quantity=quantity)

    return _change(by, put)


def remove(by: Actor, item_id: int) -> Cart:
    """Take a line out of the caller's own cart. Raises NotFound for any other line."""
    return _change(by, lambda cart: _own(cart, item_id).delete())


def clear(by: Actor) -> Cart:
    return _change(by, lambda cart: cart.items.all().delete())


def check_out(
    order: Order,
    offered: payments.TendersOffered,
    *,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
    approval: staff_rules.Approval | None = None,
) -> Sold:
    """Sell the caller's cart (`order` brings everything but the lines) and close it.

    Raises Invalid for an empty cart and what `checkout.sell` raises; the cart stays open then.
    """
    with staff_rules.refusals_kept(by, Sale):
        return once(
            key, lambda: _check_out(order, offered, by, PostingContext.claim(by, at), approval)
        )


def _check_out(
    order: Order,
    offered: payments.TendersOffered,
    by: Actor,
    context: PostingContext,
    approval: staff_rules.Approval | None,
) -> Sold:
    cart = Cart.objects.select_for_update().filter(open_for_id=by.pk).first()
    items = list(items_of(cart)) if cart else []
    if not cart or not items:
        raise Invalid("The cart is empty.")
    lines = [Line(item.product_id, item.quantity, item.unit_price) for item in items]
    priced = checkout.read_and_price(replace(order, lines=lines))
    checkout.require_customer_for_advance(priced.customer_id, offered)
    breaches = order_breaches(priced, staff_rules.rules_for(by))
    staff_rules.require_allowed(breaches, approval)
    sold = checkout.sell_priced(priced, offered, context)
    staff_rules.keep_approved(breaches, approval, sold.sale, by=by)
    Cart.objects.filter(pk=cart.pk).update(
        open_for=None, sale_id=sold.sale.pk, updated_at=context.at
    )
    cart.open_for, cart.sale = None, sold.sale
    sold.sale.cart = cart
    return sold


def _change(by: Actor, change: Callable[[Cart], object]) -> Cart:
    """Change the caller's open cart under its lock."""
    open_cart(by)

    def changed() -> Cart:
        cart = Cart.objects.select_for_update().filter(open_for_id=by.pk).first()
        if cart is None:
            raise Invalid("The cart was checked out meanwhile.")
        change(cart)
        cart.updated_at = timezone.now()
        cart.save(update_fields=["updated_at"])
        return cart

    return transact(changed)


def _own(cart: Cart, item_id: int) -> CartItem:
    item = items_of(cart).filter(pk=item_id).first()
    if item is None:
        raise NotFound("Cart line not found")
    return item


def _require_stock(cart: Cart, product: Product, *, extra: Decimal, by: Actor) -> None:
    if not product.keeps_stock:
        return
    stock = Batch.objects.all().stock([product.pk], store_id=by.store_id)
    held = cart.items.filter(product=product).aggregate(units=Sum("quantity"))["units"]
    wanted = (held or Decimal(0)) + extra
    if wanted > stock.get(product.pk, Decimal(0)):
        there = int(stock.get(product.pk, Decimal(0)))
        refusal = fifo.InsufficientStock(
            f"Not enough stock: {product.name} ({int(wanted)} wanted, {there} in stock).",
            fields={"quantity": [f"Only {there} in stock."]},
        )
        demand = fifo.Demand(product.pk, product.name, wanted)
        assert by.store_id is not None, by
        raise say_where_there_is_some(refusal, [demand], store_id=by.store_id)


def _require_bounds(quantity: Decimal, price: Decimal) -> None:
    if quantity > MAX_QUANTITY or quantity * price > MAX_AMOUNT:
        text = "More than a line can hold."
        raise Invalid(text, fields={"quantity": [text]})
