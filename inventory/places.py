"""Places on the shelf: which lie between two of them, and the order in which one walks by."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet

from inventory.store_product_models import StoreProduct, place_key
from pos_project.core.db.search_text import SEARCH_TEXT


def with_what_is_said(products: QuerySet[Any], store_id: int) -> QuerySet[Any]:
    """Products with what a store says of each: `level_there`, `quantity_there`, `place`."""
    here = FilteredRelation("in_stores", condition=Q(in_stores__store=store_id))
    return products.annotate(
        in_store=here,
        level_there=F("in_store__reorder_level"),
        quantity_there=F("in_store__reorder_quantity"),
        place=F("in_store__place"),
    )


def in_shelf_order(products: QuerySet[Any]) -> QuerySet[Any]:
    """Those products as one walks by; without a place they come last."""
    return products.order_by(F("in_store__place_key").asc(nulls_last=True), SEARCH_TEXT, "id")


def between(first: str, last: str = "", *, of: str = "place_key") -> Q:
    """From a place to another, with all that lies in both: `A-03` holds `A-03-2`. Without a last
    one, what lies in the first; without a first, all that comes before."""
    least, most = place_key(first), place_key(last)
    found = Q(**{f"{of}__isnull": False})
    if most is None:
        return found if least is None else Q(**{f"{of}__startswith": least})
    found &= Q(**{f"{of}__lte": most}) | Q(**{f"{of}__startswith": most})
    return found if least is None else found & Q(**{f"{of}__gte": least})


def places_of(product_ids: Iterable[int], *, store_id: int) -> dict[int, str]:
    """Where these products lie in a store; one without a place is absent. One statement."""
    rows = StoreProduct.objects.filter(store_id=store_id, product_id__in=list(product_ids))
    return dict(rows.exclude(place="").values_list("product_id", "place"))


def walk(place: str, name: str) -> tuple[bool, str, str]:
    """What sorts a list in the order of the shelf: by place, then by name; no place comes last."""
    key = place_key(place)
    return key is None, key or "", name.casefold()
