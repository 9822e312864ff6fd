"""Which products are meant by codes that were scanned or typed."""

from collections.abc import Iterable

from catalog.models import Product
from catalog.scanned_codes import keys_of_sku, scanned_key


def products_by_code(codes: Iterable[str | None]) -> dict[str, Product]:
    """Listed products by each code that has one, in one statement. The SKU itself comes first; else
    it may be the EAN-13 of a UPC, or the UPC of an EAN-13, or be typed in other digits; else it is
    a barcode of the product."""
    keys = {code: list(keys_of_sku(code)) for code in codes if code}
    wanted = {key for of_code in keys.values() for key in of_code}
    listed = Product.objects.listed()
    # (Each half by its own index; with OR, every product would be read.)
    known = listed.filter(sku_key__in=wanted).union(
        listed.filter(barcode_rows__code_key__in={scanned_key(code) for code in keys}), all=True
    )
    by_sku: dict[str, Product] = {}
    by_barcode: dict[str, Product] = {}
    for product in known if wanted else ():
        by_sku[str(product.sku_key)] = product
        by_barcode |= {scanned_key(code): product for code in product.barcodes.split()}
    found = {
        code: next((by_sku[key] for key in of_code if key in by_sku), None)
        or by_barcode.get(scanned_key(code))
        for code, of_code in keys.items()
    }
    return {code: product for code, product in found.items() if product is not None}
