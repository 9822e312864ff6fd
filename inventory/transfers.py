"""Goods go from one store to another: asked for, sent, turned back, or not wanted any more.

What was sent is on the way until `transfer_receiving` takes it in. Locks: the transfer's row, then
the batches of one store. No step touches the shelves of two stores, so stores never wait for each
other, and goods that go in circles lock nothing in a circle.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NoReturn, TypeVar

from accounts import staff_rules
from accounts.models import Store
from accounts.staff_rules import Approval
from accounts.stores import STORES
from catalog.models import Product
from inventory import fifo, movements
from inventory.models import Batch, InventoryLog
from inventory.picking import pick
from inventory.transfer_models import Transfer, TransferLine, TransferLot
from ledger import chart, posting
from ledger.accounts import ensure_accounts_between_stores
from ledger.journal_models import JournalEntry
from pos_project.core.at_till import at_till
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.db.rows import insert, insert_rows, set_drafts, set_lines
from pos_project.core.errors import Conflict, Denied, Invalid, NotFound
from pos_project.core.money import ZERO, total
from pos_project.core.posting_context import Actor, PostingContext

R = TypeVar("R")
Status = Transfer.Status
NUMBER = "TRF-{:06d}"
LOT_FIELDS = ("line_id", "batch_id", "received_on", "unit_cost", "quantity")


@dataclass(frozen=True)
class Wanted:
    """So many units of a product, in another store."""

    product_id: int
    quantity: Decimal


def ask(
    from_store_id: int,
    to_store_id: int,
    lines: Sequence[Wanted],
    *,
    by: Actor,
    note: str | None = None,
    at: datetime | None = None,
    key: RequestKey | None = None,
) -> Transfer:
    """Ask for goods to go from one store to another. Nothing moves yet.

    Whoever asks acts in one of the two. Raises Denied where they do not; Invalid for unknown,
    closed or equal stores, and for unknown, service and repeated products, naming the lines.
    """
    with kept_answer_first(key):
        products = require_askable(from_store_id, to_store_id, lines, by=by)
    return once_at_no_till(
        key,
        lambda: ask_in_transaction(
            from_store_id, to_store_id, lines, products, by=by, note=note, at=at
        ),
    )


def require_askable(
    from_store_id: int, to_store_id: int, lines: Sequence[Wanted], *, by: Actor
) -> dict[int, Product]:
    """The products that are asked for, by id. Raises what `ask` raises, before its transaction."""
    _require_part(by, from_store_id, to_store_id)
    return _checked(from_store_id, to_store_id, lines)


def ask_in_transaction(
    from_store_id: int,
    to_store_id: int,
    lines: Sequence[Wanted],
    products: Mapping[int, Product],
    *,
    by: Actor,
    note: str | None = None,
    at: datetime | None = None,
) -> Transfer:
    """`ask` inside the caller's transaction, about `products` that were found askable."""
    context = PostingContext.claim(by, at)
    return _asked(from_store_id, to_store_id, lines, products, note, context)[0]


def ask_and_send(
    from_store_id: int,
    to_store_id: int,
    lines: Sequence[Wanted],
    *,
    by: Actor,
    note: str | None = None,
    at: datetime | None = None,
    key: RequestKey | None = None,
    approval: Approval | None = None,
) -> Transfer:
    """Ask and send in one go, acting in the store that sends. Raises what `ask` and `send` do."""
    with staff_rules.refusals_kept(by, Transfer), kept_answer_first(key):
        _require_part(by, from_store_id, to_store_id)
        products = _checked(from_store_id, to_store_id, lines)
        _require_acting(by, from_store_id, "leave")
        breaches = staff_rules.transfer_breaches(by)
        staff_rules.require_allowed(breaches, approval)
    ensure_accounts_between_stores()

    def asked_and_sent() -> Transfer:
        context = PostingContext.claim(by, at)
        transfer, rows = _asked(from_store_id, to_store_id, lines, products, note, context)
        _send(transfer, rows, {row.pk: row.asked for row in rows}, context)
        staff_rules.keep_approved(breaches, approval, transfer, by=by)
        return transfer

    return once_at_no_till(key, asked_and_sent)


