"""Part of a purchase goes back to its supplier: goods off the shelf, less owed or money back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from inventory import receiving
from inventory.models import Batch
from inventory.shelf import ShelfBatch
from ledger import chart, dues, payments, posting
from ledger.journal_models import JournalEntry
from ledger.models import DueCredit, Payment
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.db.rows import insert, insert_rows, set_by_id, set_drafts
from pos_project.core.db.unique_keys import key_of
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.core.money import ZERO, money, total
from pos_project.core.posting_context import Actor, PostingContext
from purchasing.models import Purchase, PurchaseItem, SupplierDue
from purchasing.receive import ITEM_FIELDS, free_number, rounded
from purchasing.supplier_payments import SUPPLIER_DUES


@dataclass(frozen=True)
class SentBack:
    """Units of one line of the purchase."""

    item_id: int
    quantity: Decimal


@dataclass(frozen=True)
class Return:
    """What goes back of a purchase. It lowers what is owed for it; what is more than that comes
    back by `method`, or with `due` stays with the supplier as an advance."""

    purchase_id: int
    lines: Sequence[SentBack]
    reason: str
    method: str = payments.ON_CREDIT


@dataclass(frozen=True)
class _Gone:
    """A line that goes back: the first's, the batch that its goods are in, how many, their cost."""

    item: PurchaseItem
    batch: ShelfBatch
    units: Decimal

    @property
    def cost(self) -> Decimal:
        return receiving.worth_of(self.batch, self.units)


@dataclass(frozen=True)
class Worth:
    """What the supplier owes for what goes back: the whole of it, and the tax within it."""

    amount: Decimal
    tax: Decimal


def return_goods(
    wanted: Return, *, by: Actor, at: datetime | None = None, key: RequestKey | None = None
) -> Purchase:
    """Send part of a purchase back: a purchase of that part with opposite signs.

    Goods leave at what their batch cost; the supplier owes that, and the purchase's tax and
    rounding in proportion. Raises NotFound; Invalid, naming the line; Conflict when units are no
    longer on the shelf, and for a purchase that was reversed or credited. Nothing is written then.
    """
    with kept_answer_first(key):
        payments.require_method(wanted.method, field="method", on_credit=True)
        _require_lines(wanted.lines)
    return once(key, lambda: _return(wanted, PostingContext.claim(by, at)))


def _require_lines(lines: Sequence[SentBack]) -> None:
    seen: set[int] = set()
    fields = {}
    for position, line in enumerate(lines):
        if line.quantity <= 0:
            fields[f"items[{position}].quantity"] = ["At least one unit."]
        if line.item_id in seen:
            fields[f"items[{position}].purchase_item_id"] = ["Named twice."]
        seen.add(line.item_id)
    if not lines:
        fields["items"] = ["Name what goes back."]
    if fields:
        raise Invalid("These lines cannot go back.", fields=fields)


def _return(wanted: Return, context: PostingContext) -> Purchase:
    first = Purchase.objects.select_for_update().filter(pk=wanted.purchase_id).first()
    if first is None:
        raise NotFound("Purchase not found")
    _require_returnable(first)
    supplier = dues.lock_party(SUPPLIER_DUES, first.supplier_id)
    due = SupplierDue.objects.select_for_update().filter(purchase=first).first()
    items = list(PurchaseItem.objects.filter(purchase=first).order_by("id"))
    gone = _on_shelf(wanted.lines, items, first.store_id)
    context = context.in_store(first.store_id)
    worth = _worth(first, items, gone)
    due_reduced = min(worth.amount, due.due_amount if due else ZERO)
    settled = _Settled.of(worth, due_reduced, wanted.method)
    written = _insert(first, supplier.name, gone, worth, settled, wanted.reason, context)
    number = free_number(written)
    _insert_lines(written, gone, first)
    receiving.send_back(
        [(each.batch, each.units) for each in gone],
        reason=receiving.RETURN,
        reference=number,
        context=context,
    )
    _lower_due(first, due, due_reduced)
    _book(written, gone, settled, number, context)
    set_drafts(
        Purchase,
        [written.pk],
        status=Purchase.Status.RECEIVED,
        invoice_no=number,
        invoice_key=key_of(number),
    )
    return Purchase.objects.select_related("supplier").get(pk=written.pk)


