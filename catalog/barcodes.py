"""The barcodes of a product, apart from its SKU: what a scanner may send for it.

They stand in the product's own column, as people see and change them, and beside it a row each,
whose key no two products on the list share. An archived product has no rows, so its codes are free
again; they come back with it.
"""

from django.db import IntegrityError, transaction
from django.db.models import Q

from catalog.models import Barcode, Product
from catalog.scanned_codes import keys_of_sku, scanned_key
from pos_project.core.errors import Conflict


def keep_barcodes(product: Product) -> None:
    """Let the rows be those that the product's column names. Raises Conflict for a code that is
    another product's barcode or SKU. Two statements, one where there are no codes."""
    wanted = {scanned_key(code): code for code in product.barcodes.split()}
    _require_free(product, wanted)
    Barcode.objects.filter(product=product).exclude(code_key__in=wanted).delete()
    if not wanted:
        return
    known = set(Barcode.objects.filter(product=product).values_list("code_key", flat=True))
    try:
        with transaction.atomic():
            Barcode.objects.bulk_create(
                Barcode(product=product, code_key=key) for key in wanted if key not in known
            )
    except IntegrityError as error:  # another product got it in this very moment
        raise _taken("Another product") from error


def free_barcodes(product: Product) -> None:
    """Let other products have its codes: it leaves the list, or is deleted."""
    Barcode.objects.filter(product=product).delete()


def require_sku_is_no_barcode(product: Product) -> None:
    """Raise Conflict where a scanner would find another product by this SKU."""
    others = Barcode.objects.exclude(product=product)
    if others.filter(code_key=scanned_key(product.sku)).exists():
        text = "This SKU is the barcode of another product."
        raise Conflict(text, fields={"sku": [text]})


def _require_free(product: Product, wanted: dict[str, str]) -> None:
    if not wanted:
        return
    skus = {key for code in wanted.values() for key in keys_of_sku(code)}
    others = Product.objects.listed().exclude(pk=product.pk)
    theirs = Q(sku_key__in=skus) | Q(barcode_rows__code_key__in=wanted)
    taken = others.filter(theirs).first()
    if taken is not None:
        raise _taken(taken.name)


def _taken(by: str) -> Conflict:
    text = f"{by} has one of these codes already."
    return Conflict(text, fields={"barcodes": [text]})