def send(
    transfer_id: int,
    quantities: Mapping[int, Decimal] | None = None,
    *,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
    approval: Approval | None = None,
) -> Transfer:
    """Send what was asked for, or so many units of each line (line id → units; none of a line
    that is not named). The oldest batches leave the shelf, at their cost and age.

    Raises NotFound for a transfer of other stores, Denied where the goods are not, Conflict for one
    that is not waiting to be sent, InsufficientStock, NeedsApproval where staff may not.
    """
    breaches = staff_rules.transfer_breaches(by)
    with staff_rules.refusals_kept(by, Transfer), kept_answer_first(key):
        staff_rules.require_allowed(breaches, approval)
    ensure_accounts_between_stores()

    def sent() -> Transfer:
        context = PostingContext.claim(by, at)
        transfer = locked(transfer_id, by)
        _require_acting(by, transfer.from_store_id, "leave")
        _require_status(transfer, Status.ASKED, "sent")
        rows = lines_of(transfer)
        units = {row.pk: row.asked for row in rows} if quantities is None else quantities
        _send(transfer, rows, units, context)
        staff_rules.keep_approved(breaches, approval, transfer, by=by)
        return transfer

    return once_at_no_till(key, sent)


def turn_back(
    transfer_id: int,
    reason: str,
    *,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
    approval: Approval | None = None,
) -> Transfer:
    """Turn goods round that are on the way: the store that sent them receives them again.

    Either store may. Raises NotFound, Conflict for goods that are not on the way, or on their way
    back already, NeedsApproval where staff may not.
    """
    breaches = staff_rules.transfer_breaches(by)
    with staff_rules.refusals_kept(by, Transfer), kept_answer_first(key):
        staff_rules.require_allowed(breaches, approval)
        _require_reason(reason)

    def turned() -> Transfer:
        context = PostingContext.claim(by, at)
        transfer = locked(transfer_id, by)
        _require_status(transfer, Status.SENT, "turned back")
        if transfer.goes_back:
            raise Conflict(f"{transfer} is on its way back already.")
        change(
            transfer,
            reason=reason,
            turned_back_by_id=context.user_id,
            turned_back_at=context.at,
        )
        staff_rules.keep_approved(breaches, approval, transfer, by=by)
        return transfer

    return once_at_no_till(key, turned)


def cancel(
    transfer_id: int,
    reason: str,
    *,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
) -> Transfer:
    """Ask no more for goods that have not left. Either store may. Raises NotFound, and Conflict
    once they are on the way: they can be turned back."""
    with kept_answer_first(key):
        _require_reason(reason)

    def cancelled() -> Transfer:
        context = PostingContext.claim(by, at)
        transfer = locked(transfer_id, by)
        _require_status(transfer, Status.ASKED, "cancelled")
        end(transfer, Status.CANCELLED, context, reason=reason)
        return transfer

    return once_at_no_till(key, cancelled)


# --- What receiving shares ---


def locked(transfer_id: int, by: Actor) -> Transfer:
    """The transfer, held until the transaction ends. Raises NotFound unless `by` acts in one of
    its two stores."""
    transfer: Transfer | None = Transfer.objects.select_for_update().filter(pk=transfer_id).first()
    if transfer is None or by.store_id not in (transfer.from_store_id, transfer.to_store_id):
        raise NotFound("Transfer not found")
    return transfer


def lines_of(transfer: Transfer) -> list[TransferLine]:
    return list(TransferLine.objects.filter(transfer=transfer).order_by("id"))


def change(transfer: Transfer, **changes: object) -> None:
    """Change a transfer that has not ended, in one statement."""
    set_drafts(Transfer, [transfer.pk], **changes)
    for name, value in changes.items():
        setattr(transfer, name, value)


