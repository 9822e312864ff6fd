"""Holding a sale for later: nothing moves until it is completed; a held sale may be cancelled."""

from datetime import datetime

from accounts import staff_rules
from accounts.stores import number_of_sale
from catalog.models import Product
from inventory.picking import pick, preview
from ledger import parties, payments
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.db.rows import set_drafts
from pos_project.core.errors import Invalid, NotFound
from pos_project.core.posting_context import Actor, PostingContext
from sales import checkout
from sales.completion import Sold, deliver
from sales.customer_payments import CUSTOMER_DUES
from sales.models import Sale, SaleItem
from sales.pricing import Order, PricedLine, PricedOrder
from sales.staff_limits import order_breaches


def hold(
    order: Order,
    *,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
    approval: staff_rules.Approval | None = None,
) -> Sale:
    """Keep the order for later, at its prices of now. The goods must be there, but stay free.

    Whether staff may sell at these prices is decided now: completing asks no more. Raises what
    `checkout.sell` raises about the order; nothing is written then.
    """
    with staff_rules.refusals_kept(by, Sale), kept_answer_first(key):
        priced = checkout.read_and_price(order)
        breaches = order_breaches(priced, staff_rules.rules_for(by))
        staff_rules.require_allowed(breaches, approval)

    def held() -> Sale:
        sale = _hold(priced, PostingContext.claim(by, at))
        staff_rules.keep_approved(breaches, approval, sale, by=by)
        return sale

    return once(key, held)


def _hold(order: PricedOrder, context: PostingContext) -> Sale:
    preview(checkout.demand_of(order.lines), store_id=context.store_id)
    sale = checkout.insert_draft(order, context)
    checkout.insert_items(sale, order.lines)
    sale.status = Sale.Status.PENDING
    sale.invoice_no = number_of_sale(sale.store_id, sale.pk, held=True)
    set_drafts(Sale, [sale.pk], status=sale.status, invoice_no=sale.invoice_no)
    return sale


def complete(
    sale_id: int,
    offered: payments.TendersOffered,
    *,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
) -> Sold:
    """Sell what was held, at its prices: the same effects as a checkout, dated now.

    Raises NotFound for an unknown sale, Invalid when it is not pending, and what
    `checkout.sell` raises about stock and payment; nothing is written then.
    """
    return once(key, lambda: _complete(sale_id, offered, PostingContext.claim(by, at)))


def _complete(sale_id: int, offered: payments.TendersOffered, context: PostingContext) -> Sold:
    sale = _locked_pending(sale_id)
    context = context.in_store(sale.store_id)
    checkout.require_customer_for_advance(sale.customer_id, offered)
    settlement = checkout.settle(sale.total_amount, sale.customer_id, offered)
    if settlement.due and not parties.listed_names(CUSTOMER_DUES)(sale.customer_id or 0):
        # A checkout would not know them; what they owed could never be paid.
        text = "The customer was removed: this sale is paid in full."
        raise Invalid(text, fields={"paid_amount": [text]})
    items = list(SaleItem.objects.filter(sale_id=sale.pk).select_related("product").order_by("id"))
    lines = [_line(position, item) for position, item in enumerate(items)]
    picks = pick(checkout.demand_of(lines), store_id=context.store_id)
    return deliver(sale, lines, [item.pk for item in items], picks, settlement, context)


def cancel(sale_id: int, *, key: RequestKey | None = None) -> Sale:
    """Give up a held sale. Raises NotFound for an unknown one, Invalid when it is not pending."""
    return once(key, lambda: _cancel(sale_id))


def _cancel(sale_id: int) -> Sale:
    sale = _locked_pending(sale_id)
    set_drafts(Sale, [sale.pk], status=Sale.Status.CANCELLED)
    sale.status = Sale.Status.CANCELLED
    return sale


def _locked_pending(sale_id: int) -> Sale:
    sale = Sale.objects.select_for_update().filter(pk=sale_id).first()
    if sale is None:
        raise NotFound("Sale not found")
    if sale.status != Sale.Status.PENDING:
        raise Invalid(f"This sale is {sale.status}, not pending.")
    return sale


def _line(position: int, item: SaleItem) -> PricedLine:
    product: Product = item.product
    if product.archived_at or product.status != "active":
        text = f"{product.name} is not sold now."
        raise Invalid(text, fields={f"items[{position}].product_id": [text]})
    return PricedLine(
        item.product_id,
        item.product_name,
        product.keeps_stock,
        item.quantity,
        item.unit_price,
        item.subtotal,
        product.price,
    )
