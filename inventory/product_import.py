"""Products as a CSV or XLSX file, in and out. The SKU says which product a row is about."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from import_export import fields
from import_export.widgets import BooleanWidget, CharWidget, DecimalWidget, ForeignKeyWidget

from catalog.models import Brand, Category, Product
from inventory.api.product_serializers import ProductChangeIn
from inventory.product_columns import PRODUCT_COLUMNS
from inventory.products import add_to_list, change_in_list
from pos_project.core.back_office.forms import as_the_api_does, limits_of, sentence
from pos_project.core.back_office.spreadsheets import SpreadsheetResource
from pos_project.core.db.unique_keys import key_of
from pos_project.core.errors import Conflict, DomainError
from pos_project.core.images.pictures import PictureChange
from pos_project.core.money import MAX_AMOUNT


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


class _YesOrNo(BooleanWidget):
    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> bool:
        if value not in (*self.TRUE_VALUES, *self.FALSE_VALUES):
            raise ValueError(f"{value} is neither 1 (goods) nor 0 (a service).")
        return bool(super().clean(value, row, **kwargs))


class ProductResource(SpreadsheetResource):
    """A row with a known SKU changes that product, any other row adds one. A missing column, or an
    empty cell, leaves a product as it is. Stock is not imported: it comes by purchases, opening
    stock and counts."""

    columns, needed = PRODUCT_COLUMNS, ("sku",)

    sku = fields.Field("sku", "sku", widget=CharWidget())
    name = fields.Field("name", "name", widget=CharWidget())
    price = fields.Field("price", "price", widget=_Price())
    brand = fields.Field("brand", "brand", widget=_Known(Brand, "name"))
    category = fields.Field("category", "category", widget=_Known(Category, "name"))
    unit = fields.Field("unit", "unit")
    description = fields.Field("description", "description")
    status = fields.Field("status", "status")
    keeps_stock = fields.Field("keeps_stock", "keeps_stock", widget=_YesOrNo())

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
        row["sku"] = str(row.get("sku") or "").strip()
        if not row["sku"]:
            raise ValidationError({"sku": "The sku is missing."})
        key = str(key_of(row["sku"]))
        if key in self._seen:
            text = f"The SKU {row['sku']} stands in row {self._seen[key]} already."
            raise ValidationError({"sku": text})
        self._seen[key] = kwargs.get("row_number", 0)

    def get_instance(self, instance_loader: Any, row: Any) -> Product | None:
        return self.get_queryset().filter(sku_key=key_of(row["sku"])).first()

    def after_init_instance(self, instance: Product, new: bool, row: Any, **kwargs: Any) -> None:
        missing = [name for name in ("name", "price") if new and not _says(row.get(name))]
        if missing:
            raise ValidationError({name: f"The {name} is missing." for name in missing})

    def import_field(self, field: Any, instance: Product, row: Any, *args: Any, **kw: Any) -> None:
        if _says(row.get(field.column_name)):
            super().import_field(field, instance, row, *args, **kw)

    def save_instance(self, instance: Product, is_create: bool, row: Any, **kwargs: Any) -> None:
        """By the use cases of the API, with its limits, in the transaction of the whole file."""
        columns = [field for field in self.get_import_fields() if _says(row.get(field.column_name))]
        said = {field.attribute: getattr(instance, field.attribute) for field in columns}
        limits = limits_of(ProductChangeIn)
        errors = {}
        for name in limits.keys() & said.keys():
            try:
                said[name] = as_the_api_does(limits[name], said[name])
            except ValidationError as error:
                errors[name] = error
        if errors:
            raise ValidationError(errors)
        try:
            if is_create:
                by = kwargs["user"]
                instance.pk = add_to_list(said, opening=None, picture=PictureChange(), by=by).pk
            else:
                change_in_list(instance.pk, said, picture=PictureChange())
        except DomainError as refusal:
            raise ValidationError(sentence(refusal)) from refusal


def told(result: Any) -> str:
    """What an import came to."""
    count = {kind: result.totals[kind] for kind in ("new", "update", "skip")}
    return (
        f"Import finished: {count['new']} new, {count['update']} changed,"
        f" {count['skip']} as they were."
    )


def require_imported(result: Any) -> None:
    """Raise Conflict, naming the row, where a previewed file fits no more: somebody changed
    products meanwhile."""
    for row in result.invalid_rows:
        raise Conflict(f"Row {row.number}: {' '.join(row.error.messages)}")
    errors = [*result.base_errors, *(error for _, row in result.row_errors() for error in row)]
    for error in errors:
        raise error.error


def _says(cell: Any) -> bool:
    return cell is not None and bool(str(cell).strip())
