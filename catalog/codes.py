"""Which products are meant by codes that were scanned or typed."""

from collections.abc import Iterable, Iterator

from catalog.models import Product
from pos_project.core.db.unique_keys import key_of
from pos_project.core.written_text import western_digits

_UPC, _EAN, _GTIN = 12, 13, 14


def products_by_code(codes: Iterable[str | None]) -> dict[str, Product]:
    """Listed products by each code that has one, in one statement. The SKU itself comes first; else
    it may be the EAN-13 of a UPC, or the UPC of an EAN-13, or be typed in other digits."""
    keys = {code: list(_keys_of(code)) for code in codes if code}
    wanted = {key for of_code in keys.values() for key in of_code}
    known = {
        product.sku_key: product for product in Product.objects.listed().filter(sku_key__in=wanted)
    }
    found = {
        code: next((known[key] for key in of_code if key in known), None)
        for code, of_code in keys.items()
    }
    return {code: product for code, product in found.items() if product is not None}


def _keys_of(code: str) -> Iterator[str]:
    typed, western = key_of(code), key_of(western_digits(code))
    if typed is None or western is None:
        return
    yield typed
    yield western
    if western.isdecimal() and _UPC <= len(western) <= _GTIN:
        bare = western.lstrip("0")
        for length in (_UPC, _EAN, _GTIN):
            if len(bare) <= length:
                yield bare.zfill(length)