def end(transfer: Transfer, status: str, context: PostingContext, **changes: object) -> None:
    change(
        transfer,
        status=status,
        ended_by_id=context.user_id,
        ended_at=context.at,
        business_date=context.business_date,
        **changes,
    )


# --- Asking ---


def _asked(
    from_store_id: int,
    to_store_id: int,
    lines: Sequence[Wanted],
    products: Mapping[int, Product],
    note: str | None,
    context: PostingContext,
) -> tuple[Transfer, list[TransferLine]]:
    transfer = Transfer(
        from_store_id=from_store_id,
        to_store_id=to_store_id,
        note=note or None,
        asked_by_id=context.user_id,
        asked_at=context.at,
        asked_on=context.business_date,
    )
    insert(transfer)
    change(transfer, number=NUMBER.format(transfer.pk))
    rows = [
        TransferLine(
            transfer_id=transfer.pk,
            product_id=line.product_id,
            product_name=products[line.product_id].name,
            asked=line.quantity,
        )
        for line in lines
    ]
    fields = ("transfer_id", "product_id", "product_name", "asked")
    ids = insert_rows(
        TransferLine, fields, [[getattr(row, name) for name in fields] for row in rows]
    )
    for row, row_id in zip(rows, ids, strict=True):
        row.pk = row_id
    return transfer, rows


def _checked(from_store_id: int, to_store_id: int, lines: Sequence[Wanted]) -> dict[int, Product]:
    """The products by id. Raises Invalid for stores and lines that cannot be."""
    if from_store_id == to_store_id:
        _refuse("to_store_id", "Goods go to another store than they come from.")
    for field, store_id in (("from_store_id", from_store_id), ("to_store_id", to_store_id)):
        store = STORES.get().get(store_id)
        if store is None:
            _refuse(field, "Unknown store.")
        if store.closed_at is not None:
            _refuse(field, f"{store.name} is closed.")
    if not lines:
        _refuse("items", "At least one product.")
    known: dict[int, Product] = Product.objects.listed().in_bulk(
        [line.product_id for line in lines]
    )
    fields, seen = {}, set()
    for place, line in enumerate(lines):
        product = known.get(line.product_id)
        name = f"items[{place}].product_id"
        if product is None:
            fields[name] = ["Unknown product."]
        elif not product.keeps_stock:
            fields[name] = [f"{product.name} is a service and keeps no stock."]
        elif line.product_id in seen:
            fields[name] = [f"{product.name} is asked for twice."]
        elif line.quantity <= 0:
            fields[f"items[{place}].quantity"] = ["At least one unit."]
        seen.add(line.product_id)
    if fields:
        raise Invalid(next(iter(fields.values()))[0], fields=fields)
    return known


# --- Sending ---


def _send(
    transfer: Transfer,
    lines: Sequence[TransferLine],
    quantities: Mapping[int, Decimal],
    context: PostingContext,
) -> None:
    _check_quantities(lines, quantities)
    demands = [
        fifo.Demand(line.product_id, line.product_name, quantities.get(line.pk, ZERO))
        for line in lines
    ]
    picked = pick(demands, store_id=transfer.from_store_id)
    days = _days_of(picked)
    going = [(line, picks) for line, picks in zip(lines, picked, strict=True) if picks]
    log_ids = movements.log(
        [
            movements.Movement(line.product_id, -quantities[line.pk], -fifo.cost_of(picks))
            for line, picks in going
        ],
        kind=InventoryLog.Kind.SENT,
        reference=transfer.number,
        context=context,
    )
    movements.log_batches(
        [
            (log_id, pick.batch_id, -pick.quantity, -pick.cost)
            for log_id, (_, picks) in zip(log_ids, going, strict=True)
            for pick in picks
        ]
    )
    movements.write_remaining(pick for picks in picked for pick in picks)
    insert_rows(
        TransferLot,
        LOT_FIELDS,
        [
            (line.pk, pick.batch_id, days[pick.batch_id], pick.unit_cost, pick.quantity)
            for line, picks in going
            for pick in picks
        ],
    )
    set_lines(
        TransferLine, ("sent",), {line.pk: (quantities.get(line.pk, ZERO),) for line in lines}
    )
    _post_sent(transfer, [pick for picks in picked for pick in picks], context)
    change(
        transfer,
        status=Status.SENT,
        sent_by_id=context.user_id,
        sent_at=context.at,
        sent_on=context.business_date,
    )