def _require_returnable(first: Purchase) -> None:
    if first.status == Purchase.Status.OPENING:
        raise Conflict("This is a due from before the books; no goods came with it.")
    if first.reverses_id or Purchase.objects.filter(reverses=first).exists():
        raise Conflict("This purchase was reversed: all of it went back.")
    if first.returns_id:
        raise Conflict("This is a return to the supplier. Receive the goods anew.")
    credited = DueCredit.objects.filter(purchase=first).aggregate(sum=Sum("amount"))["sum"]
    if credited:
        text = (
            f"{money(credited)} of this purchase was credited or written off: reverse that first."
        )
        raise Conflict(text)


def _on_shelf(
    lines: Sequence[SentBack], items: Sequence[PurchaseItem], store_id: int
) -> list[_Gone]:
    """The lines with their batches, locked. Raises Invalid for a line that is none of these,
    Conflict when units are gone."""
    known = {item.pk: item for item in items}
    fields = {}
    for position, line in enumerate(lines):
        item = known.get(line.item_id)
        if item is None:
            fields[f"items[{position}].purchase_item_id"] = ["No line of this purchase."]
        elif line.quantity > item.quantity:
            text = f"More than the {item.quantity.normalize():f} that came."
            fields[f"items[{position}].quantity"] = [text]
    if fields:
        raise Invalid("These lines cannot go back.", fields=fields)
    wanted = [known[line.item_id] for line in lines]
    batch_of = dict(
        Batch.objects.filter(purchase_item__in=wanted).values_list("purchase_item_id", "id")
    )
    locked = Batch.objects.all().locked(
        [item.product_id for item in wanted], store_id=store_id, first=1, ids=batch_of.values()
    )
    batches = {batch.id: batch for batch in locked}
    gone = [
        _Gone(item, batches[batch_of[item.pk]], line.quantity)
        for item, line in zip(wanted, lines, strict=True)
    ]
    for position, each in enumerate(gone):
        if each.units > each.batch.remaining:
            text = f"Only {each.batch.remaining.normalize():f} of these are still on the shelf."
            fields[f"items[{position}].quantity"] = [text]
    if fields:
        named = next(each for each in gone if each.units > each.batch.remaining)
        text = f"{named.item.product_name}: {next(iter(fields.values()))[0]}"
        raise Conflict(text, fields=fields)
    return gone


def _worth(first: Purchase, items: Sequence[PurchaseItem], gone: Sequence[_Gone]) -> Worth:
    """In proportion to what its goods cost, all returns together rounded once: when the last of
    them is back, all of its total and tax is. Goods that cost nothing go by their units."""
    before = PurchaseItem.objects.filter(purchase__returns=first).aggregate(
        cost=Sum("subtotal"), units=Sum("quantity")
    )
    paid_back = Purchase.objects.filter(returns=first).aggregate(
        amount=Sum("total_amount"), tax=Sum("tax")
    )
    whole: Decimal = total(cost_of(item) for item in items)
    done = total(each.cost for each in gone) - money(before["cost"] or ZERO)
    if not whole:
        whole = sum((item.quantity for item in items), Decimal(0))
        done = sum((each.units for each in gone), Decimal(0)) - (before["units"] or Decimal(0))

    def part(of: Decimal | None, given: Decimal | None) -> Decimal:
        return money((of or ZERO) * done / whole) + money(given or ZERO)  # (given is below zero)

    return Worth(part(first.total_amount, paid_back["amount"]), part(first.tax, paid_back["tax"]))


def cost_of(item: PurchaseItem) -> Decimal:
    """What the goods of a line are worth on the shelf."""
    return item.subtotal if item.landed_cost is None else item.landed_cost


