"""Goods or money come back: the due shrinks first, the rest is paid out, stock returns at cost."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from accounts import staff_rules
from inventory import fifo, movements
from inventory.models import Batch, InventoryLog
from ledger import chart, payments, posting
from ledger.journal_models import JournalEntry
from ledger.models import DueCredit, Payment
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.db.rows import insert_rows
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.core.money import ZERO, money, total, unit_cost
from pos_project.core.posting_context import Actor, PostingContext
from sales.completion import COGS_FIELDS, USE_FIELDS
from sales.models import (
    CustomerDue,
    Refund,
    RefundItem,
    Sale,
    SaleCogs,
    SaleItem,
    SaleItemBatch,
)
from sales.refund_shares import Shares, SoldLine, SoldSale, share
from sales.staff_limits import refund_breaches


@dataclass(frozen=True)
class Returned:
    """Units that come back: of one line of the sale, or of a product's lines in their order."""

    quantity: Decimal
    sale_item_id: int | None = None
    product_id: int | None = None
    restock: bool | None = None  # None takes the claim's default


@dataclass(frozen=True)
class Claim:
    """What a customer brings back. No lines means everything not yet refunded."""

    sale_id: int
    lines: Sequence[Returned] | None = None
    method: str = "cash"
    reason: str | None = None
    restock: bool = True


@dataclass(frozen=True)
class _Line:
    """One line of the refund: units of one sale line, put back on the shelf or not."""

    item: SaleItem
    quantity: Decimal
    restock: bool


def refund(
    claim: Claim,
    *,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
    approval: staff_rules.Approval | None = None,
) -> Refund:
    """Refund a completed sale, in part or whole. Amounts in shop currency.

    Raises NotFound for an unknown sale, Invalid when it is not completed, nothing is left of it,
    or more comes back than was sold, NeedsApproval for what staff may not pay back; nothing is
    written then.
    """
    with kept_answer_first(key):
        payments.require_method(claim.method, field="refund_method")
    with staff_rules.refusals_kept(by, Refund):
        return once(key, lambda: _refund(claim, by, PostingContext.claim(by, at), approval))


def _refund(
    claim: Claim, by: Actor, context: PostingContext, approval: staff_rules.Approval | None
) -> Refund:
    sale = Sale.objects.select_for_update().filter(pk=claim.sale_id).first()
    if sale is None:
        raise NotFound("Sale not found")
    if sale.status != Sale.Status.COMPLETED:
        raise Invalid(f"This sale is {sale.status}; only a completed sale can be refunded.")
    due = CustomerDue.objects.select_for_update().filter(sale_id=sale.pk).first()
    _require_nothing_credited(sale, due)
    items = list(SaleItem.objects.filter(sale_id=sale.pk).order_by("id"))
    refunded, consumptions = _refunded_units(sale), _consumptions(items)
    lines = resolve(claim, items, refunded, from_stock=consumptions.keys())
    shares = share(_sold(sale, items, refunded), {line.item.pk: line.quantity for line in lines})
    breaches = refund_breaches(
        staff_rules.rules_for(by),
        refunded=sale.refund_amount + shares.amount,
        goods_stay_out=any(not line.restock and line.item.pk in consumptions for line in lines),
    )
    staff_rules.require_allowed(breaches, approval)
    returns = _plan_returns([line for line in lines if line.restock], consumptions, sale.store_id)
    written = _insert(sale, claim, shares, due, context)
    line_ids = _insert_items(written, lines, shares)
    cost = _restock(lines, line_ids, returns, sale, context)
    _move(sale, due, written)
    _book(sale, written, cost, context)
    staff_rules.keep_approved(breaches, approval, written, by=by)
    return written


def _require_nothing_credited(sale: Sale, due: CustomerDue | None) -> None:
    """Of a sale on credit nothing is paid back that was settled without money."""
    if due is None:
        return
    credited = DueCredit.objects.filter(sale=sale).aggregate(amount=Sum("amount"))["amount"]
    if credited:
        text = f"{money(credited)} of this sale was credited or written off: reverse that first."
        raise Conflict(text)


@dataclass(frozen=True)
class Worth:
    """What a refund would come to now: the tax within it, and how it is given back."""

    amount: Decimal
    tax: Decimal
    due_reduced: Decimal

    @property
    def paid_out(self) -> Decimal:
        return self.amount - self.due_reduced


