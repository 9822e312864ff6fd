"""Where goods lie in the demo's stores, and when they are short there: pick lists and counts go
along the shelves, and a shop is supplied by levels of its own."""

from collections.abc import Mapping
from random import Random
from typing import Any

from inventory.store_products import InStore, set_in_store
from pos_project.tools.demo.branch import KINDS, Places
from pos_project.tools.trade.cast import Cast
from pos_project.tools.trade.steps import Steps

LEVELS = 12  # products of which a shop says when it is short
ON_A_SHELF = 10


def set_shelves(steps: Steps, cast: Cast, places: Places, *, seed: int) -> None:
    """Give everything in the warehouse its place, and in each shop some goods a place and a level,
    once."""
    chance = Random(f"{seed}:shelves")
    kept = [product.id for product in cast.products[:KINDS]]
    chance.shuffle(kept)  # they were not shelved in the order of their ids
    shelved = {product_id: {"place": _place(at)} for at, product_id in enumerate(kept)}
    _set(steps, "warehouse", places.warehouse, shelved, cast)
    for name, store_id, most in (("main", places.main, 30), ("branch", places.branch, 12)):
        some = sorted(chance.sample(kept, LEVELS))
        said = {
            product_id: {
                "place": f"Wall {at % 4 + 1}",
                "reorder_level": chance.randint(4, most),
                "reorder_quantity": chance.choice([None, 6, 12]),
            }
            for at, product_id in enumerate(some)
        }
        _set(steps, name, store_id, said, cast)


def _place(at: int) -> str:
    """`A-1` to `A-10`, then `B-1`."""
    aisle, shelf = divmod(at, ON_A_SHELF)
    return f"{chr(ord('A') + aisle)}-{shelf + 1}"


def _set(
    steps: Steps, name: str, store_id: int, said: Mapping[int, Mapping[str, Any]], cast: Cast
) -> None:
    by = cast.manager.in_store(store_id, writing=True)
    rows = [InStore(product_id, fields) for product_id, fields in said.items()]
    steps.once(
        f"shelves:{name}",
        lambda key: set_in_store(rows, by=by, key=key),
        note=lambda _: {},
    )
