"""What a supplier's paper says below its lines, and what of it went back."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from pos_project.core.money import ZERO, money, total
from purchasing.landed_costs import landed
from reports.reconciliation.invariant import Violation, invariant
from reports.reconciliation.rows import amount, breaking, differing, exact, rows_of
from reports.reconciliation.scope import Scope


@invariant("I38", "The goods of a line cost its share of discount and freight, in its lot too.")
def goods_cost_their_share(scope: Scope) -> Iterator[Violation]:
    lines = rows_of(
        scope.parts("purchases"),
        """
        SELECT p.id, p.discount, p.freight, i.id, i.quantity, i.subtotal, i.landed_cost, b.id,
            b.unit_cost
        FROM purchases p JOIN purchase_items i ON i.purchase_id = p.id
        LEFT JOIN batches b ON b.purchase_item_id = i.id
        WHERE p.status = 'received' AND p.reverses_id IS NULL AND p.returns_id IS NULL
            AND (i.landed_cost IS NOT NULL OR p.discount IS NOT NULL OR p.freight IS NOT NULL
                OR p.tax IS NOT NULL OR p.rounding IS NOT NULL)
            AND PART(p.id)
        ORDER BY p.id, i.id
        """,
    )
    for purchase_id, group in groupby(lines, key=itemgetter(0)):
        of_purchase = list(group)
        _, discount, freight, *_ = of_purchase[0]
        shares = landed(
            [
                (exact(quantity), amount(subtotal))
                for *_, quantity, subtotal, _, _, _ in of_purchase
            ],
            amount(freight) - amount(discount),
        )
        for (*_, line_id, _, _, cost, batch_id, unit_cost), share in zip(
            of_purchase, shares, strict=True
        ):
            name = f"purchase line {line_id} of purchase {purchase_id}"
            if cost is None or amount(cost) != share.worth:
                told = "none" if cost is None else str(amount(cost))
                yield Violation(f"{name}, landed_cost", str(share.worth), told)
            if batch_id is not None and exact(unit_cost, 4) != share.unit_cost:
                told = str(exact(unit_cost, 4))
                yield Violation(f"{name}, cost of batch {batch_id}", str(share.unit_cost), told)


@invariant("I39", "What goes back is units of its purchase's lines, at most as many as came.")
def no_more_goes_back_than_came(scope: Scope) -> Iterator[Violation]:
    yield from breaking(
        """
        SELECT i.id, r.id, r.returns_id, COALESCE(f.purchase_id, 'none') FROM purchase_items i
        JOIN purchases r ON r.id = i.purchase_id LEFT JOIN purchase_items f ON f.id = i.returns_id
        WHERE PART(i.id) AND ((r.returns_id IS NULL AND i.returns_id IS NOT NULL)
            OR (r.returns_id IS NOT NULL AND (f.id IS NULL OR f.purchase_id <> r.returns_id
                OR f.product_id <> i.product_id OR f.quantity < 0)))
        """,
        "purchase line {0} of return {1}",
        expected="units of a line of purchase {2}",
        found="a line of purchase {3}",
        parts=scope.parts("purchase_items"),
    )
    yield from breaking(
        """
        SELECT f.id, f.purchase_id, f.quantity, -SUM(i.quantity) FROM purchase_items f
        JOIN purchase_items i ON i.returns_id = f.id WHERE PART(f.id)
        GROUP BY f.id, f.purchase_id, f.quantity HAVING -SUM(i.quantity) > f.quantity + 0.0004
        """,
        "purchase line {0} of purchase {1}, units that went back",
        expected="{2} or fewer",
        found="{3}",
        parts=scope.parts("purchase_items"),
    )


@invariant("I39", "Returns are worth their share of the purchase: total and tax, all together.")
def returns_are_their_share(scope: Scope) -> Iterator[Violation]:
    returned = rows_of(
        scope.parts("purchases"),
        """
        SELECT f.id, f.total_amount, f.tax,
            (SELECT SUM(COALESCE(i.landed_cost, i.subtotal)) FROM purchase_items i
                WHERE i.purchase_id = f.id),
            (SELECT SUM(i.quantity) FROM purchase_items i WHERE i.purchase_id = f.id),
            r.id, r.total_amount, r.tax,
            (SELECT SUM(i.subtotal) FROM purchase_items i WHERE i.purchase_id = r.id),
            (SELECT SUM(i.quantity) FROM purchase_items i WHERE i.purchase_id = r.id)
        FROM purchases f JOIN purchases r ON r.returns_id = f.id
        WHERE PART(f.id) ORDER BY f.id, r.id
        """,
    )
    for purchase_id, group in groupby(returned, key=itemgetter(0)):
        done, given, given_tax = Decimal(0), ZERO, ZERO
        for _, whole, tax, cost, units, return_id, back, back_tax, its_cost, its_units in group:
            weight = amount(cost) or exact(units)
            done -= amount(its_cost) if amount(cost) else exact(its_units)
            expected = (
                money(amount(whole) * done / weight) - given,
                money(amount(tax) * done / weight) - given_tax,
            )
            found = (-amount(back), -amount(back_tax))
            given, given_tax = total((given, found[0])), total((given_tax, found[1]))
            if expected != found:
                yield Violation(
                    f"return {return_id} of purchase {purchase_id}, total and tax",
                    " and ".join(map(str, expected)),
                    " and ".join(map(str, found)),
                )


@invariant("I39", "A return cancels what is due, comes back in money, or stays as a deposit.")
def returns_are_settled(scope: Scope) -> Iterator[Violation]:
    yield from differing(
        """
        SELECT r.id, r.returns_id, -r.total_amount AS expected,
            r.due_reduced - r.advance_used + COALESCE((
                SELECT SUM(CASE WHEN p.direction = 'in' THEN p.amount ELSE -p.amount END)
                FROM payments p WHERE p.purchase_id = r.id
            ), 0) AS found
        FROM purchases r WHERE r.returns_id IS NOT NULL AND PART(r.id)
        """,
        "return {0} of purchase {1}, due cancelled, deposit and money back",
        parts=scope.parts("purchases"),
    )
    yield from breaking(
        """
        SELECT r.id, f.id, f.supplier_id, r.supplier_id FROM purchases r
        JOIN purchases f ON f.id = r.returns_id
        WHERE PART(r.id) AND (r.supplier_id <> f.supplier_id OR r.store_id <> f.store_id
            OR f.status <> 'received' OR f.reverses_id IS NOT NULL OR f.returns_id IS NOT NULL
            OR r.note IS NULL OR r.discount IS NOT NULL OR r.freight IS NOT NULL)
        """,
        "return {0} of purchase {1}",
        expected="goods of a purchase of supplier {2}, in its store, and a reason",
        found="supplier {3}",
        parts=scope.parts("purchases"),
    )
