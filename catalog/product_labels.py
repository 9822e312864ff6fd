"""What products are called and look like, for lists of figures by product."""

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.models import Product


def named(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows with a `product_id`, each with the product's `product_name` and picture of today.

    One query for the rows of a page: to group figures by names as well costs several times more
    than the figures.
    """
    products = Product.objects.filter(pk__in=[row["product_id"] for row in rows])
    known = {
        pk: {"product_name": name, "image_public_id": image}
        for pk, name, image in products.values_list("pk", "name", "image_public_id")
    }
    return [{**row, **known[row["product_id"]]} for row in rows]
