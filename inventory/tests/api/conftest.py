"""A shelf to look at: products with batches and sales, written as the use cases write them."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from model_bakery import baker
from PIL import Image
from rest_framework.test import APIClient

from accounts.models import Store, User
from catalog.models import Product
from inventory.models import Batch, InventoryLog
from pos_project.core.days import today

_numbers = count(1)

URL = "/api/products"
SHIRT = {"name": "Blue T-Shirt", "sku": "TS-001", "price": 19.99}


@pytest.fixture
def product(db: None) -> Callable[..., Product]:
    """Makes a product, by default with a name, SKU and price of its own."""

    def make(**fields: Any) -> Product:
        number = next(_numbers)
        return baker.make(
            Product,
            **{"name": f"Product {number}", "sku": f"SKU-{number}", "price": "19.99", **fields},
        )

    return make


@pytest.fixture
def stocked(product: Callable[..., Product]) -> Callable[..., Product]:
    """Makes a product with a batch of so many units bought at `cost`."""

    def make(units: int, cost: str = "8.50", **fields: Any) -> Product:
        made = product(**fields)
        shelve(made, units, cost)
        return made

    return make


def shelve(
    product: Product, units: int, cost: str = "8.50", origin: str = "purchase", store_id: int = 1
) -> Batch:
    return Batch.objects.create(
        store_id=store_id,
        product=product,
        origin=origin,
        received_on=today(),
        unit_cost=Decimal(cost),
        quantity=Decimal(max(units, 1)),
        remaining=Decimal(units),
        created_at=timezone.now(),
    )


def moved(
    product: Product,
    units: int,
    by: User,
    kind: str = "sale",
    days_ago: int = 0,
    **fields: Any,
) -> InventoryLog:
    return InventoryLog.objects.create(
        **{
            "store_id": Store.FIRST_ID,
            "product": product,
            "kind": kind,
            "change_qty": Decimal(units),
            "cost": Decimal(0),
            "reason": kind.upper(),
            "user": by,
            "business_date": today() - timedelta(days=days_ago),
            "created_at": timezone.now() - timedelta(days=days_ago),
            **fields,
        }
    )


def picture(name: str = "shirt.png", size: tuple[int, int] = (4, 4)) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/png")


def files() -> list[str]:
    """What lies in the storage."""
    folder = Path(default_storage.location)
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def create(client: APIClient, **fields: Any) -> dict[str, Any]:
    """The product over the wire: SHIRT, but for these fields."""
    answer = client.post(URL, {**SHIRT, **fields})
    assert answer.status_code == 201, answer.content
    return answer.json()["data"]
