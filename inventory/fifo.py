"""Which batches goods are taken from and put back to. All of it is pure: no query, no write.

First in, first out (IAS 2). A batch is worth round(remaining × unit cost, 2), and a movement
costs the value before it minus the value after it: so the costs of all movements of a batch add
up to its value, and the inventory account equals the batches to the cent, always.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn, Protocol

from pos_project.core.errors import DomainError
from pos_project.core.money import money


class BatchLike(Protocol):
    """A batch as read under its lock."""

    @property
    def id(self) -> int: ...
    @property
    def product_id(self) -> int: ...
    @property
    def unit_cost(self) -> Decimal: ...
    @property
    def remaining(self) -> Decimal: ...


@dataclass(frozen=True)
class Demand:
    """So many units of a product, for one line of a document."""

    product_id: int
    name: str
    quantity: Decimal


@dataclass(frozen=True)
class Pick:
    """Units moved out of a batch (positive) or back into it (negative), and their cost."""

    batch_id: int
    quantity: Decimal
    unit_cost: Decimal
    cost: Decimal
    left: Decimal  # what the batch holds afterwards


class InsufficientStock(DomainError):
    """Fewer units in stock than wanted; names every short line."""

    code = "insufficient_stock"


def value(units: Decimal, unit_cost: Decimal) -> Decimal:
    """What `units` of a batch are worth, to the cent."""
    return money(units * unit_cost)


def plan(batches: Iterable[BatchLike], demands: Sequence[Demand]) -> list[list[Pick]]:
    """For each want, what to take from which batch, oldest first (the order of `batches`).

    Lines of the same product are served one after the other. Raises InsufficientStock when the
    lines of a product together want more than there is.
    """
    shelves: dict[int, list[BatchLike]] = {}
    left: dict[int, Decimal] = {}
    for batch in batches:
        shelves.setdefault(batch.product_id, []).append(batch)
        left[batch.id] = batch.remaining
    if missing := short(shelves, demands):
        _refuse(missing, demands)
    picked = []
    for demand in demands:
        picks, still = [], demand.quantity
        for batch in shelves.get(demand.product_id, ()):
            if not still:
                break
            before = left[batch.id]
            taken = min(before, still)
            if taken > 0:
                left[batch.id] = after = before - taken
                cost = value(before, batch.unit_cost) - value(after, batch.unit_cost)
                picks.append(Pick(batch.id, taken, batch.unit_cost, cost, after))
                still -= taken
        assert not still, (demand, still)
        picked.append(picks)
    return picked


@dataclass(frozen=True)
class Consumption:
    """What a line still holds of a batch: taken by its sale and not yet put back."""

    batch_id: int
    quantity: Decimal


def plan_return(
    batches: Mapping[int, BatchLike],
    consumptions: Sequence[Consumption],
    quantity: Decimal,
    left: dict[int, Decimal],
) -> list[Pick]:
    """Put `quantity` back where it came from, newest use first, at each batch's own cost.

    `left` carries what the batches hold from one line of a refund to the next.
    """
    picks, missing = [], quantity
    for consumption in reversed(consumptions):
        if not missing:
            break
        returned = min(consumption.quantity, missing)
        if not returned:  # all of this use has come back before
            continue
        batch = batches[consumption.batch_id]
        before = left.get(batch.id, batch.remaining)
        left[batch.id] = after = before + returned
        cost = value(before, batch.unit_cost) - value(after, batch.unit_cost)
        picks.append(Pick(batch.id, -returned, batch.unit_cost, cost, after))
        missing -= returned
    assert not missing, (consumptions, quantity)
    return picks


def cost_of(picks: Iterable[Pick]) -> Decimal:
    """Σ cost; negative for goods that came back."""
    return sum((pick.cost for pick in picks), Decimal("0.00"))


def short(
    shelves: Mapping[int, Iterable[BatchLike]], demands: Sequence[Demand]
) -> dict[int, Decimal]:
    """The products of which there is less than all lines together want, and how much there is."""
    demanded = _demanded(demands)
    there = {
        product_id: sum((batch.remaining for batch in shelves.get(product_id, ())), Decimal(0))
        for product_id in demanded
    }
    return {each: units for each, units in there.items() if units < demanded[each]}


def _demanded(demands: Sequence[Demand]) -> dict[int, Decimal]:
    demanded: dict[int, Decimal] = {}
    for demand in demands:
        demanded[demand.product_id] = demanded.get(demand.product_id, Decimal(0)) + demand.quantity
    return demanded


def _refuse(short: Mapping[int, Decimal], demands: Sequence[Demand]) -> NoReturn:
    demanded = _demanded(demands)
    fields, lines, said = {}, [], {}
    for position, demand in enumerate(demands):
        if demand.product_id in short:
            there, asked = int(short[demand.product_id]), int(demanded[demand.product_id])
            fields[f"items[{position}].quantity"] = [f"Only {there} in stock."]
            said[demand.product_id] = f"{demand.name} ({asked} wanted, {there} in stock)"
            lines.append({"line": position, "product_id": demand.product_id, "available": there})
    raise InsufficientStock(
        f"Not enough stock: {'; '.join(said.values())}.", fields=fields, lines=lines
    )
