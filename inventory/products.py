"""Products come, change and go. They are here and not in the catalogue because of their stock."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, models, transaction

from accounts import staff_rules
from catalog.barcodes import free_barcodes, keep_barcodes, require_sku_is_no_barcode
from catalog.models import Product
from inventory import adjustments
from inventory.receiving import receive_opening_stock
from pos_project.core.db.concurrent_edits import require_as_seen
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.db.transactions import transact
from pos_project.core.db.unique_keys import key_of
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.core.images.pictures import PictureChange, drop_picture
from pos_project.core.posting_context import Actor, PostingContext


@dataclass(frozen=True)
class Opening:
    """Units that were on the shelf before the books, and what one of them cost."""

    quantity: Decimal
    unit_cost: Decimal


def create_product(
    fields: Mapping[str, Any],
    *,
    opening: Opening | None,
    picture: PictureChange,
    by: Actor,
    key: RequestKey | None = None,
    approval: staff_rules.Approval | None = None,
) -> Product:
    """A new product, with its opening stock on the shelf and in the books.

    Raises Conflict for a taken SKU or barcode, Invalid for an unknown brand or category or for
    opening stock of a service product, NeedsApproval for opening stock where staff do not correct
    stock; then nothing is written.
    """
    breaches = staff_rules.stock_breaches(by, field="stock") if opening else []

    def create() -> Product:
        product = add_to_list(fields, opening=opening, picture=picture, by=by)
        staff_rules.keep_approved(breaches, approval, product, by=by)
        return product

    with staff_rules.refusals_kept(by, Product):
        with kept_answer_first(key):
            staff_rules.require_allowed(breaches, approval)
        return once(key, create)


def add_to_list(
    fields: Mapping[str, Any], *, opening: Opening | None, picture: PictureChange, by: Actor
) -> Product:
    """`create_product` inside the caller's transaction, as a file of products does it."""
    context = PostingContext.claim(by)
    product = Product(**fields, created_by_id=by.pk)
    if opening and not product.keeps_stock:
        text = "A service product keeps no stock."
        raise Invalid(text, fields={"stock": [text]})
    picture.put_on(product)
    _require_known(fields)
    _save(product)
    require_sku_is_no_barcode(product)
    if product.barcodes:
        keep_barcodes(product)
    if opening:
        receive_opening_stock(
            product, quantity=opening.quantity, unit_cost=opening.unit_cost, context=context
        )
    return product


def change_product(
    product_id: int,
    fields: Mapping[str, Any],
    *,
    picture: PictureChange,
    by: Actor | None = None,
    approval: staff_rules.Approval | None = None,
    seen: Mapping[str, Any] | None = None,
) -> Product:
    """Change the given fields only; never stock. Raises NotFound, ChangedMeanwhile for what is no
    longer as `seen`, Conflict for a taken SKU or barcode, Invalid for an unknown brand or category,
    or when a product with history would become a service or stop being one, NeedsApproval where
    staff (`by`) do not sell below the list's price and would lower it."""

    def change() -> Product:
        return change_in_list(
            product_id, fields, picture=picture, by=by, approval=approval, seen=seen
        )

    if by is None:
        return transact(change)
    with staff_rules.refusals_kept(by, Product):
        return transact(change)


def change_in_list(
    product_id: int,
    fields: Mapping[str, Any],
    *,
    picture: PictureChange,
    by: Actor | None = None,
    approval: staff_rules.Approval | None = None,
    seen: Mapping[str, Any] | None = None,
) -> Product:
    """`change_product` inside the caller's transaction, as a file of products does it."""
    product = _locked(product_id)
    require_as_seen(product, fields, seen)
    before = product.price
    breaches = staff_rules.price_breaches(by, before=before, after=fields.get("price", before))
    for name in ("reorder_level", "reorder_quantity"):
        if name in fields and fields[name] != getattr(product, name):
            breaches += staff_rules.level_breaches(by, field=name)
            break
    staff_rules.require_allowed(breaches, approval)
    if fields.get("keeps_stock", product.keeps_stock) != product.keeps_stock and has_history(
        product
    ):
        text = "A product that was bought, sold or counted stays what it is."
        raise Invalid(text, fields={"keeps_stock": [text]})
    for name, value in fields.items():
        setattr(product, name, value)
    picture.put_on(product)
    _require_known(fields)
    _save(product)
    if "sku" in fields:
        require_sku_is_no_barcode(product)
    if "barcodes" in fields:
        keep_barcodes(product)
    if by is not None:
        staff_rules.keep_approved(breaches, approval, product, by=by)
    return product


