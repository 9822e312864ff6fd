"""What a store says of its products: level, quantity and place. One way in for API, form and file;
what is not said goes by the product, then by the store's settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from accounts import staff_rules
from catalog.models import Product
from inventory.store_product_models import StoreProduct
from pos_project.core.db.concurrent_edits import require_as_seen
from pos_project.core.db.idempotency import RequestKey, once
from pos_project.core.errors import Conflict, Invalid
from pos_project.core.posting_context import Actor


@dataclass(frozen=True)
class InStore:
    """What to set of a product in a store: columns and their values, those that are named alone.
    `seen`: what stood there when whoever changes it looked."""

    product_id: int
    fields: Mapping[str, Any]
    seen: Mapping[str, Any] | None = None


def set_in_store(
    said: Sequence[InStore],
    *,
    by: Actor,
    approval: staff_rules.Approval | None = None,
    key: RequestKey | None = None,
) -> int:
    """Set level, quantity and place of products in the store that `by` acts in; returns how many
    changed. What is set to nothing goes by the product again.

    All or none. Raises Invalid, naming the lines, for unknown, service and repeated products,
    ChangedMeanwhile for what is no longer as seen, NeedsApproval where staff do not set levels.
    """
    with staff_rules.refusals_kept(by, StoreProduct):
        return once(key, lambda: set_in_transaction(said, by=by, approval=approval))


def set_in_transaction(
    said: Sequence[InStore], *, by: Actor, approval: staff_rules.Approval | None = None
) -> int:
    """`set_in_store` inside the caller's transaction, as a file does it."""
    assert by.store_id is not None, by
    breaches = staff_rules.level_breaches(by)
    staff_rules.require_allowed(breaches, approval)
    _require_goods([each.product_id for each in said])
    found = StoreProduct.objects.filter(
        store_id=by.store_id, product_id__in=[each.product_id for each in said]
    )
    known = {row.product_id: row for row in found.select_for_update().order_by("product_id")}
    changed = 0
    for each in said:
        row = known.get(each.product_id) or StoreProduct(
            store_id=by.store_id, product_id=each.product_id
        )
        if _changes(row, each):
            changed += 1
            _keep(row)
            staff_rules.keep_approved(breaches, approval, row, by=by)
    return changed


def _changes(row: StoreProduct, said: InStore) -> bool:
    require_as_seen(row, said.fields, said.seen)
    new = {
        name: "" if name == "place" and not value else value for name, value in said.fields.items()
    }
    if all(getattr(row, name) == value for name, value in new.items()):
        return False
    for name, value in new.items():
        setattr(row, name, value)
    return True


def _keep(row: StoreProduct) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Conflict("Somebody else has just set this. Please look again.") from error


def _require_goods(product_ids: Sequence[int]) -> None:
    known: dict[int, Product] = Product.objects.listed().in_bulk(list(product_ids))
    fields: dict[str, list[str]] = {}
    seen: set[int] = set()
    for place, product_id in enumerate(product_ids):
        product = known.get(product_id)
        if product is None:
            text = "Unknown product."
        elif not product.keeps_stock:
            text = f"{product.name} is a service and keeps no stock."
        elif product_id in seen:
            text = f"{product.name} stands in two lines."
        else:
            seen.add(product_id)
            continue
        fields[f"products[{place}].product_id"] = [text]
    if fields:
        raise Invalid(next(iter(fields.values()))[0], fields=fields)