def _days_of(picked: Sequence[Sequence[fifo.Pick]]) -> dict[int, object]:
    """Since when a store has the goods of each batch."""
    ids = [pick.batch_id for picks in picked for pick in picks]
    return dict(Batch.objects.filter(pk__in=ids).values_list("pk", "received_on"))


def _post_sent(transfer: Transfer, picks: Sequence[fifo.Pick], context: PostingContext) -> None:
    """What left is on the way at what its lots are worth; cents that the batches were rounded by
    are a rounding difference."""
    cost = fifo.cost_of(picks)
    worth = total(fifo.value(pick.quantity, pick.unit_cost) for pick in picks)
    posting.post(
        JournalEntry.Event.TRANSFER_SENT,
        [
            posting.Line(chart.GOODS_IN_TRANSIT, debit=worth),
            posting.Line(
                chart.ROUNDING,
                debit=max(cost - worth, ZERO),
                credit=max(worth - cost, ZERO),
            ),
            posting.Line(chart.INVENTORY, credit=cost),
        ],
        context=context,
        document_id=transfer.pk,
        reference=transfer.number,
    )


def _check_quantities(lines: Sequence[TransferLine], quantities: Mapping[int, Decimal]) -> None:
    unknown = quantities.keys() - {line.pk for line in lines}
    if unknown:
        _refuse("items", f"No line {min(unknown)} in this transfer.")
    fields = {
        f"items[{place}].quantity": ["Never below zero."]
        for place, line in enumerate(lines)
        if quantities.get(line.pk, 0) < 0
    }
    if fields:
        raise Invalid("Units are never below zero.", fields=fields)
    if not any(quantities.values()):
        _refuse("items", "Nothing is sent: cancel the transfer instead.")


# --- Who may ---


def _require_part(by: Actor, from_store_id: int, to_store_id: int) -> None:
    if by.store_id not in (from_store_id, to_store_id):
        text = "You act in neither of the two stores."
        raise Denied(text, fields={"store_id": [text]})


def _require_acting(by: Actor, store_id: int, what: str) -> None:
    """Raise Denied unless `by` acts where the goods `leave` or `arrive`."""
    if by.store_id != store_id:
        where = name_of(store_id)
        text = f"The goods {what} {'from' if what == 'leave' else 'at'} {where}: act there."
        raise Denied(text, fields={"store_id": [text]})


def require_receiving(by: Actor, transfer: Transfer) -> None:
    """Raise Denied unless `by` acts in the store that receives the goods."""
    _require_acting(by, transfer.destination_id, "arrive")


def require_on_the_way(transfer: Transfer) -> None:
    """Raise Conflict for goods that are not on the way, or are not any more."""
    _require_status(transfer, Status.SENT, "received")


def _require_status(transfer: Transfer, status: str, what: str) -> None:
    if transfer.status == status:
        return
    now = {
        Status.ASKED: "has not been sent yet",
        Status.SENT: "is on the way already",
        Status.RECEIVED: "has been received already",
        Status.CANCELLED: "was cancelled",
    }[Status(transfer.status)]
    raise Conflict(f"{transfer} {now}: it cannot be {what}.", status=transfer.status)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        _refuse("reason", "Say why.")


def name_of(store_id: int) -> str:
    store: Store = STORES.get()[store_id]
    return store.name


def once_at_no_till(key: RequestKey | None, do: Callable[[], R]) -> R:
    """Once, and at no till: goods are no money."""
    with at_till(None):
        return once(key, do)


def _refuse(field: str, text: str) -> NoReturn:
    raise Invalid(f"{field}: {text}", fields={field: [text]})