def worth(claim: Claim) -> Worth:
    """What `refund` would give back for the claim. Reads only; raises Invalid as that does."""
    sale = Sale.objects.completed().filter(pk=claim.sale_id).first()
    if sale is None:
        raise NotFound("Sale not found")
    items = list(SaleItem.objects.filter(sale_id=sale.pk).order_by("id"))
    refunded = _refunded_units(sale)
    lines = resolve(claim, items, refunded, from_stock=())
    shares = share(_sold(sale, items, refunded), {line.item.pk: line.quantity for line in lines})
    due = CustomerDue.objects.filter(sale_id=sale.pk).values_list("due_amount", flat=True).first()
    return Worth(shares.amount, shares.tax, min(shares.amount, due or ZERO))


def _refunded_units(sale: Sale) -> dict[int, Decimal]:
    rows = RefundItem.objects.filter(refund__sale_id=sale.pk).values_list("sale_item_id")
    return dict(rows.annotate(units=Sum("quantity")).order_by())


def _sold(sale: Sale, items: Sequence[SaleItem], refunded: Mapping[int, Decimal]) -> SoldSale:
    tax = Refund.objects.filter(sale_id=sale.pk).aggregate(tax=Sum("tax_amount"))["tax"]
    return SoldSale(
        [
            SoldLine(item.pk, item.quantity, item.unit_price, refunded.get(item.pk, Decimal(0)))
            for item in items
        ],
        subtotal=sale.subtotal,
        tax=sale.tax,
        total=sale.total_amount,
        refunded=sale.refund_amount,
        refunded_tax=money(tax or ZERO),
    )


def _consumptions(items: Sequence[SaleItem]) -> dict[int, dict[int, Decimal]]:
    """What each line still holds of which batch, in the order it took from them. Not in it are a
    service, which took nothing, and a product that was removed: what is on no list has no stock."""
    consumptions: dict[int, dict[int, Decimal]] = {}
    rows = SaleItemBatch.objects.filter(
        sale_item_id__in=[item.pk for item in items], sale_item__product__archived_at=None
    )
    for item_id, batch_id, units in rows.order_by("id").values_list(
        "sale_item_id", "batch_id", "quantity"
    ):
        of_line = consumptions.setdefault(item_id, {})
        of_line[batch_id] = of_line.get(batch_id, Decimal(0)) + units
    return consumptions


def resolve(
    claim: Claim,
    items: Sequence[SaleItem],
    refunded: Mapping[int, Decimal],
    *,
    from_stock: Container[int],
) -> list[_Line]:
    """Which units of which sale line come back; only lines `from_stock` go back on the shelf.

    Raises Invalid, naming the claim's lines.
    """

    def line(item: SaleItem, quantity: Decimal, restock: bool) -> _Line:
        return _Line(item, quantity, restock and item.pk in from_stock)

    left = {item.pk: item.quantity - refunded.get(item.pk, Decimal(0)) for item in items}
    if not any(left.values()):
        raise Invalid("Nothing is left to refund of this sale.")
    if claim.lines is None:
        return [line(item, left[item.pk], claim.restock) for item in items if left[item.pk]]
    if not claim.lines:
        raise Invalid("Name what comes back.", fields={"items": ["Name what comes back."]})
    merged: dict[int, _Line] = {}
    for position, returned in enumerate(claim.lines):
        candidates = [
            item
            for item in items
            if returned.sale_item_id in (None, item.pk)
            and returned.product_id in (None, item.product_id)
        ]
        if not candidates:
            _refuse(position, "sale_item_id", "No such line in this sale.")
        missing = returned.quantity
        restock = claim.restock if returned.restock is None else returned.restock
        for item in candidates:
            units = min(missing, left[item.pk])
            if units > 0:
                known = merged.get(item.pk)
                merged[item.pk] = line(item, units + (known.quantity if known else 0), restock)
                if known and known.restock != merged[item.pk].restock:
                    _refuse(position, "restock", "One refund restocks a line or does not.")
                left[item.pk] -= units
                missing -= units
        if missing:
            most = int(returned.quantity - missing)
            _refuse(position, "quantity", f"Only {most} left to refund.")
    return list(merged.values())


def _refuse(position: int, field: str, text: str) -> None:
    raise Invalid(text, fields={f"items[{position}].{field}": [text]})


def _plan_returns(
    lines: Sequence[_Line], consumptions: Mapping[int, Mapping[int, Decimal]], store_id: int
) -> dict[int, list[fifo.Pick]]:
    """Lock the batches the lines came from and plan what goes back, by sale line id."""
    batch_ids = [batch_id for line in lines for batch_id in consumptions[line.item.pk]]
    locked = Batch.objects.all().locked(
        [line.item.product_id for line in lines], store_id=store_id, first=1, ids=batch_ids
    )
    batches = {batch.id: batch for batch in locked}
    left: dict[int, Decimal] = {}
    return {
        line.item.pk: fifo.plan_return(
            batches,
            [
                fifo.Consumption(batch_id, units)
                for batch_id, units in consumptions[line.item.pk].items()
            ],
            line.quantity,
            left,
        )
        for line in lines
    }


