"""A product: what is in stock and what it is worth, by batch; what moved it, by month and day."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from catalog.models import Product
from inventory.fifo import value
from inventory.models import Batch, InventoryLog
from pos_project.core.errors import NotFound
from pos_project.core.money import money, quantity
from reports.statements.explain.by_month import by_month_and_day
from reports.statements.explain.node import Explanation, Node, Unit, bounded, explained, units_text
from reports.statements.explain.origin import columns, origin_of

SOLD = (InventoryLog.Kind.SALE, InventoryLog.Kind.REFUND)
Moves = dict[date, list[tuple[str, Decimal, Decimal]]]  # kind, units, cost by day


def explain_product(product_id: int) -> Explanation:
    """Over all stores. Raises NotFound."""
    product = Product.objects.filter(pk=product_id).first()
    if product is None:
        raise NotFound("Product not found")
    batches = list(
        Batch.objects.filter(product=product, is_open=1)
        .order_by("received_on", "id")
        .values("remaining", *columns())
    )
    moves = _moves(product)
    units = sum((units for day in moves.values() for _, units, _ in day), Decimal(0))
    worth = sum((cost for day in moves.values() for _, _, cost in day), Decimal(0))
    sold = sum(
        (-cost for day in moves.values() for kind, _, cost in day if kind in SOLD), Decimal(0)
    )
    return Explanation(
        f"Product {product.pk} ({product.name})",
        {"product_id": product.pk, "name": product.name, "sku": product.sku},
        (
            explained(
                "In stock, by lot",
                units,
                _by_batch(batches, lambda _, left: left, "units"),
                unit="units",
            ),
            explained(
                "Stock value, by lot",
                worth,
                _by_batch(batches, lambda cost, left: value(left, cost), "money"),
            ),
            explained(
                "In stock, by movement",
                units,
                by_month_and_day(_days(moves, lambda units, _: units, "units"), unit="units"),
                unit="units",
            ),
            explained(
                "Cost of goods sold so far",
                sold,
                by_month_and_day(_days(moves, lambda _, cost: -cost, "money", kinds=SOLD)),
            ),
        ),
    )


def _moves(product: Product) -> Moves:
    rows = (
        InventoryLog.objects.filter(product=product)
        .values_list("business_date", "kind")
        .annotate(units=Sum("change_qty"), worth=Sum("cost"))
        .order_by("business_date", "kind")
    )
    moves: Moves = defaultdict(list)
    for day, kind, units, worth in rows:
        moves[day].append((kind, quantity(units), money(worth)))
    return moves


def _by_batch(
    batches: Iterable[dict[str, Any]], figure: Callable[[Decimal, Decimal], Decimal], unit: Unit
) -> list[Node]:
    nodes = []
    for row in batches:
        where, about = origin_of(row)
        left, cost = row["remaining"], row["unit_cost"]
        nodes.append(
            Node(f"{units_text(left)} × {cost:.4f}, {where}", figure(cost, left), (), about, unit)
        )
    return bounded(nodes, what="batches", unit=unit)


def _days(
    moves: Moves,
    figure: Callable[[Decimal, Decimal], Decimal],
    unit: Unit,
    *,
    kinds: tuple[str, ...] = tuple(InventoryLog.Kind.values),
) -> dict[date, list[Node]]:
    return {
        day: [
            Node(kind.capitalize(), figure(units, cost), unit=unit)
            for kind, units, cost in moved
            if kind in kinds
        ]
        for day, moved in moves.items()
    }
