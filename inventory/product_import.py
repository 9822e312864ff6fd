"""Products as a CSV or XLSX file, in and out. A code says which product a row is about."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from import_export import fields
from import_export.widgets import (
    BooleanWidget,
    CharWidget,
    DecimalWidget,
    ForeignKeyWidget,
    IntegerWidget,
)

from catalog.api.serializers import BrandIn, CategoryIn
from catalog.codes import products_by_code
from catalog.models import Brand, Category, Product, TaxRate
from catalog.scanned_codes import codes_in
from catalog.unique_names import named_or_new
from inventory.api.product_serializers import ProductChangeIn
from inventory.product_columns import PRODUCT_COLUMNS
from inventory.products import Opening, add_to_list, change_in_list
from pos_project.core.back_office.forms import as_the_api_does, limits_of
from pos_project.core.back_office.spreadsheets import UseCaseResource, says
from pos_project.core.db.unique_keys import key_of
from pos_project.core.images.pictures import PictureChange
from pos_project.core.money import MAX_AMOUNT
from pos_project.core.written_text import searchable

AT_ONCE = 500  # codes that are looked up together
_NAMED = ("brand", "category", "tax_rate", "preferred_supplier")
_NAME = {Brand: limits_of(BrandIn)["name"], Category: limits_of(CategoryIn)["name"]}


class _Price(DecimalWidget):
    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> Decimal:
        try:
            price = super().clean(value, row, **kwargs)
        except (ValueError, ArithmeticError) as error:
            raise ValueError(f"{value!r} is no price.") from error
        if price is None or not price.is_finite():
            raise ValueError("A price is needed.")
        if not 0 <= price <= MAX_AMOUNT or price != round(price, 2):
            raise ValueError(f"{value} is no price: 0 to {MAX_AMOUNT}, at most 2 decimals.")
        return Decimal(price)


class _Known(ForeignKeyWidget):
    """A brand or category by its name, whatever its case; empty for none."""

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        name = key_of(str(value or ""))
        if name is None:
            return None
        found = self.model.objects.filter(name_key=name).first()
        if found is None:
            raise ValueError(f"There is no {self.model._meta.verbose_name} named {value}.")
        return found


class _KnownSupplier(ForeignKeyWidget):
    """A supplier on the list by their name, whatever its case; empty for none."""

    def __init__(self) -> None:
        super().__init__(Product._meta.get_field("preferred_supplier").related_model, "name")

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        # (Its name comes first in what it is searched by.)
        named = self.model.objects.listed().filter(search_text__startswith=searchable(str(value)))
        found = [each for each in named if key_of(each.name) == key_of(str(value))]
        if len(found) != 1:
            many = "is no supplier" if not found else "is the name of several suppliers"
            raise ValueError(f"{value} {many}.")
        return found[0]


class _YesOrNo(BooleanWidget):
    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> bool:
        if value not in (*self.TRUE_VALUES, *self.FALSE_VALUES):
            raise ValueError(f"{value} is neither 1 (goods) nor 0 (a service).")
        return bool(super().clean(value, row, **kwargs))


class Whole(IntegerWidget):
    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,7}(\.0*)?", str(value)):
            raise ValueError(f"{value} is no whole number of units.")
        return int(Decimal(str(value)))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value if value is None else int(value)


class _Codes(CharWidget):
    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> str:
        return " ".join(codes_in(str(value)))


def _make_named(model: Any, row: Any) -> None:
    """Let there be the brand or category that a row names."""
    column = str(model._meta.model_name)
    if not says(row.get(column)):
        return
    try:
        name = as_the_api_does(_NAME[model], row[column])
    except ValidationError as error:
        raise ValidationError({column: error}) from error
    row[column] = named_or_new(model, name).name


class ProductResource(UseCaseResource):
    """A row whose code is a known SKU or barcode changes that product, any other row adds one, with
    its opening stock. A missing column, or an empty cell, leaves a product as it is, and stock and
    cost are left in any case where the product is known: they come by purchases and counts."""

    columns, needed, api = PRODUCT_COLUMNS, ("sku",), ProductChangeIn

    sku = fields.Field("sku", "sku", widget=CharWidget())
    barcodes = fields.Field("barcodes", "barcodes", widget=_Codes())
    name = fields.Field("name", "name", widget=CharWidget())
    price = fields.Field("price", "price", widget=_Price())
    brand = fields.Field("brand", "brand", widget=_Known(Brand, "name"))
    category = fields.Field("category", "category", widget=_Known(Category, "name"))
    tax_rate = fields.Field("tax_rate", "tax_rate", widget=_Known(TaxRate, "name"))
    supplier = fields.Field("preferred_supplier", "supplier", widget=_KnownSupplier())
    reorder_level = fields.Field("reorder_level", "reorder_level", widget=Whole())
    reorder_quantity = fields.Field("reorder_quantity", "reorder_quantity", widget=Whole())
    unit = fields.Field("unit", "unit")
    description = fields.Field("description", "description")
    status = fields.Field("status", "status")
    keeps_stock = fields.Field("keeps_stock", "keeps_stock", widget=_YesOrNo())
    stock = fields.Field("stock", "stock", widget=Whole())
    cost = fields.Field("cost", "cost", widget=_Price())

    class Meta:
        model = Product
        import_id_fields = ("sku",)
        fields = export_order = tuple(column.name for column in PRODUCT_COLUMNS)
        skip_unchanged = True
        clean_model_instances = True
        use_transactions = True
        # Every change stands in the audit, which bulk writes would pass by.
        use_bulk = False

    def __init__(self, *, make_missing: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._makes = make_missing
        self._rows: dict[Any, int] = {}  # the first row of each code, and of each known product
        self._known: dict[str, Product] = {}

    def get_queryset(self) -> Any:
        return Product.objects.listed().select_related(*_NAMED)

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        codes = [row.cells.get("sku", "") for row in self.understood.rows]
        for start in range(0, len(codes), AT_ONCE):
            found = products_by_code(codes[start : start + AT_ONCE])
            prefetch_related_objects(list(found.values()), *_NAMED)
            self._known |= found
        if self._known and {"stock", "cost"}.intersection(self.understood.columns):
            note = "Stock and cost are taken of new products alone: of any other they come by a"
            self.understood = replace(
                self.understood, notes=[*self.understood.notes, f"{note} purchase or a count."]
            )

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        super().before_import_row(row, **kwargs)
        row["sku"] = str(row.get("sku") or "").strip()
        if not row["sku"]:
            raise ValidationError({"sku": "The sku is missing."})
        known = self._known.get(row["sku"])
        key = key_of(row["sku"]) if known is None else known.pk
        if key in self._rows:
            text = f"The SKU {row['sku']} stands in row {self._rows[key]} already."
            raise ValidationError({"sku": text})
        self._rows[key] = kwargs.get("row_number", 0)
        if self._makes:
            _make_named(Brand, row)
            _make_named(Category, row)

    def get_instance(self, instance_loader: Any, row: Any) -> Product | None:
        known = self._known.get(row["sku"])
        if known is not None and key_of(row["sku"]) != known.sku_key:
            row["sku"] = ""  # found by a barcode: its SKU stays
        return known

    def after_init_instance(self, instance: Product, new: bool, row: Any, **kwargs: Any) -> None:
        missing = [name for name in ("name", "price") if new and not says(row.get(name))]
        if missing:
            raise ValidationError({name: f"The {name} is missing." for name in missing})
        if new and says(row.get("cost")) and not says(row.get("stock")):
            raise ValidationError({"cost": "Only together with stock."})

    def import_field(self, field: Any, instance: Product, row: Any, *args: Any, **kw: Any) -> None:
        if instance.pk is None or field.attribute not in ("stock", "cost"):
            super().import_field(field, instance, row, *args, **kw)

    def add(self, said: dict[str, Any], instance: Any, *, by: Any) -> Any:
        units = getattr(instance, "stock", None)
        cost = getattr(instance, "cost", None) or Decimal(0)
        opening = Opening(Decimal(units), cost) if units else None
        return add_to_list(said, opening=opening, picture=PictureChange(), by=by).pk

    def change(self, row_id: Any, said: dict[str, Any], *, by: Any) -> None:
        change_in_list(row_id, said, picture=PictureChange())
