"""Levels and places of a store as a CSV or XLSX file, in and out: a code says which product."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from import_export import fields

from accounts.stores import STORES
from catalog.codes import products_by_code
from catalog.models import Product
from inventory.api.store_products import StoreProductIn
from inventory.product_import import AT_ONCE, Whole
from inventory.store_product_models import StoreProduct
from inventory.store_products import InStore, set_in_transaction
from pos_project.core.back_office.spreadsheets import UseCaseResource
from pos_project.core.back_office.table_columns import Column, Kind

COLUMNS = (
    Column("sku", "SKU", Kind.CODE, ("product code", "item code", "code", "barcode")),
    Column("name", "name", Kind.TEXT, ("product", "product name")),
    Column("place", "place", Kind.CODE, ("shelf", "location", "bin", "bin location", "aisle")),
    Column(
        "reorder_level",
        "reorder level",
        Kind.NUMBER,
        ("reorder below", "reorder point", "minimum", "low stock threshold"),
    ),
    Column(
        "reorder_quantity",
        "reorder quantity",
        Kind.NUMBER,
        ("reorder amount", "units per order", "pack"),
    ),
)
_SET = ("place", "reorder_level", "reorder_quantity")


class StoreProductResource(UseCaseResource):
    """A row sets what a store says of the product with its code. A missing column, or an empty
    cell, leaves it as it is; the product's name is there to be read."""

    columns, needed, api = COLUMNS, ("sku",), StoreProductIn

    sku = fields.Field("product__sku", "sku")
    name = fields.Field("product__name", "name")
    place = fields.Field("place", "place")
    reorder_level = fields.Field("reorder_level", "reorder_level", widget=Whole())
    reorder_quantity = fields.Field("reorder_quantity", "reorder_quantity", widget=Whole())

    class Meta:
        model = StoreProduct
        import_id_fields = ("sku",)
        fields = export_order = tuple(column.name for column in COLUMNS)
        skip_unchanged = True
        clean_model_instances = True
        use_transactions = True
        use_bulk = False  # every change stands in the audit

    def __init__(self, *, store_id: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._store_id = store_id
        self._products: dict[str, Product] = {}
        self._known: dict[int, StoreProduct] = {}
        self._rows: dict[int, int] = {}  # the first row of each product

    def get_queryset(self) -> Any:
        return StoreProduct.objects.select_related("product")

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        codes = [row.cells.get("sku", "") for row in self.understood.rows]
        for start in range(0, len(codes), AT_ONCE):
            self._products |= products_by_code(codes[start : start + AT_ONCE])
        found = self.get_queryset().filter(store_id=self._store_id)
        self._known = {
            row.product_id: row
            for row in found.filter(product__in={each.pk for each in self._products.values()})
        }
        note = f"Set in {STORES.get()[self._store_id].name}."
        self.understood = replace(self.understood, notes=[*self.understood.notes, note])

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        super().before_import_row(row, **kwargs)
        row["sku"] = str(row.get("sku") or "").strip()
        product = self._products.get(row["sku"])
        if product is None:
            text = f"There is no product {row['sku']}." if row["sku"] else "The sku is missing."
            raise ValidationError({"sku": text})
        if product.pk in self._rows:
            text = f"{product.name} stands in row {self._rows[product.pk]} already."
            raise ValidationError({"sku": text})
        self._rows[product.pk] = kwargs.get("row_number", 0)

    def get_instance(self, instance_loader: Any, row: Any) -> StoreProduct | None:
        return self._known.get(self._products[row["sku"]].pk)

    def after_init_instance(
        self, instance: StoreProduct, new: bool, row: Any, **kwargs: Any
    ) -> None:
        instance.store_id, instance.product = self._store_id, self._products[row["sku"]]

    def import_field(self, field: Any, instance: Any, row: Any, *args: Any, **kw: Any) -> None:
        if field.attribute in _SET:
            super().import_field(field, instance, row, *args, **kw)

    def add(self, said: dict[str, Any], instance: Any, *, by: Any) -> Any:
        there = by.in_store(self._store_id, writing=True)
        set_in_transaction([InStore(instance.product_id, _levels(said))], by=there)
        found = StoreProduct.objects.filter(store_id=self._store_id, product_id=instance.product_id)
        return found.values_list("pk", flat=True).first()

    def change(self, row_id: Any, said: dict[str, Any], *, by: Any) -> None:
        row = StoreProduct.objects.get(pk=row_id)
        there = by.in_store(row.store_id, writing=True)
        set_in_transaction([InStore(row.product_id, _levels(said))], by=there)


def _levels(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name in _SET}
