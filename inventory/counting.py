"""Counting the shelves: many products at once, adjusted by what they differ from the books."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Model
from django.utils.timezone import localtime

from accounts import staff_rules
from catalog.models import Product
from inventory import fifo, movements, product_figures, receiving
from inventory.models import Batch, InventoryLog, StockCount, StockCountLine
from inventory.picking import pick, preview
from ledger import chart, posting
from ledger.journal_models import JournalEntry
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.db.rows import insert, insert_rows
from pos_project.core.errors import Conflict, Invalid
from pos_project.core.money import MAX_AMOUNT
from pos_project.core.posting_context import Actor, PostingContext

Take = Callable[..., list[list[fifo.Pick]]]  # `pick` or `preview`
NAMED = 5  # of the products that moved; the others are counted


@dataclass(frozen=True)
class Counted:
    """So many units were found where the books had `expected` when whoever counted looked."""

    product_id: int
    expected: Decimal
    counted: Decimal


@dataclass(frozen=True)
class Difference:
    """What a count changes: units, and the value of stock at cost, both signed."""

    product: Product
    expected: Decimal
    counted: Decimal
    cost: Decimal
    unit_cost: Decimal  # of units found
    picks: Sequence[fifo.Pick] = ()  # of units missing

    @property
    def change(self) -> Decimal:
        return self.counted - self.expected


@dataclass(frozen=True)
class Adjusted:
    """The document of a count, and the log rows that it wrote; products that agreed have none."""

    count: StockCount
    entries: Sequence[InventoryLog]

    @property
    def commit_probe(self) -> Model | None:
        return self.count


class StockMoved(Conflict):
    """Goods were sold or received since the count was compared with the books."""

    code = "stock_moved"


def compare(counts: Mapping[int, Decimal], *, store_id: int) -> list[Difference]:
    """What `counts` (product id → units) would change now. Reads only, three statements, and
    up to two more where several batches are missing.

    Raises Invalid for unknown and service products, naming them by their place in `counts`.
    """
    products = _products(list(counts))
    counted = [(products[pk], units) for pk, units in counts.items()]
    return _differences(counted, preview, store_id=store_id)


def count_stock(
    counts: Sequence[Counted],
    *,
    reason: str,
    by: Actor,
    note: str | None = None,
    at: datetime | None = None,
    key: RequestKey | None = None,
    approval: staff_rules.Approval | None = None,
) -> Adjusted:
    """Adjust each product by what was counted less what was expected, all in one transaction.

    Missing units leave the oldest batches, found ones come at the cost of the last purchase: one
    log row and one entry per product that differs, and a document of all that was counted; the
    statements the same for 1 as for 100.
    Raises StockMoved, naming the lines, when the books no longer have what was expected; Invalid
    for unknown, service and repeated products, NeedsApproval where staff do not correct stock.
    Nothing is written then.
    """
    with staff_rules.refusals_kept(by, InventoryLog), kept_answer_first(key):
        products = _products([count.product_id for count in counts])
        breaches = staff_rules.stock_breaches(by)
        staff_rules.require_allowed(breaches, approval)

    def adjusted() -> Adjusted:
        done = _count(products, counts, reason, note, PostingContext.claim(by, at))
        for entry in done.entries[:1]:
            staff_rules.keep_approved(breaches, approval, entry, by=by)
        return done

    return once(key, adjusted)


def number_of(at: datetime) -> str:
    """What all rows of one count are found by."""
    return f"COUNT-{localtime(at):%Y%m%d-%H%M%S}"


def _count(
    products: Mapping[int, Product],
    counts: Sequence[Counted],
    reason: str,
    note: str | None,
    context: PostingContext,
) -> Adjusted:
    # From here on nobody takes from these shelves, so that their sums stay true.
    Batch.objects.all().locked(products, store_id=context.store_id, first=1)
    counted = [(products[each.product_id], each.counted) for each in counts]
    found = _differences(counted, pick, store_id=context.store_id)
    _require_unmoved(counts, found)
    changes = [difference for difference in found if difference.change]
    _require_worth(found)
    log_ids = _log(changes, reason, note, context)
    posting.post_each(
        JournalEntry.Event.ADJUSTMENT,
        [
            posting.DocumentEntry(log_id, _lines(difference.cost))
            for log_id, difference in zip(log_ids, changes, strict=True)
        ],
        context=context,
    )
    moved = {each.product.pk: pk for each, pk in zip(changes, log_ids, strict=True)}
    count = _document(found, moved, reason, note, context)
    rows = InventoryLog.objects.select_related("product", "user").filter(pk__in=log_ids)
    return Adjusted(count, list(rows.order_by("id")))


def _document(
    found: Sequence[Difference],
    moved: Mapping[int, int],
    reason: str,
    note: str | None,
    context: PostingContext,
) -> StockCount:
    """The count and a line for each product; `moved`: product id → the log row of what differed."""
    count = StockCount(
        store_id=context.store_id,
        number=number_of(context.at),
        reason=reason,
        note=note,
        user_id=context.user_id,
        business_date=context.business_date,
        created_at=context.at,
    )
    insert(count)
    insert_rows(
        StockCountLine,
        ("count_id", "product_id", "product_name", "expected", "counted", "cost", "log_id"),
        [
            (
                count.pk,
                each.product.pk,
                each.product.name,
                each.expected,
                each.counted,
                each.cost,
                moved.get(each.product.pk),
            )
            for each in found
        ],
    )
    return count


def _log(
    changes: Sequence[Difference], reason: str, note: str | None, context: PostingContext
) -> Sequence[int]:
    """Move the goods: new batches for what was found, less in the old ones for what is missing."""
    finds = [each for each in changes if each.change > 0]
    batch_ids = receiving.put_on_shelf(
        [receiving.Goods(each.product.pk, each.change, each.unit_cost) for each in finds],
        origin=Batch.Origin.ADJUSTMENT,
        received_on=context.business_date,
        context=context,
    )
    log_ids = movements.log(
        [movements.Movement(each.product.pk, each.change, each.cost) for each in changes],
        kind=InventoryLog.Kind.ADJUSTMENT,
        reason=reason,
        reference=number_of(context.at),
        note=note,
        context=context,
    )
    batch_of = {each.product.pk: pk for each, pk in zip(finds, batch_ids, strict=True)}
    moved = []
    for log_id, each in zip(log_ids, changes, strict=True):
        if each.change > 0:
            moved.append((log_id, batch_of[each.product.pk], each.change, each.cost))
        moved += [(log_id, pick.batch_id, -pick.quantity, -pick.cost) for pick in each.picks]
    movements.log_batches(moved)
    movements.write_remaining(pick for each in changes for pick in each.picks)
    return log_ids


def _differences(
    counted: Sequence[tuple[Product, Decimal]], take: Take, *, store_id: int
) -> list[Difference]:
    products = [product.pk for product, _ in counted]
    stock = Batch.objects.all().stock(products, store_id=store_id)
    costs = product_figures.latest_purchase_costs([product.pk for product, _ in counted])
    missing = [
        max(stock.get(product.pk, Decimal(0)) - units, Decimal(0)) for product, units in counted
    ]
    demands = [
        fifo.Demand(product.pk, product.name, short)
        for (product, _), short in zip(counted, missing, strict=True)
    ]
    found = []
    for (product, units), picks in zip(counted, take(demands, store_id=store_id), strict=True):
        expected = stock.get(product.pk, Decimal(0))
        unit_cost = costs.get(product.pk, Decimal(0))
        gain = fifo.value(max(units - expected, Decimal(0)), unit_cost)
        cost = gain - fifo.cost_of(picks)
        found.append(Difference(product, expected, units, cost, unit_cost, picks))
    return found


def _products(product_ids: Sequence[int]) -> dict[int, Product]:
    """The products by id; raises Invalid, naming the lines that cannot be counted."""
    known: dict[int, Product] = Product.objects.listed().in_bulk(product_ids)
    fields, seen = {}, set()
    for place, product_id in enumerate(product_ids):
        product = known.get(product_id)
        if product is None:
            text = "Unknown product."
        elif not product.keeps_stock:
            text = f"{product.name} is a service and keeps no stock."
        elif product_id in seen:
            text = f"{product.name} is counted twice."
        else:
            seen.add(product_id)
            continue
        fields[f"counts[{place}].product_id"] = [text]
    if fields:
        raise Invalid(next(iter(fields.values()))[0], fields=fields)
    return known


def _require_unmoved(counts: Sequence[Counted], found: Sequence[Difference]) -> None:
    fields, said = {}, []
    for place, (count, now) in enumerate(zip(counts, found, strict=True)):
        if count.expected == now.expected:
            continue
        was, there = f"{count.expected.normalize():f}", f"{now.expected.normalize():f}"
        fields[f"counts[{place}].counted"] = [f"The books had {was}, now {there}."]
        said.append(f"{now.product.name} (had {was}, now {there})")
    if said:
        others = f" and {len(said) - NAMED} more" if len(said) > NAMED else ""
        raise StockMoved(
            f"Stock moved since you looked: {', '.join(said[:NAMED])}{others}.", fields=fields
        )


def _require_worth(found: Sequence[Difference]) -> None:
    """Raise Invalid when what was found is worth more than the books hold."""
    for place, difference in enumerate(found):
        if difference.cost > MAX_AMOUNT:
            text = f"Worth more than {MAX_AMOUNT}."
            raise Invalid(text, fields={f"counts[{place}].counted": [text]})


def _lines(cost: Decimal) -> Sequence[posting.Line]:
    """Stock is worth more (+) or less (−) by `cost`."""
    if cost > 0:
        return [
            posting.Line(chart.INVENTORY, debit=cost),
            posting.Line(chart.INVENTORY_GAIN, credit=cost),
        ]
    return [
        posting.Line(chart.INVENTORY_LOSS, debit=-cost),
        posting.Line(chart.INVENTORY, credit=-cost),
    ]
