"""Goods from another store come in: all that was sent, or short, over or damaged, with a reason.

Units that came keep cost and age: a batch for each lot that was on the way. What is missing or
damaged is a loss of the store that receives; the oldest units are lost first, as in a write-off.
What came beyond what was sent is found, at the cost of the last lot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts import staff_rules
from accounts.staff_rules import Approval
from inventory import fifo, movements, product_figures, receiving
from inventory.models import Batch, InventoryLog
from inventory.transfer_models import Transfer, TransferLine, TransferLot
from inventory.transfers import (
    end,
    lines_of,
    locked,
    once_at_no_till,
    require_on_the_way,
    require_receiving,
)
from ledger import chart, posting
from ledger.journal_models import JournalEntry
from pos_project.core.db.idempotency import RequestKey, kept_answer_first
from pos_project.core.db.rows import set_lines
from pos_project.core.errors import Invalid
from pos_project.core.money import MAX_AMOUNT, total
from pos_project.core.posting_context import Actor, PostingContext

ZERO = Decimal(0)


@dataclass(frozen=True)
class Received:
    """What came of a line: all units, and how many of them are damaged; why it differs from what
    was sent."""

    line_id: int
    received: Decimal
    damaged: Decimal = ZERO
    reason: str | None = None


@dataclass(frozen=True)
class _Arrival:
    """A lot that was on the way, and how many of its units came and can be sold."""

    lot: TransferLot
    line: TransferLine
    usable: Decimal

    @property
    def goods(self) -> receiving.Goods:
        return receiving.Goods(
            self.line.product_id,
            self.usable,
            self.lot.unit_cost,
            transfer_lot_id=self.lot.pk,
            received_on=self.lot.received_on,
        )


@dataclass(frozen=True)
class _Found:
    """Units of a line beyond what was sent."""

    line: TransferLine
    goods: receiving.Goods


def receive(
    transfer_id: int,
    lines: Sequence[Received] | None = None,
    *,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
    approval: Approval | None = None,
) -> Transfer:
    """Take goods in that are on the way: as they were sent, or as `lines` say; a line that is not
    named came as it was sent.

    Of two at once one receives and the other is told so: Conflict. Raises NotFound for a transfer
    of other stores, Denied elsewhere than where the goods arrive, Invalid for units that cannot be
    and for a difference without a reason, NeedsApproval where staff may not.
    """
    breaches = staff_rules.transfer_breaches(by)
    with staff_rules.refusals_kept(by, Transfer), kept_answer_first(key):
        staff_rules.require_allowed(breaches, approval)

    def received() -> Transfer:
        context = PostingContext.claim(by, at)
        transfer = locked(transfer_id, by)
        require_on_the_way(transfer)
        require_receiving(by, transfer)
        if transfer.sent_on is not None and context.business_date < transfer.sent_on:
            raise Invalid(f"{transfer} left on {transfer.sent_on}: it cannot arrive before.")
        rows = lines_of(transfer)
        _note(rows, lines or ())
        _receive(transfer, rows, context)
        end(transfer, Transfer.Status.RECEIVED, context)
        staff_rules.keep_approved(breaches, approval, transfer, by=by)
        return transfer

    return once_at_no_till(key, received)


def _note(rows: Sequence[TransferLine], told: Sequence[Received]) -> None:
    """Set on each line what came of it; raises Invalid, naming the lines as they were told."""
    by_id = {row.pk: row for row in rows}
    for row in rows:
        row.received, row.damaged = row.sent, ZERO
    fields: dict[str, list[str]] = {}
    seen = set()
    for place, each in enumerate(told):
        if each.line_id not in by_id or each.line_id in seen:
            text = "Told twice." if each.line_id in seen else "No such line in this transfer."
            fields[f"items[{place}].id"] = [text]
            continue
        row = by_id[each.line_id]
        seen.add(each.line_id)
        reason = (each.reason or "").strip() or None
        if each.received < 0:
            fields[f"items[{place}].received"] = ["Never below zero."]
        elif not 0 <= each.damaged <= each.received:
            fields[f"items[{place}].damaged"] = [f"Between 0 and the {each.received:f} that came."]
        elif reason is None and (each.received != row.sent or each.damaged):
            text = f"{row.product_name}: {_plain(row.sent)} were sent. Say why it differs."
            fields[f"items[{place}].reason"] = [text]
        row.received, row.damaged, row.reason = each.received, each.damaged, reason
    if fields:
        raise Invalid(next(iter(fields.values()))[0], fields=fields)


def _receive(transfer: Transfer, lines: Sequence[TransferLine], context: PostingContext) -> None:
    set_lines(
        TransferLine,
        ("received", "damaged", "reason"),
        {line.pk: (line.received, line.damaged, line.reason) for line in lines},
    )
    arrivals = _arrivals(lines)
    came = [each for each in arrivals if each.usable]
    found = _found(lines, arrivals)
    goods = [each.goods for each in came] + [each.goods for each in found]
    batch_ids = receiving.put_on_shelf(
        goods,
        origin=Batch.Origin.TRANSFER,
        received_on=context.business_date,
        context=context,
    )
    _log_arrived(transfer, came, batch_ids[: len(came)], context)
    _book_found(transfer, found, batch_ids[len(came) :], context)
    _post(transfer, arrivals, total(each.goods.worth for each in came), context)


def _arrivals(lines: Sequence[TransferLine]) -> list[_Arrival]:
    """What came of each lot, line by line, oldest first; what is lost is lost of the oldest."""
    lots: dict[int, list[TransferLot]] = {}
    on_the_way = TransferLot.objects.filter(line__in=[line.pk for line in lines])
    for lot in on_the_way.order_by("line_id", "received_on", "id"):
        lots.setdefault(lot.line_id, []).append(lot)
    arrivals = []
    for line in lines:
        lost = max((line.sent or ZERO) - (line.usable or ZERO), ZERO)
        for lot in lots.get(line.pk, ()):
            gone = min(lost, lot.quantity)
            lost -= gone
            arrivals.append(_Arrival(lot, line, lot.quantity - gone))
    return arrivals


def _found(lines: Sequence[TransferLine], arrivals: Sequence[_Arrival]) -> list[_Found]:
    over = [line for line in lines if (line.usable or ZERO) > (line.sent or ZERO)]
    if not over:
        return []
    costs = product_figures.latest_purchase_costs([line.product_id for line in over])
    costs |= {each.line.product_id: each.lot.unit_cost for each in arrivals}  # the last one counts
    found = [
        _Found(
            line,
            receiving.Goods(
                line.product_id,
                (line.usable or ZERO) - (line.sent or ZERO),
                costs.get(line.product_id, ZERO),
                origin=Batch.Origin.ADJUSTMENT,
            ),
        )
        for line in over
    ]
    for each in found:
        if each.goods.worth > MAX_AMOUNT:
            text = f"{each.line.product_name}: worth more than {MAX_AMOUNT}."
            raise Invalid(text, fields={"items": [text]})
    return found


def _log_arrived(
    transfer: Transfer,
    came: Sequence[_Arrival],
    batch_ids: Sequence[int],
    context: PostingContext,
) -> None:
    """One log row for each line, over the batches of its lots."""
    of_line: dict[int, list[tuple[int, receiving.Goods]]] = {}
    for each, batch_id in zip(came, batch_ids, strict=True):
        of_line.setdefault(each.line.pk, []).append((batch_id, each.goods))
    log_ids = movements.log(
        [
            movements.Movement(
                parts[0][1].product_id,
                sum((goods.quantity for _, goods in parts), ZERO),
                total(goods.worth for _, goods in parts),
            )
            for parts in of_line.values()
        ],
        kind=InventoryLog.Kind.ARRIVED,
        reference=transfer.number,
        context=context,
    )
    movements.log_batches(
        [
            (log_id, batch_id, goods.quantity, goods.worth)
            for log_id, parts in zip(log_ids, of_line.values(), strict=True)
            for batch_id, goods in parts
        ]
    )


def _book_found(
    transfer: Transfer,
    found: Sequence[_Found],
    batch_ids: Sequence[int],
    context: PostingContext,
) -> None:
    """What came over is an adjustment for each line, which bears the transfer's number."""
    if not found:
        return
    log_ids = movements.log(
        [
            movements.Movement(each.line.product_id, each.goods.quantity, each.goods.worth)
            for each in found
        ],
        kind=InventoryLog.Kind.ADJUSTMENT,
        reason="TRANSFER",
        reference=transfer.number,
        context=context,
    )
    movements.log_batches(
        [
            (log_id, batch_id, each.goods.quantity, each.goods.worth)
            for log_id, batch_id, each in zip(log_ids, batch_ids, found, strict=True)
        ]
    )
    posting.post_each(
        JournalEntry.Event.ADJUSTMENT,
        [
            posting.DocumentEntry(
                log_id,
                [
                    posting.Line(chart.INVENTORY, debit=each.goods.worth),
                    posting.Line(chart.INVENTORY_GAIN, credit=each.goods.worth),
                ],
            )
            for log_id, each in zip(log_ids, found, strict=True)
        ],
        context=context,
        reference=transfer.number,
    )