def _insert(
    sale: Sale, claim: Claim, shares: Shares, due: CustomerDue | None, context: PostingContext
) -> Refund:
    due_reduced = min(shares.amount, due.due_amount if due else ZERO)
    assert sale.business_date is not None, sale  # it is completed
    return Refund.objects.create(
        sale_id=sale.pk,
        store_id=context.store_id,
        customer_id=sale.customer_id,
        user_id=context.user_id,
        refund_amount=shares.amount,
        tax_amount=shares.tax,
        paid_out=shares.amount - due_reduced,
        due_reduced=due_reduced,
        refund_method=claim.method,
        reason=claim.reason,
        business_date=context.business_date,
        sale_date=sale.business_date,
        created_at=context.at,
    )


def _insert_items(written: Refund, lines: Sequence[_Line], shares: Shares) -> Sequence[int]:
    return insert_rows(
        RefundItem,
        ("refund_id", "sale_item_id", "quantity", "amount", "restocked"),
        [
            (written.pk, line.item.pk, line.quantity, amount, line.restock)
            for line, amount in zip(lines, shares.amounts, strict=True)
        ],
    )


def _restock(
    lines: Sequence[_Line],
    line_ids: Sequence[int],
    returns: Mapping[int, list[fifo.Pick]],
    sale: Sale,
    context: PostingContext,
) -> Decimal:
    """Put goods back: uses, costs and log with opposite signs. Returns what they cost (≥ 0)."""
    back = [
        (line, line_id, returns[line.item.pk])
        for line, line_id in zip(lines, line_ids, strict=True)
        if line.restock
    ]
    if not back:
        return ZERO
    insert_rows(
        SaleItemBatch,
        USE_FIELDS,
        [
            (line.item.pk, pick.batch_id, pick.quantity, pick.unit_cost, pick.cost, line_id)
            for line, line_id, picks in back
            for pick in picks
        ],
    )
    costs = [fifo.cost_of(picks) for _, _, picks in back]  # negative
    insert_rows(
        SaleCogs,
        COGS_FIELDS,
        [
            (line.item.pk, -line.quantity, unit_cost(-cost / line.quantity), cost, line_id)
            for (line, line_id, _), cost in zip(back, costs, strict=True)
        ],
    )
    movements.log(
        [
            movements.Movement(line.item.product_id, line.quantity, -cost)
            for (line, _, _), cost in zip(back, costs, strict=True)
        ],
        kind=InventoryLog.Kind.REFUND,
        reference=sale.invoice_no,
        context=context.in_store(sale.store_id),
    )
    movements.write_remaining(pick for _, _, picks in back for pick in picks)
    return -total(costs)


def _move(sale: Sale, due: CustomerDue | None, written: Refund) -> None:
    """The moving columns of the sale and its due."""
    if due and written.due_reduced:
        left = due.due_amount - written.due_reduced
        CustomerDue.objects.filter(pk=due.pk).update(
            due_amount=left,
            status=CustomerDue.Status.OPEN if left else CustomerDue.Status.PAID,
        )
    if written.refund_amount:
        Sale.objects.filter(pk=sale.pk).update(
            refund_amount=sale.refund_amount + written.refund_amount,
            due_amount=sale.due_amount - written.due_reduced,
        )


def _book(sale: Sale, written: Refund, cost: Decimal, context: PostingContext) -> None:
    # Below zero only where the last refund takes back more cents of tax than it is worth.
    returns = written.refund_amount - written.tax_amount
    entry_id = posting.post(
        JournalEntry.Event.REFUND,
        [
            posting.Line(chart.SALES_RETURNS, debit=max(returns, ZERO), credit=max(-returns, ZERO)),
            posting.Line(chart.TAX_PAYABLE, debit=written.tax_amount),
            posting.Line(
                chart.RECEIVABLES, credit=written.due_reduced, customer_id=sale.customer_id
            ),
            posting.Line(payments.account_of(written.refund_method), credit=written.paid_out),
            posting.Line(chart.INVENTORY, debit=cost),
            posting.Line(chart.COST_OF_GOODS_SOLD, credit=cost),
        ],
        context=context,
        document_id=written.pk,
        reference=sale.invoice_no,
    )
    if written.paid_out:
        payments.record(
            [
                payments.PaymentLine(
                    Payment.Type.REFUND,
                    Payment.Direction.OUT,
                    payments.Tender(written.refund_method, written.paid_out),
                    customer_id=sale.customer_id,
                    sale_id=sale.pk,
                    refund_id=written.pk,
                    reference=sale.invoice_no,
                )
            ],
            entry_id=entry_id,
            context=context,
        )
