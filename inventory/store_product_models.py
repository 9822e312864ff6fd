"""What a store says of a product: when it is short there, and where it lies."""

import re
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import Store
from catalog.models import Product
from pos_project.core.db.unique_keys import KeyField, key_of

MAX_PLACE = 40  # letters
_DIGITS = 6  # so many are a number's in the order of the shelf


def place_key(place: str | None) -> str | None:
    """What a place is sorted and found by: `A-3` and `a-03` are one, and come before `A-10`."""
    key = key_of(place)
    return key and re.sub("[0-9]+", lambda number: number[0].zfill(_DIGITS), key)


class StoreProduct(models.Model):
    """A product in a store that has, or had, a level, a quantity or a place of its own there."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    # (What goes with the row of a product is none of its history.)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="in_stores")
    # Below so many units it is short there; NULL: as everywhere, never at 0.
    reorder_level = models.IntegerField("reorder below", null=True, blank=True)
    reorder_quantity = models.IntegerField("units per order", null=True, blank=True)
    place = models.CharField("place on the shelf", max_length=MAX_PLACE, blank=True, default="")
    place_key = KeyField(max_length=255, fold=place_key)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "store_products"
        verbose_name = "level and place"
        verbose_name_plural = "levels and places"
        constraints = (
            models.UniqueConstraint(
                fields=["product", "store"],
                name="inventory_storeproduct_once_per_store",
                violation_error_message="It is on the list of this store already.",
            ),
            models.CheckConstraint(
                name="inventory_storeproduct_reorder_level_not_negative",
                violation_error_message="A product is reordered below 0 units or more.",
                condition=Q(reorder_level__isnull=True) | Q(reorder_level__gte=0),
            ),
            models.CheckConstraint(
                name="inventory_storeproduct_reorder_quantity_positive",
                violation_error_message="At least one unit is ordered.",
                condition=Q(reorder_quantity__isnull=True) | Q(reorder_quantity__gt=0),
            ),
        )
        # serves the products of a place, or of a range of places, in the order of the shelf
        indexes = (
            models.Index(fields=["store", "place_key"], name="inventory_storeproduct_place"),
        )

    def __str__(self) -> str:
        return f"product {self.product_id} in store {self.store_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.place_key = place_key(self.place)
        super().save(*args, **kwargs)
