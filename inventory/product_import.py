"""Products as a CSV or XLSX file, in and out. The SKU says which product a row is about."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from import_export import fields
from import_export.widgets import BooleanWidget, CharWidget, DecimalWidget, ForeignKeyWidget

from catalog.models import Brand, Category, Product
from inventory.product_columns import PRODUCT_COLUMNS
from pos_project.core.back_office.spreadsheets import SpreadsheetResource
from pos_project.core.db.unique_keys import key_of
from pos_project.core.money import MAX_AMOUNT
from pos_project.core.people import Status

# What an empty cell, or a file without the column, means.
DEFAULTS = {"unit": "pcs", "status": Status.ACTIVE.value, "keeps_stock": "1"}


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


class ProductResource(SpreadsheetResource):
    """A row with a known SKU changes that product, any other row adds one. Stock is not imported:
    it comes by purchases, opening stock and counts."""

    columns, needed = PRODUCT_COLUMNS, ("sku",)

    sku = fields.Field("sku", "sku", widget=CharWidget())
    name = fields.Field("name", "name", widget=CharWidget())
    price = fields.Field("price", "price", widget=_Price())
    brand = fields.Field("brand", "brand", widget=_Known(Brand, "name"))
    category = fields.Field("category", "category", widget=_Known(Category, "name"))
    unit = fields.Field("unit", "unit")
    description = fields.Field("description", "description")
    status = fields.Field("status", "status")
    keeps_stock = fields.Field("keeps_stock", "keeps_stock", widget=BooleanWidget())

    class Meta:
        model = Product
        import_id_fields = ("sku",)
        fields = export_order = (
            "sku",
            "name",
            "price",
            "brand",
            "category",
            "unit",
            "description",
            "status",
            "keeps_stock",
        )
        skip_unchanged = True
        clean_model_instances = True
        use_transactions = True
        # Every change stands in the audit, which bulk writes would pass by.
        use_bulk = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._seen: dict[str, int] = {}

    def get_queryset(self) -> Any:
        return Product.objects.listed().select_related("brand", "category")

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        super().before_import_row(row, **kwargs)
        for name in ("sku", "name"):
            row[name] = str(row.get(name) or "").strip()
            if not row[name]:
                raise ValidationError({name: f"The {name} is missing."})
        key = str(key_of(row["sku"]))
        if key in self._seen:
            text = f"The SKU {row['sku']} stands in row {self._seen[key]} already."
            raise ValidationError({"sku": text})
        self._seen[key] = kwargs.get("row_number", 0)
        for name, default in DEFAULTS.items():
            if row.get(name) in (None, ""):
                row[name] = default

    def get_instance(self, instance_loader: Any, row: Any) -> Product | None:
        return self.get_queryset().filter(sku_key=key_of(row["sku"])).first()

    def before_save_instance(self, instance: Product, row: Any, **kwargs: Any) -> None:
        user = kwargs.get("user")
        if instance.pk is None and user is not None:
            instance.created_by = user
