"""Brands, categories and tax rates: few, named, and each name used once, however it is spelled."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from catalog.models import Brand, Category, Product, TaxRate
from pos_project.core.db.concurrent_edits import require_as_seen
from pos_project.core.db.idempotency import RequestKey, once
from pos_project.core.db.transactions import transact
from pos_project.core.db.unique_keys import key_of
from pos_project.core.errors import Conflict, NotFound

Named = TypeVar("Named", Brand, Category, TaxRate)


def create_named(
    model: type[Named], fields: Mapping[str, Any], *, key: RequestKey | None = None
) -> Named:
    """A new brand, category or tax rate. Raises Conflict when the name is taken."""
    return once(key, lambda: _saved(model(**fields)))


def named_or_new(model: type[Named], name: str) -> Named:
    """The brand or category of that name, made if there is none: inside the caller's transaction,
    as a file of products does it."""
    return model.objects.filter(name_key=key_of(name)).first() or _saved(model(name=name))


def change_named(
    model: type[Named],
    row_id: int,
    fields: Mapping[str, Any],
    *,
    seen: Mapping[str, Any] | None = None,
) -> Named:
    """Change the given fields only. Raises NotFound, ChangedMeanwhile for what is no longer as
    `seen`, or Conflict when the new name is taken."""

    def change() -> Named:
        row = _locked(model, row_id)
        require_as_seen(row, fields, seen)
        for name, value in fields.items():
            setattr(row, name, value)
        return _saved(row)

    return transact(change)


def remove_named(model: type[Named], row_id: int, *, key: RequestKey | None = None) -> None:
    """Delete the row for good. Raises NotFound, or Conflict while a product that is still listed
    belongs to it. Archived products lose it; sales keep the tax amount they were told."""

    def remove() -> None:
        row = _locked(model, row_id)
        _take_from_products(row)
        try:
            with transaction.atomic():
                row.delete()
        except IntegrityError as error:  # a product was given it in this very moment
            raise _in_use(row) from error

    once(key, remove)


def _locked(model: type[Named], row_id: int) -> Named:
    row = model.objects.select_for_update().filter(pk=row_id).first()
    if row is None:
        raise NotFound(f"{str(model._meta.verbose_name).capitalize()} not found")
    return row


def _saved(row: Named) -> Named:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        text = f"A {row._meta.verbose_name} with this name exists."
        raise Conflict(text, fields={"name": [text]}) from error
    return row


def _take_from_products(row: Brand | Category | TaxRate) -> None:
    column = {Brand: "brand", Category: "category", TaxRate: "tax_rate"}[type(row)]
    products = Product.objects.filter(**{column: row})
    if products.listed().exists():
        raise _in_use(row)
    for product in products:  # one by one, so that the audit tells it of each
        setattr(product, column, None)
        product.save(update_fields=[column])


def _in_use(row: Brand | Category | TaxRate) -> Conflict:
    return Conflict(f"The {row._meta.verbose_name} is in use by products.")