def remove_product(
    product_id: int,
    *,
    by: Actor,
    approval: staff_rules.Approval | None = None,
    key: RequestKey | None = None,
) -> int:
    """Delete a product that nothing refers to, with its picture; archive any other.

    An archived product is off every list, cannot be sold, and its SKU is free again. Units that
    are still in stock are written off in the same transaction, as a loss, or their value would
    stay in the books where nobody sees it; returns how many. Raises NotFound, NeedsApproval for
    units in stock where staff do not correct stock.
    """

    def remove() -> int:
        # Batches before the product's row, as a sale locks them.
        units = adjustments.write_off(
            product_id, reason="REMOVED", context=PostingContext.claim(by)
        )
        breaches = staff_rules.stock_breaches(by) if units else []
        staff_rules.require_allowed(breaches, approval)
        product = _locked(product_id)
        staff_rules.keep_approved(breaches, approval, product, by=by)
        free_barcodes(product)
        if has_history(product):
            product.archive(keys=("sku_key",))
            return units
        try:
            with transaction.atomic():
                product.delete()
        except IntegrityError:  # it was sold in this very moment
            product = _locked(product_id)
            product.archive(keys=("sku_key",))
            return units
        drop_picture(product.image_public_id)
        return units

    with staff_rules.refusals_kept(by, Product):
        return once(key, remove)


def restore_product(product_id: int, *, key: RequestKey | None = None) -> Product:
    """Bring an archived product back, as it was. Raises NotFound, Conflict for an SKU or a barcode
    that another product has meanwhile."""

    def restore() -> Product:
        removed = Product.objects.exclude(archived_at=None).select_for_update()
        product = removed.filter(pk=product_id).first()
        if product is None:
            raise NotFound("Product not found")
        product.archived_at = None
        _save(product)
        require_sku_is_no_barcode(product)
        keep_barcodes(product)
        return product

    return once(key, restore)


def has_history(row: models.Model) -> bool:
    """Whether any row of any room refers to this one: sales, purchases, batches, log, carts. What
    goes with the row is none of its history."""
    for relation in row._meta.get_fields(include_hidden=True):
        if getattr(relation, "on_delete", None) is models.CASCADE:
            continue
        if relation.auto_created and (relation.one_to_many or relation.one_to_one):
            found: Any = relation
            referring = found.related_model._base_manager
            if referring.filter(**{found.field.name: row}).exists():
                return True
    return False


def _locked(product_id: int) -> Product:
    product = Product.objects.listed().select_for_update().filter(pk=product_id).first()
    if product is None:
        raise NotFound("Product not found")
    return product


def _require_known(fields: Mapping[str, Any]) -> None:
    if "sku" in fields and key_of(fields["sku"]) is None:
        text = "The SKU has nothing that is seen."
        raise Invalid(text, fields={"sku": [text]})
    for name in ("brand_id", "category_id", "tax_rate_id", "preferred_supplier_id"):
        row_id = fields.get(name)
        model: Any = Product._meta.get_field(name.removesuffix("_id")).related_model
        if row_id is not None and not model.objects.filter(pk=row_id).exists():
            text = f"Unknown {model._meta.verbose_name}."
            raise Invalid(text, fields={name: [text]})


def _save(product: Product) -> None:
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError as error:
        taken = Product.objects.exclude(pk=product.pk).filter(sku_key=key_of(product.sku))
        if not taken.exists():
            # The brand or category it was given has just been removed.
            raise Conflict(
                "The product's brand, category, tax rate or supplier was just removed."
            ) from error
        text = "A product with this SKU exists."
        raise Conflict(text, fields={"sku": [text]}) from error