@dataclass(frozen=True)
class _Settled:
    """How what the supplier owes is settled: less due, money back, an advance."""

    due_reduced: Decimal
    tender: payments.Tender | None
    advance: Decimal

    @classmethod
    def of(cls, worth: Worth, due_reduced: Decimal, method: str) -> "_Settled":
        rest = worth.amount - due_reduced
        if not rest or method == payments.ON_CREDIT:
            return cls(due_reduced, None, rest)
        return cls(due_reduced, payments.Tender(method, rest), ZERO)


def _insert(
    first: Purchase,
    supplier_name: str,
    gone: Sequence[_Gone],
    worth: Worth,
    settled: _Settled,
    reason: str,
    context: PostingContext,
) -> Purchase:
    has_terms = any(each.item.landed_cost is not None for each in gone)
    rounding = worth.amount - worth.tax - total(each.cost for each in gone)
    written = Purchase(
        store_id=context.store_id,
        supplier_id=first.supplier_id,
        supplier_name=supplier_name,
        user_id=context.user_id,
        status=Purchase.Status.DRAFT,
        purchase_date=context.business_date,
        total_amount=-worth.amount,
        paid_amount=-worth.amount,
        due_amount=ZERO,
        advance_used=-settled.advance,
        payment_method=settled.tender.method if settled.tender else payments.ON_CREDIT,
        tax=None if first.tax is None else -worth.tax,
        rounding=-rounding if has_terms and rounding else None,
        due_reduced=settled.due_reduced,
        note=reason,
        returns=first,
        business_date=context.business_date,
        created_at=context.at,
        entered_at=context.entered_at,
    )
    insert(written)
    return written


def _insert_lines(written: Purchase, gone: Sequence[_Gone], first: Purchase) -> None:
    insert_rows(
        PurchaseItem,
        (*ITEM_FIELDS, "returns_id"),
        [
            (
                written.pk,
                each.item.product_id,
                each.item.product_name,
                -each.units,
                money(each.cost / each.units),
                -each.cost,
                None if each.item.landed_cost is None else -each.cost,
                each.item.pk,
            )
            for each in gone
        ],
    )


def _lower_due(first: Purchase, due: SupplierDue | None, by: Decimal) -> None:
    if not due or not by:
        return
    left = due.due_amount - by
    status = SupplierDue.Status.OPEN if left else SupplierDue.Status.PAID
    set_by_id(SupplierDue, ("due_amount", "status"), {due.pk: (left, status)})
    set_by_id(Purchase, ("paid_amount", "due_amount"), {first.pk: (first.paid_amount + by, left)})


def _book(
    written: Purchase,
    gone: Sequence[_Gone],
    settled: _Settled,
    number: str,
    context: PostingContext,
) -> None:
    theirs: Mapping[str, Any] = {"supplier_id": written.supplier_id}
    tender, cost = settled.tender, total(each.cost for each in gone)
    tax = -(written.tax or ZERO)
    entry_id = posting.post(
        JournalEntry.Event.PURCHASE,
        [
            posting.Line(chart.PAYABLES, debit=settled.due_reduced, **theirs),
            posting.Line(chart.SUPPLIER_ADVANCES, debit=settled.advance, **theirs),
            *(
                [posting.Line(payments.account_of(tender.method), debit=tender.amount)]
                if tender
                else ()
            ),
            posting.Line(chart.INVENTORY, credit=cost),
            posting.Line(chart.INPUT_TAX, credit=tax),
            rounded(written.total_amount + cost + tax),
        ],
        context=context,
        document_id=written.pk,
        reference=number,
        memo=written.note,
    )
    if tender:
        payments.record(
            [
                payments.PaymentLine(
                    Payment.Type.PAYMENT,
                    Payment.Direction.IN,
                    tender,
                    party=Payment.Party.SUPPLIER,
                    purchase_id=written.pk,
                    reference=number,
                    note=written.note,
                    **theirs,
                )
            ],
            entry_id=entry_id,
            context=context,
        )
