"""What the shop sells: products, their brands and categories, and the tax rates offered."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from pos_project.core.db.search_text import Searchable, SearchText
from pos_project.core.db.unique_keys import KeyField, key_of
from pos_project.core.people import Archivable, ArchivableQuerySet, Status


class Brand(models.Model):
    name = models.CharField(max_length=100)
    name_key = KeyField(max_length=100, unique=True, null=False)
    description = models.TextField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "brands"

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = key_of(self.name)
        super().save(*args, **kwargs)


class Category(models.Model):
    name = models.CharField(max_length=100)
    name_key = KeyField(max_length=100, unique=True, null=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "categories"
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = key_of(self.name)
        super().save(*args, **kwargs)


class TaxRate(models.Model):
    """A rate a till may ask for; a sale keeps its own tax amount."""

    name = models.CharField(max_length=50)
    name_key = KeyField(max_length=50, unique=True, null=False)
    rate = models.DecimalField(max_digits=5, decimal_places=2)  # percent
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "tax_rates"
        constraints = (
            models.CheckConstraint(
                name="catalog_taxrate_rate_is_a_percentage",
                violation_error_message="A tax rate is from 0 to 100 percent.",
                condition=Q(rate__gte=0, rate__lte=100),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.rate} %)"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = key_of(self.name)
        super().save(*args, **kwargs)


class ProductQuerySet(ArchivableQuerySet):
    def sellable(self) -> "ProductQuerySet":
        """Products that a till may sell: listed and active."""
        return self.listed().filter(status=Status.ACTIVE)


class Product(Searchable, Archivable):
    """Something the shop sells. Its stock is the sum of its open batches, never a column here.

    A service product (`keeps_stock=False`: postage, a discount line) has no batches, no log and
    no cost.
    """

    name = models.CharField(max_length=255)
    sku = models.CharField("SKU", max_length=100)
    sku_key = KeyField(max_length=100, unique=True)
    # As typed, a blank between two (catalog/barcodes.py).
    barcodes = models.CharField(max_length=255, blank=True, default="")
    search_text = SearchText(of=("name", "sku"), also=("barcodes",))
    price = models.DecimalField(max_digits=14, decimal_places=2)
    unit = models.CharField(max_length=20, default="pcs")  # a label
    keeps_stock = models.BooleanField(default=True)
    brand = models.ForeignKey(Brand, null=True, blank=True, on_delete=models.PROTECT)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT)
    # What a till may ask for first; a sale keeps what it was made with.
    tax_rate = models.ForeignKey(TaxRate, null=True, blank=True, on_delete=models.PROTECT)
    # Below so many units it is short; the shop's own level where it is empty, never at 0.
    reorder_level = models.IntegerField("reorder below", null=True, blank=True)
    reorder_quantity = models.IntegerField("units per order", null=True, blank=True)
    preferred_supplier = models.ForeignKey(
        "purchasing.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    description = models.TextField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    image_public_id = models.CharField(max_length=255, null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        db_table = "products"
        constraints = (
            models.CheckConstraint(
                name="catalog_product_price_not_negative",
                violation_error_message="A price is never below zero.",
                condition=Q(price__gte=0),
            ),
            models.CheckConstraint(
                name="catalog_product_status_known",
                violation_error_message="A product is active, inactive or banned.",
                condition=Q(status__in=Status.values),
            ),
            models.CheckConstraint(
                name="catalog_product_reorder_level_not_negative",
                violation_error_message="A product is reordered below 0 units or more.",
                condition=Q(reorder_level__isnull=True) | Q(reorder_level__gte=0),
            ),
            models.CheckConstraint(
                name="catalog_product_reorder_quantity_positive",
                violation_error_message="At least one unit is ordered.",
                condition=Q(reorder_quantity__isnull=True) | Q(reorder_quantity__gt=0),
            ),
            # A code of nothing that is seen is none.
            models.CheckConstraint(
                name="catalog_product_listed_has_a_code",
                condition=Q(archived_at__isnull=False) | Q(sku_key__isnull=False),
                violation_error_message="A product needs a code that can be seen.",
            ),
        )
        indexes = (
            models.Index(fields=["search_text"], name="catalog_product_by_name"),
            # serves how many are listed, in all or with a status; not `archived_at` alone, which a
            # till that names a few rows would be sent through, too
            models.Index(fields=["archived_at", "status"], name="catalog_product_listed"),
        )

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"

    def clean(self) -> None:
        if self.archived_at is None:
            self.sku_key = key_of(self.sku)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.clean()
        super().save(*args, **kwargs)


class ComingPrice(models.Model):
    """A price that begins on a day, put into effect once that day has come, and gone then; the
    audit keeps what became of the product."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="coming_prices")
    from_day = models.DateField()
    price = models.DecimalField(max_digits=14, decimal_places=2)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "coming_prices"
        constraints = (
            models.UniqueConstraint(
                fields=["product", "from_day"], name="catalog_comingprice_one_per_day"
            ),
            models.CheckConstraint(
                name="catalog_comingprice_not_negative",
                violation_error_message="A price is never below zero.",
                condition=Q(price__gte=0),
            ),
        )
        # serves what has begun by now
        indexes = (models.Index(fields=["from_day"], name="catalog_comingprice_by_day"),)

    def __str__(self) -> str:
        return f"{self.product_id}: {self.price} from {self.from_day}"


class Barcode(models.Model):
    """A code that means one product of those on the list: the key of one in its `barcodes`."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="barcode_rows")
    code_key = KeyField(max_length=64, unique=True, null=False)

    class Meta:
        db_table = "barcodes"

    def __str__(self) -> str:
        return str(self.code_key)