def _post(
    transfer: Transfer, arrivals: Sequence[_Arrival], worth: Decimal, context: PostingContext
) -> None:
    """What was on the way has arrived: in the books of the store that sent it, and of the one that
    received it. What came back was the one store's all along."""
    sent = total(fifo.value(each.lot.quantity, each.lot.unit_cost) for each in arrivals)
    on_the_way = chart.GOODS_IN_TRANSIT
    if not transfer.goes_back:
        posting.post(
            JournalEntry.Event.TRANSFER_ARRIVED,
            [
                posting.Line(chart.BETWEEN_STORES, debit=sent),
                posting.Line(chart.GOODS_IN_TRANSIT, credit=sent),
            ],
            context=context.anywhere(transfer.from_store_id),
            document_id=transfer.pk,
            reference=transfer.number,
        )
        on_the_way = chart.BETWEEN_STORES
    lost = sent - worth
    posting.post(
        JournalEntry.Event.TRANSFER_RECEIVED,
        [
            posting.Line(chart.INVENTORY, debit=worth),
            posting.Line(chart.INVENTORY_LOSS, debit=lost),
            posting.Line(on_the_way, credit=sent),
        ],
        context=context,
        document_id=transfer.pk,
        reference=transfer.number,
    )


def _plain(units: Decimal | None) -> str:
    return f"{(units or ZERO).normalize():f}"
